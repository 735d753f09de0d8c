-- What prepared transactions of this database hold, whoever prepared them: relations that they have locked, and what they have
-- changed themselves. A prepared transaction is the one that holds its own number, and has no process.
WITH lock AS MATERIALIZED (SELECT * FROM pg_locks WHERE pid IS NULL),
prepared AS MATERIALIZED (
  SELECT xact.gid, xact.transaction, own.virtualtransaction
    FROM pg_prepared_xacts AS xact
    JOIN lock AS own ON own.locktype = 'transactionid' AND own.transactionid = xact.transaction
   WHERE xact.database = current_database()
)
SELECT CASE relation.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind, relation.oid, prepared.gid
  FROM prepared
  JOIN lock AS held ON held.locktype = 'relation' AND held.virtualtransaction = prepared.virtualtransaction
  JOIN pg_class AS relation ON relation.oid = held.relation AND relation.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
 WHERE held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
 UNION
SELECT 'routine', changed.oid, gid FROM prepared JOIN pg_proc AS changed ON changed.xmax = transaction
 UNION
SELECT 'schema', changed.oid, gid FROM prepared JOIN pg_namespace AS changed ON changed.xmax = transaction
 UNION
SELECT 'type', changed.oid, gid FROM prepared JOIN pg_type AS changed ON changed.xmax = transaction
 UNION
SELECT 'language', changed.oid, gid FROM prepared JOIN pg_language AS changed ON changed.xmax = transaction
 UNION
SELECT 'foreign server', changed.oid, gid FROM prepared JOIN pg_foreign_server AS changed ON changed.xmax = transaction
 UNION
SELECT 'foreign data wrapper', changed.oid, gid FROM prepared JOIN pg_foreign_data_wrapper AS changed ON changed.xmax = transaction
 UNION
SELECT 'large object', changed.oid, gid FROM prepared JOIN pg_largeobject_metadata AS changed ON changed.xmax = transaction
 UNION
SELECT 'publication', changed.oid, gid FROM prepared JOIN pg_publication AS changed ON changed.xmax = transaction
 UNION
SELECT 'extension', changed.oid, gid FROM prepared JOIN pg_extension AS changed ON changed.xmax = transaction
