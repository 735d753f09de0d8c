-- Tables that have policies and no row security: nobody is asked for them.
SELECT policy.polrelid AS table, array_agg(policy.polname::text ORDER BY policy.polname) AS policies
  FROM pg_policy AS policy
  JOIN pg_class AS relation ON relation.oid = policy.polrelid
 WHERE NOT relation.relrowsecurity AND relation.relpersistence <> 't'
 GROUP BY policy.polrelid
