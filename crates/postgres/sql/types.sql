-- Types: base (b), enum (e), composite (c), range (r), domain (d). Array types, multiranges (m) and the row types of
-- tables follow what they belong to, and are listed only where something was granted on them.
-- $1: also the engine's own at their default. $2: the relations behind composite types that are no table's, as
-- relations.sql finds them: to look for them here would read pg_class a second time.
WITH independent AS MATERIALIZED (
  SELECT *,
         typtype IN ('e', 'r', 'd')
           OR typtype = 'b' AND typsubscript <> 'array_subscript_handler'::regproc
           OR typtype = 'c' AND typrelid = ANY ($2) AS stands_alone
    FROM pg_type
   WHERE typtype IN ('e', 'r', 'd')
      OR typtype = 'b' AND typsubscript <> 'array_subscript_handler'::regproc
      OR typtype = 'c' AND typrelid = ANY ($2)
      OR typacl IS NOT NULL
      OR oid IN (SELECT objoid FROM pg_init_privs WHERE classoid = 'pg_type'::regclass)
)
SELECT type.oid, schema.nspname::text AS schema, type.typname::text AS name, type.typtype,
       type.typowner AS owner, type.typacl::text AS acl, NOT type.stands_alone AS dependent
  FROM independent AS type
  JOIN pg_namespace AS schema ON schema.oid = type.typnamespace
  LEFT JOIN pg_init_privs AS initial
         ON initial.classoid = 'pg_type'::regclass AND initial.objoid = type.oid AND initial.objsubid = 0
 WHERE schema.nspname !~ '^pg_(toast_)?temp_'
   AND type.typtype <> 'p'
   AND ($1 OR type.oid >= 16384 OR type.typacl IS DISTINCT FROM initial.initprivs OR type.typowner <> 10)
