-- Every database of the cluster. A connection limit of -2 marks one whose creation or removal was cut off.
SELECT oid, datname::text AS name, datdba AS owner, datacl::text AS acl,
       datallowconn AND datconnlimit <> -2 AS connectable, datistemplate AS template
  FROM pg_database
