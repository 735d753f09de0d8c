-- What every role holds here, judged by the server's own privilege functions: role, kind, path and privilege, with a star
-- for the grant option. Fields are parted by the character 31, parts of a path by the character 30.
SET search_path = '';
WITH relation AS (
  SELECT c.oid, relkind, nspname || chr(30) || relname AS path
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
   WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     AND (c.oid >= 16384 OR relname IN ('pg_authid', 'pg_roles', 'sql_features'))
), asked (kind, path, privilege, has) AS (
  SELECT 'table', path, p, array_agg(r.rolname) FILTER (WHERE has_table_privilege(r.oid, relation.oid, p))
    FROM pg_roles r CROSS JOIN relation
   CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'/*17 , 'MAINTAIN' 17*/]) w
   CROSS JOIN LATERAL unnest(ARRAY[w, w || ' WITH GRANT OPTION']) p
   WHERE relkind <> 'S' GROUP BY path, p
  UNION ALL
  SELECT 'column', path || chr(30) || attname, p,
         array_agg(r.rolname) FILTER (WHERE has_column_privilege(r.oid, relation.oid, attnum, p))
    FROM pg_roles r CROSS JOIN relation JOIN pg_attribute ON attrelid = relation.oid
   CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) w
   CROSS JOIN LATERAL unnest(ARRAY[w, w || ' WITH GRANT OPTION']) p
   WHERE relkind <> 'S' AND attnum > 0 AND NOT attisdropped GROUP BY path, attname, p
  UNION ALL
  SELECT 'sequence', path, p, array_agg(r.rolname) FILTER (WHERE has_sequence_privilege(r.oid, relation.oid, p))
    FROM pg_roles r CROSS JOIN relation CROSS JOIN unnest(ARRAY['SELECT', 'UPDATE', 'USAGE']) w
   CROSS JOIN LATERAL unnest(ARRAY[w, w || ' WITH GRANT OPTION']) p
   WHERE relkind = 'S' GROUP BY path, p
  UNION ALL
  SELECT 'schema', nspname, p, array_agg(r.rolname) FILTER (WHERE has_schema_privilege(r.oid, n.oid, p))
    FROM pg_roles r CROSS JOIN pg_namespace n CROSS JOIN unnest(ARRAY['USAGE', 'CREATE']) w
   CROSS JOIN LATERAL unnest(ARRAY[w, w || ' WITH GRANT OPTION']) p
   WHERE nspname !~ '^pg_(toast|temp)' GROUP BY nspname, p
  UNION ALL
  SELECT 'database', datname, p, array_agg(r.rolname) FILTER (WHERE has_database_privilege(r.oid, d.oid, p))
    FROM pg_roles r CROSS JOIN pg_database d CROSS JOIN unnest(ARRAY['CREATE', 'CONNECT', 'TEMPORARY']) w
   CROSS JOIN LATERAL unnest(ARRAY[w, w || ' WITH GRANT OPTION']) p GROUP BY datname, p
  UNION ALL
  SELECT 'routine', nspname || chr(30) || proname || '('
         || array_to_string(ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) WITH ORDINALITY AS u (t, n) ORDER BY n), chr(30)) || ')',
         p, array_agg(r.rolname) FILTER (WHERE has_function_privilege(r.oid, f.oid, p))
    FROM pg_roles r CROSS JOIN pg_proc f JOIN pg_namespace n ON n.oid = pronamespace
   CROSS JOIN unnest(ARRAY['EXECUTE', 'EXECUTE WITH GRANT OPTION']) p
   WHERE f.oid >= 16384 OR proname IN ('pg_ls_dir', 'pg_read_file') GROUP BY nspname, proname, proargtypes, p
  UNION ALL
  SELECT 'type', nspname || chr(30) || typname, p, array_agg(r.rolname) FILTER (WHERE has_type_privilege(r.oid, t.oid, p))
    FROM pg_roles r CROSS JOIN pg_type t JOIN pg_namespace n ON n.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid
   CROSS JOIN unnest(ARRAY['USAGE', 'USAGE WITH GRANT OPTION']) p
   WHERE t.oid >= 16384
     AND (typacl IS NOT NULL OR typtype IN ('e', 'd', 'r') OR typtype = 'c' AND c.relkind = 'c'
          OR typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid))
   GROUP BY nspname, typname, p
  UNION ALL
  SELECT 'language', lanname, p, array_agg(r.rolname) FILTER (WHERE has_language_privilege(r.oid, l.oid, p))
    FROM pg_roles r CROSS JOIN pg_language l CROSS JOIN unnest(ARRAY['USAGE', 'USAGE WITH GRANT OPTION']) p GROUP BY lanname, p
  UNION ALL
  SELECT 'tablespace', spcname, p, array_agg(r.rolname) FILTER (WHERE has_tablespace_privilege(r.oid, t.oid, p))
    FROM pg_roles r CROSS JOIN pg_tablespace t CROSS JOIN unnest(ARRAY['CREATE', 'CREATE WITH GRANT OPTION']) p GROUP BY spcname, p
  UNION ALL
  SELECT 'foreign data wrapper', fdwname, p,
         array_agg(r.rolname) FILTER (WHERE has_foreign_data_wrapper_privilege(r.oid, w.oid, p))
    FROM pg_roles r CROSS JOIN pg_foreign_data_wrapper w CROSS JOIN unnest(ARRAY['USAGE', 'USAGE WITH GRANT OPTION']) p
   GROUP BY fdwname, p
  UNION ALL
  SELECT 'foreign server', srvname, p, array_agg(r.rolname) FILTER (WHERE has_server_privilege(r.oid, s.oid, p))
    FROM pg_roles r CROSS JOIN pg_foreign_server s CROSS JOIN unnest(ARRAY['USAGE', 'USAGE WITH GRANT OPTION']) p
   GROUP BY srvname, p
/*15 UNION ALL
  SELECT 'parameter', parname, p, array_agg(r.rolname) FILTER (WHERE has_parameter_privilege(r.oid, parname, p))
    FROM pg_roles r CROSS JOIN pg_parameter_acl CROSS JOIN unnest(ARRAY['SET', 'ALTER SYSTEM']) w
   CROSS JOIN LATERAL unnest(ARRAY[w, w || ' WITH GRANT OPTION']) p GROUP BY parname, p 15*/
/*18 UNION ALL
  SELECT 'large object', l.oid::text, p, array_agg(r.rolname) FILTER (WHERE has_largeobject_privilege(r.oid, l.oid, p))
    FROM pg_roles r CROSS JOIN pg_largeobject_metadata l CROSS JOIN unnest(ARRAY['SELECT', 'UPDATE']) w
   CROSS JOIN LATERAL unnest(ARRAY[w, w || ' WITH GRANT OPTION']) p GROUP BY l.oid, p 18*/
)
SELECT concat_ws(chr(31), kind, path, replace(lower(privilege), ' with grant option', '*'),
                 array_to_string(ARRAY(SELECT unnest(has) ORDER BY 1), chr(30)))
  FROM asked;
