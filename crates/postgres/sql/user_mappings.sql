-- User mappings with their options, which hold credentials. Only a superuser may read this table.
SELECT server.srvname::text AS server, mapping.umuser AS "user", mapping.umoptions AS options, true AS readable
  FROM pg_user_mapping AS mapping
  JOIN pg_foreign_server AS server ON server.oid = mapping.umserver
