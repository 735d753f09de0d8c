-- Credentials that are stored for other servers, and whose they are; nobody's name stands for everybody's. What they are is shown to few.
SELECT srvname::text AS server, usename::text AS role, umuser = 0 AS everybody FROM pg_user_mappings
