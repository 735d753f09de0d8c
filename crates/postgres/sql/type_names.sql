-- How the input types of the routines listed by routines.sql and the operands of operators are spelled.
-- With an empty search_path the engine's own are bare and all others carry their schema.
SELECT used.oid, format_type(used.oid, NULL) AS spelling
  FROM (SELECT unnest(routine.proargtypes) AS oid FROM pg_proc AS routine
          LEFT JOIN pg_init_privs AS initial
                 ON initial.classoid = 'pg_proc'::regclass AND initial.objoid = routine.oid AND initial.objsubid = 0
         WHERE $1 OR routine.oid >= 16384 OR routine.proacl IS DISTINCT FROM initial.initprivs OR routine.proowner <> 10
         UNION
        SELECT unnest(ARRAY[oprleft, oprright]) FROM pg_operator
         WHERE oid >= 16384 OR oprowner <> 10) AS used
 WHERE used.oid <> 0
