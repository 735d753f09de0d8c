-- User mappings for everybody else. The view hides options of others, and shows none where there are none: the two
-- cannot be told apart, so that only options that are shown count as read.
SELECT mapping.srvname::text AS server, mapping.umuser AS "user", mapping.umoptions AS options,
       mapping.umoptions IS NOT NULL AS readable
  FROM pg_user_mappings AS mapping
