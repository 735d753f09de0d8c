-- Default privileges: of a creator, for a kind of object, in one schema or (no schema) in the whole database.
SELECT stored.defaclrole AS creator, schema.nspname::text AS schema, stored.defaclobjtype AS kind,
       stored.defaclacl::text AS acl
  FROM pg_default_acl AS stored
  LEFT JOIN pg_namespace AS schema ON schema.oid = stored.defaclnamespace
 WHERE (stored.defaclnamespace = 0) = (schema.oid IS NULL)
