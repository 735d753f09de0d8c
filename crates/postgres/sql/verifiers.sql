-- Stored password verifiers. Only a superuser may read pg_authid.
SELECT rolname::text AS name, rolpassword AS verifier FROM pg_authid
