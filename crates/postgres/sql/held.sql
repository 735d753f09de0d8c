-- Tables and sequences of this database that prepared transactions of roles hold which are to go. A prepared transaction is the one
-- that holds its own number, and has no process.
-- $1: the roles.
WITH lock AS MATERIALIZED (SELECT * FROM pg_locks WHERE pid IS NULL)
SELECT DISTINCT prepared.owner::text AS role, schema.nspname::text AS schema, relation.relname::text AS name, relation.relkind
  FROM pg_prepared_xacts AS prepared
  JOIN lock AS own ON own.locktype = 'transactionid' AND own.transactionid = prepared.transaction
  JOIN lock AS held ON held.locktype = 'relation' AND held.virtualtransaction = own.virtualtransaction
  JOIN pg_class AS relation ON relation.oid = held.relation
  JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
 WHERE prepared.owner = ANY ($1) AND prepared.database = current_database()
   AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND relation.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
