-- Routines that run with their owner's rights, except the engine's own. `path` is the list of schemas that the routine sets;
-- the body of one that is settled was resolved when it was made.
SELECT routine.oid,
       (SELECT substr(setting, length('search_path=') + 1)
          FROM unnest(routine.proconfig) AS setting WHERE setting LIKE 'search_path=%') AS path,
       routine.prosqlbody IS NOT NULL AS settled
  FROM pg_proc AS routine
  JOIN pg_namespace AS schema ON schema.oid = routine.pronamespace
 WHERE routine.prosecdef AND routine.oid >= 16384 AND schema.nspname !~ '^pg_temp_'
