-- Tables that a subscription fills, each with the role as which it does: always its owner before 16, and where it says so from then on.
-- Before 16 the column that says so is not there, and the name means the one outside.
SELECT part.srrelid AS relation, pg_get_userbyid(subscription.subowner)::text AS role
  FROM (SELECT true AS subrunasowner) AS always
 CROSS JOIN LATERAL (SELECT oid, subowner, subrunasowner AS as_owner FROM pg_subscription) AS subscription
  JOIN pg_subscription_rel AS part ON part.srsubid = subscription.oid
 WHERE subscription.as_owner
