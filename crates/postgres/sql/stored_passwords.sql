-- What kind of verifier is stored for each role, and a print of it; the verifiers stay where they are. A superuser may run this.
SELECT rolname::text AS name,
       CASE WHEN rolpassword IS NULL THEN 'nothing' WHEN rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'strong' ELSE 'weak' END AS stored,
       encode(sha256(convert_to(COALESCE(rolpassword, ''), 'UTF8')), 'hex') AS print
  FROM pg_authid
