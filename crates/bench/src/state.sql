-- All that the benchmark's roles are and may do, one fact per line: equal for two databases whose power is equal.
SELECT format('role %s login=%s inherit=%s', rolname, rolcanlogin, rolinherit) FROM pg_roles WHERE oid >= 16384
UNION ALL
SELECT format('member %s of %s admin=%s', member::regrole, roleid::regrole, bool_or(admin_option))
  FROM pg_auth_members WHERE roleid >= 16384 GROUP BY member, roleid
UNION ALL
SELECT format('schema %s %s', nspname, acl)
  FROM pg_namespace, LATERAL (
    SELECT string_agg(a::text, ' ' ORDER BY a::text) AS acl FROM unnest(nspacl) a) AS entries
 WHERE oid >= 16384
UNION ALL
SELECT format('relation %s %s', c.oid::regclass, acl)
  FROM pg_class c, LATERAL (
    SELECT string_agg(a::text, ' ' ORDER BY a::text) AS acl FROM unnest(relacl) a) AS entries
 WHERE relnamespace >= 16384 AND relkind IN ('r', 'S')
UNION ALL
SELECT format('function %s %s', p.oid::regprocedure, acl)
  FROM pg_proc p, LATERAL (
    SELECT string_agg(a::text, ' ' ORDER BY a::text) AS acl FROM unnest(proacl) a) AS entries
 WHERE pronamespace >= 16384
ORDER BY 1;
