-- Routines of one's own: with their owner's rights, run by triggers, and what these may call. `fires`: by triggers of tables (t), by
-- those of events (e). `path` is the list of schemas that the routine sets; the body of one that is settled was resolved when it
-- was made. `definition` is there for languages that are read.
SELECT routine.oid, routine.prosecdef AS definer,
       CASE routine.prorettype WHEN 'trigger'::regtype THEN 't' WHEN 'event_trigger'::regtype THEN 'e' ELSE 'n' END::"char" AS fires,
       language.lanname::text AS language,
       (SELECT substr(setting, length('search_path=') + 1)
          FROM unnest(routine.proconfig) AS setting WHERE setting LIKE 'search_path=%') AS path,
       routine.prosqlbody IS NOT NULL AS settled,
       CASE WHEN language.lanname IN ('sql', 'plpgsql') AND routine.prokind IN ('f', 'p')
            THEN pg_get_functiondef(routine.oid) END AS definition,
       pg_get_userbyid(routine.proowner)::text AS owner
  FROM pg_proc AS routine
  JOIN pg_namespace AS schema ON schema.oid = routine.pronamespace
  JOIN pg_language AS language ON language.oid = routine.prolang
 WHERE routine.oid >= 16384 AND schema.nspname !~ '^pg_temp_'
