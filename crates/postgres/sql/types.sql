-- Types: base (b), enum (e), composite (c), range (r), domain (d). Array types, multiranges (m) and the row types of
-- tables follow what they belong to, and are listed only where something was granted on them.
-- $1: also the engine's own at their default.
SELECT type.oid, schema.nspname::text AS schema, type.typname::text AS name, type.typtype,
       type.typowner AS owner, type.typacl::text AS acl,
       type.typtype = 'm' OR type.typtype = 'b' AND type.typsubscript = 'array_subscript_handler'::regproc
         OR type.typtype = 'c' AND relation.relkind <> 'c' AS dependent
  FROM pg_type AS type
  JOIN pg_namespace AS schema ON schema.oid = type.typnamespace
  LEFT JOIN pg_class AS relation ON relation.oid = type.typrelid
  LEFT JOIN pg_init_privs AS initial
         ON initial.classoid = 'pg_type'::regclass AND initial.objoid = type.oid AND initial.objsubid = 0
 WHERE schema.nspname !~ '^pg_(toast_)?temp_'
   AND type.typtype <> 'p'
   AND (type.typacl IS NOT NULL OR initial.initprivs IS NOT NULL
        OR NOT (type.typtype = 'm' OR type.typtype = 'b' AND type.typsubscript = 'array_subscript_handler'::regproc
                OR type.typtype = 'c' AND relation.relkind <> 'c'))
   AND ($1 OR type.oid >= 16384 OR type.typacl IS DISTINCT FROM initial.initprivs)
