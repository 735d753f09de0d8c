-- In which databases roles have something that are to go. `what` is told where a look into the database would not show it: a
-- prepared transaction commits with its owner's rights although the owner is gone, and one that has locked a role keeps it.
-- $1: the roles.
SELECT DISTINCT role.rolname::text AS role, database.datname::text AS database, NULL AS what
  FROM pg_shdepend AS tie
  JOIN pg_roles AS role ON role.oid = tie.refobjid
  JOIN pg_database AS database ON database.oid = tie.dbid
 WHERE tie.refclassid = 'pg_authid'::regclass AND role.rolname = ANY ($1)
 UNION
SELECT role.rolname::text, database.datname::text, NULL
  FROM pg_subscription AS subscription
  JOIN pg_roles AS role ON role.oid = subscription.subowner
  JOIN pg_database AS database ON database.oid = subscription.subdbid
 WHERE role.rolname = ANY ($1)
 UNION ALL
SELECT prepared.owner::text, prepared.database::text, 'has prepared transaction ' || quote_literal(prepared.gid)
  FROM pg_prepared_xacts AS prepared
 WHERE prepared.owner = ANY ($1)
 UNION ALL
SELECT role.rolname::text, prepared.database::text, 'is named by prepared transaction ' || quote_literal(prepared.gid)
  FROM pg_prepared_xacts AS prepared
  JOIN pg_locks AS own ON own.pid IS NULL AND own.locktype = 'transactionid' AND own.transactionid = prepared.transaction
  JOIN pg_locks AS held ON held.pid IS NULL AND held.locktype = 'object' AND held.classid = 'pg_authid'::regclass
                       AND held.virtualtransaction = own.virtualtransaction
  JOIN pg_roles AS role ON role.oid = held.objid
 WHERE role.rolname = ANY ($1) AND role.rolname <> prepared.owner
 ORDER BY 1, 2, 3
