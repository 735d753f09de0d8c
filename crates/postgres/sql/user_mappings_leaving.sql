-- The user mappings of roles that are to go, without their options: these go with the roles and nobody has to read them.
-- $1: the roles.
SELECT mapping.srvname::text AS server, mapping.umuser AS "user", NULL::text[] AS options, false AS readable
  FROM pg_user_mappings AS mapping
 WHERE mapping.usename = ANY ($1)
