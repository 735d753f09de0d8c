-- Tables of every kind (r, p, v, m, f), sequences (S), and what stands behind a composite type (c), of which only the
-- OID is used. Temporary ones belong to sessions and are left out. A sequence behind a serial (a) or identity (i) column
-- follows its table: it always has the table's owner.
-- One row stands for all relations of a schema that have everything in common but their name: the ACL of thousands is then
-- written out once. `oids` and `names` belong together by position.
-- $1: also the engine's own at their default.
WITH relation AS (
  SELECT oid, relname, relnamespace, relkind, relowner, relacl, relispartition, relrowsecurity, relforcerowsecurity
    FROM pg_class
   WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND relpersistence <> 't'
   UNION ALL
  SELECT oid, relname, relnamespace, relkind, relowner, relacl, relispartition, relrowsecurity, relforcerowsecurity
    FROM pg_class
    LEFT JOIN pg_init_privs AS initial
           ON initial.classoid = 'pg_class'::regclass AND initial.objoid = oid AND initial.objsubid = 0
   WHERE oid < 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
     AND ($1 OR relacl IS DISTINCT FROM initial.initprivs OR relowner <> 10)
), described AS (
  SELECT relation.*,
         relkind = 'S'
           AND EXISTS (SELECT FROM pg_depend AS link
                        WHERE link.classid = 'pg_class'::regclass AND link.objid = relation.oid AND link.objsubid = 0
                          AND link.refclassid = 'pg_class'::regclass AND link.refobjsubid > 0
                          AND link.deptype IN ('a', 'i')) AS follows_table
    FROM relation
), alike AS (
  SELECT relnamespace, relkind, relowner, relacl, relispartition, relrowsecurity, relforcerowsecurity, follows_table,
         array_agg(oid) AS oids, array_agg(relname) AS names
    FROM described
   GROUP BY relnamespace, relkind, relowner, relacl, relispartition, relrowsecurity, relforcerowsecurity, follows_table
)
SELECT schema.nspname::text AS schema, alike.relkind, alike.relowner AS owner, alike.relacl::text AS acl,
       alike.relispartition AS partition, alike.relrowsecurity AS row_security, alike.relforcerowsecurity AS forced,
       alike.follows_table, alike.oids, alike.names::text[] AS names
  FROM alike
  JOIN pg_namespace AS schema ON schema.oid = alike.relnamespace
