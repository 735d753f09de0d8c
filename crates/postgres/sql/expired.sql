-- Roles whose passwords are no longer accepted, by the server's clock.
SELECT rolname::text AS name FROM pg_roles WHERE rolvaliduntil <= now()
