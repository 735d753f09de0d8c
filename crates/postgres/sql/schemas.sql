-- Schemas. Those of temporary objects belong to sessions and are left out. $1: also the engine's own at their default.
SELECT schema.oid, schema.nspname::text AS name, schema.nspowner AS owner, schema.nspacl::text AS acl
  FROM pg_namespace AS schema
  LEFT JOIN pg_init_privs AS initial
         ON initial.classoid = 'pg_namespace'::regclass AND initial.objoid = schema.oid AND initial.objsubid = 0
 WHERE schema.nspname !~ '^pg_(toast_)?temp_'
   AND ($1 OR schema.oid >= 16384 OR schema.nspname = 'public'
        OR schema.nspacl IS DISTINCT FROM initial.initprivs OR schema.nspowner <> 10)
