-- Columns on which something was granted. Without a grant a column has no ACL of its own; one of the engine's own whose
-- ACL was taken away altogether has none either, and is found through what initdb left.
-- $1: also the engine's own that stand as initdb left them.
WITH concerned AS MATERIALIZED (
  SELECT attrelid, attname, attnum, attacl FROM pg_attribute WHERE attacl IS NOT NULL
   UNION ALL
  SELECT attribute.attrelid, attribute.attname, attribute.attnum, attribute.attacl
    FROM pg_init_privs AS initial
    JOIN pg_attribute AS attribute ON attribute.attrelid = initial.objoid AND attribute.attnum = initial.objsubid
   WHERE initial.classoid = 'pg_class'::regclass AND initial.objsubid > 0 AND attribute.attacl IS NULL
)
SELECT relation.oid AS relation, schema.nspname::text AS schema, relation.relname::text AS name, relation.relowner AS owner,
       concerned.attname::text AS attribute, concerned.attnum::int4 AS number, concerned.attacl::text AS acl
  FROM concerned
  JOIN pg_class AS relation ON relation.oid = concerned.attrelid
  JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
  LEFT JOIN pg_init_privs AS initial
         ON initial.classoid = 'pg_class'::regclass AND initial.objoid = concerned.attrelid
        AND initial.objsubid = concerned.attnum
 WHERE relation.relpersistence <> 't'
   AND ($1 OR relation.oid >= 16384 OR concerned.attacl IS DISTINCT FROM initial.initprivs)
