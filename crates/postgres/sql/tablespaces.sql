-- Tablespaces; the two that initdb makes have OIDs below 16384.
SELECT oid, spcname::text AS name, spcowner AS owner, spcacl::text AS acl FROM pg_tablespace
