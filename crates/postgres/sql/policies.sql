-- Row-security policies. OID 0 among the roles stands for PUBLIC.
-- $1: only those that name one of these roles; NULL for all.
SELECT schema.nspname::text AS schema, relation.relname::text AS name, policy.polname::text AS policy, policy.polpermissive,
       policy.polcmd, policy.polroles AS roles,
       pg_get_expr(policy.polqual, policy.polrelid) AS using,
       pg_get_expr(policy.polwithcheck, policy.polrelid) AS check
  FROM pg_policy AS policy
  JOIN pg_class AS relation ON relation.oid = policy.polrelid
  JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
 WHERE relation.relpersistence <> 't'
   AND ($1::text[] IS NULL
           OR EXISTS (SELECT FROM pg_roles WHERE oid = ANY (policy.polroles) AND rolname = ANY ($1)))
