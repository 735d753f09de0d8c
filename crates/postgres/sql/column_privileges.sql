-- Columns on which something was granted. Without a grant a column has no ACL of its own.
-- $1: also the engine's own that stand as initdb left them.
SELECT relation.oid AS relation, schema.nspname::text AS schema, relation.relname::text AS name, relation.relowner AS owner,
       attribute.attname::text AS attribute, attribute.attnum::int4 AS number, attribute.attacl::text AS acl
  FROM pg_attribute AS attribute
  JOIN pg_class AS relation ON relation.oid = attribute.attrelid
  JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
  LEFT JOIN pg_init_privs AS initial
         ON initial.classoid = 'pg_class'::regclass AND initial.objoid = relation.oid
        AND initial.objsubid = attribute.attnum
 WHERE (attribute.attacl IS NOT NULL OR initial.initprivs IS NOT NULL)
   AND NOT attribute.attisdropped
   AND relation.relpersistence <> 't'
   AND ($1 OR relation.oid >= 16384 OR attribute.attacl IS DISTINCT FROM initial.initprivs)
