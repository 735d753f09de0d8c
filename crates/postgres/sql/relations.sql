-- Tables of every kind (r, p, v, m, f) and sequences (S). Temporary ones belong to sessions and are left out. A sequence
-- behind a serial (a) or identity (i) column follows its table: it always has the table's owner.
-- One row stands for all relations of a schema that have everything in common but their name: the ACL of thousands is then
-- written out once. `oids` and `names` belong together by position.
-- $1: also the engine's own at their default.
SELECT schema.nspname::text AS schema, relation.relkind, relation.relowner AS owner, relation.relacl::text AS acl,
       relation.relispartition AS partition, relation.relrowsecurity AS row_security,
       relation.relforcerowsecurity AS forced, relation.follows_table,
       array_agg(relation.oid) AS oids, array_agg(relation.relname::text) AS names
  FROM (SELECT class.*,
               class.relkind = 'S'
                 AND EXISTS (SELECT FROM pg_depend AS link
                              WHERE link.classid = 'pg_class'::regclass AND link.objid = class.oid AND link.objsubid = 0
                                AND link.refclassid = 'pg_class'::regclass AND link.refobjsubid > 0
                                AND link.deptype IN ('a', 'i')) AS follows_table
          FROM pg_class AS class
          LEFT JOIN pg_init_privs AS initial
                 ON initial.classoid = 'pg_class'::regclass AND initial.objoid = class.oid AND initial.objsubid = 0
         WHERE class.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
           AND class.relpersistence <> 't'
           AND ($1 OR class.oid >= 16384 OR class.relacl IS DISTINCT FROM initial.initprivs)
       ) AS relation
  JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
 GROUP BY schema.nspname, relation.relkind, relation.relowner, relation.relacl, relation.relispartition,
       relation.relrowsecurity, relation.relforcerowsecurity, relation.follows_table
