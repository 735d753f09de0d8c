-- Every role's name by its OID: catalogue rows point to roles by OID.
SELECT oid, rolname::text AS name FROM pg_roles
