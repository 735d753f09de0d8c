-- Tables of every kind (r, p, v, m, f) and sequences (S). Temporary ones belong to sessions and are left out.
-- $1: also the engine's own at their default.
SELECT relation.oid, schema.nspname::text AS schema, relation.relname::text AS name, relation.relkind,
       relation.relowner AS owner, relation.relacl::text AS acl, relation.relispartition AS partition,
       relation.relrowsecurity AS row_security, relation.relforcerowsecurity AS forced
  FROM pg_class AS relation
  JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
  LEFT JOIN pg_init_privs AS initial
         ON initial.classoid = 'pg_class'::regclass AND initial.objoid = relation.oid AND initial.objsubid = 0
 WHERE relation.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
   AND relation.relpersistence <> 't'
   AND ($1 OR relation.oid >= 16384 OR relation.relacl IS DISTINCT FROM initial.initprivs)
