-- Parameters on which somebody was ever granted something (15 and later).
SELECT oid, parname AS name, paracl::text AS acl FROM pg_parameter_acl
