-- What sessions start with: per role, per database, for both, for everybody. Each is `name=value` as stored.
SELECT role.rolname::text AS role, database.datname::text AS database, setting
  FROM pg_db_role_setting AS stored
 CROSS JOIN LATERAL unnest(stored.setconfig) AS setting
  LEFT JOIN pg_roles AS role ON role.oid = stored.setrole
  LEFT JOIN pg_database AS database ON database.oid = stored.setdatabase
 -- A row of a role or database that is just being dropped would otherwise look like one for everybody.
 WHERE (stored.setrole = 0) = (role.oid IS NULL) AND (stored.setdatabase = 0) = (database.oid IS NULL)
