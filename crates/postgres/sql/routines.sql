-- Functions (f), procedures (p), aggregates (a) and window functions (w). A routine is its name and input types.
-- $1: also the engine's own at their default.
SELECT routine.oid, schema.nspname::text AS schema, routine.proname::text AS name, routine.prokind,
       routine.proargtypes::oid[] AS arguments, routine.proowner AS owner, routine.proacl::text AS acl
  FROM pg_proc AS routine
  JOIN pg_namespace AS schema ON schema.oid = routine.pronamespace
  LEFT JOIN pg_init_privs AS initial
         ON initial.classoid = 'pg_proc'::regclass AND initial.objoid = routine.oid AND initial.objsubid = 0
 WHERE schema.nspname !~ '^pg_temp_'
   AND ($1 OR routine.oid >= 16384 OR routine.proacl IS DISTINCT FROM initial.initprivs OR routine.proowner <> 10)
