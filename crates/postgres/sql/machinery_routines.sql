-- Routines of one's own: with their owner's rights, run by triggers, and what these may call. `fires`: by triggers of tables (t), by
-- those of events (e). `path` is the list of schemas that the routine sets; the body of one that is settled was resolved when it
-- was made. `definition` is there for languages that are read.
-- `digest` stands for all by which the code means what it means (docs/escalation.md); what is compiled (c, internal) is not in the database.
-- Each part has its length before it, and a dash stands for none, so that no two routines come to the same text.
SELECT routine.oid, routine.prosecdef AS definer,
       CASE routine.prorettype WHEN 'trigger'::regtype THEN 't' WHEN 'event_trigger'::regtype THEN 'e' ELSE 'n' END::"char" AS fires,
       language.lanname::text AS language,
       (SELECT substr(setting, length('search_path=') + 1)
          FROM unnest(routine.proconfig) AS setting WHERE setting LIKE 'search_path=%') AS path,
       routine.prosqlbody IS NOT NULL AS settled,
       CASE WHEN language.lanname IN ('sql', 'plpgsql') AND routine.prokind IN ('f', 'p')
            THEN pg_get_functiondef(routine.oid) END AS definition,
       pg_get_userbyid(routine.proowner)::text AS owner,
       CASE WHEN language.lanname NOT IN ('c', 'internal') THEN
         (SELECT encode(sha256(convert_to(string_agg(COALESCE(octet_length(part) || ':' || part, '-'), ',' ORDER BY at),
                                          getdatabaseencoding())), 'hex')
            FROM unnest(ARRAY[
                   'routine 1', language.lanname::text, routine.prosrc, pg_get_function_sqlbody(routine.oid), routine.probin,
                   (SELECT string_agg(format_type(type, NULL), ',' ORDER BY at)
                      FROM unnest(COALESCE(routine.proallargtypes, routine.proargtypes::oid[])) WITH ORDINALITY AS given (type, at)),
                   routine.proargmodes::text, routine.proargnames::text, format_type(routine.prorettype, NULL),
                   routine.proretset::text, routine.prokind::text, routine.provolatile::text, routine.proisstrict::text,
                   routine.proconfig::text,
                   (SELECT string_agg(format_type(type, NULL), ',' ORDER BY at)
                      FROM unnest(routine.protrftypes) WITH ORDINALITY AS turned (type, at))
                 ]) WITH ORDINALITY AS form (part, at)) END AS digest
  FROM pg_proc AS routine
  JOIN pg_namespace AS schema ON schema.oid = routine.pronamespace
  JOIN pg_language AS language ON language.oid = routine.prolang
 WHERE routine.oid >= 16384 AND schema.nspname !~ '^pg_temp_'
