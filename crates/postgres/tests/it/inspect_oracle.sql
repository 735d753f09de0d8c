-- What the server itself says of every ACL: one row per entry and privilege, defaults written out. Fields are parted by
-- the character 31, parts of a path by the character 30.
SET search_path = '';
WITH described (kind, path, owner, acl, fallback) AS (
  SELECT 'database', datname::text, datdba, datacl, 'd' FROM pg_database
   UNION ALL SELECT 'tablespace', spcname::text, spcowner, spcacl, 't' FROM pg_tablespace WHERE oid >= 16384
   UNION ALL SELECT 'schema', nspname::text, nspowner, nspacl, 'n' FROM pg_namespace WHERE oid >= 16384 OR nspname = 'public'
   UNION ALL SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, nspname || chr(30) || relname, relowner, relacl,
                    CASE relkind WHEN 'S' THEN 's' ELSE 'r' END
               FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
              WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_class.oid >= 16384
   UNION ALL SELECT 'column', nspname || chr(30) || relname || chr(30) || attname, relowner, attacl, 'c'
               FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
              WHERE attacl IS NOT NULL
   UNION ALL SELECT 'routine', nspname || chr(30) || proname || '('
                    || array_to_string(ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) WITH ORDINALITY AS u (t, n) ORDER BY n), chr(30)) || ')',
                    proowner, proacl, 'f'
               FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE pg_proc.oid >= 16384
   UNION ALL SELECT 'type', nspname || chr(30) || typname, typowner, typacl, 'T'
               FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid
              WHERE pg_type.oid >= 16384
                AND (typacl IS NOT NULL
                     OR typtype IN ('e', 'd', 'r') OR typtype = 'c' AND c.relkind = 'c'
                     OR typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = pg_type.oid))
   UNION ALL SELECT 'language', lanname::text, lanowner, lanacl, 'l' FROM pg_language WHERE oid >= 16384
   UNION ALL SELECT 'foreign data wrapper', fdwname::text, fdwowner, fdwacl, 'F' FROM pg_foreign_data_wrapper
   UNION ALL SELECT 'foreign server', srvname::text, srvowner, srvacl, 'S' FROM pg_foreign_server
   UNION ALL SELECT 'large object', oid::text, lomowner, lomacl, 'L' FROM pg_largeobject_metadata
/*15 UNION ALL SELECT 'parameter', parname, 10::oid, paracl, 'p' FROM pg_parameter_acl 15*/
)
SELECT concat_ws(chr(31), kind, path,
                 CASE entry.grantee WHEN 0 THEN '' ELSE 'role ' || grantee.rolname END, grantor.rolname,
                 lower(entry.privilege_type), entry.is_grantable)
  FROM described
 CROSS JOIN LATERAL aclexplode(coalesce(acl, acldefault(fallback::"char", owner))) AS entry
  JOIN pg_roles AS grantor ON grantor.oid = entry.grantor
  LEFT JOIN pg_roles AS grantee ON grantee.oid = entry.grantee;
