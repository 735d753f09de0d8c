-- What kind of verifier is stored for each role; the verifiers stay where they are. A superuser may run this.
SELECT rolname::text AS name,
       CASE WHEN rolpassword IS NULL THEN 'nothing' WHEN rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'strong' ELSE 'weak' END AS stored
  FROM pg_authid
