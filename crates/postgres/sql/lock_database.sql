-- The one database of the cluster in which appliers lock each other out. The choice depends on facts that are the
-- same for everybody, never on who asks.
SELECT datname::text AS name
  FROM pg_database
 WHERE datallowconn AND datconnlimit <> -2
 ORDER BY datname <> 'postgres', datname <> 'template1', oid
 LIMIT 1
