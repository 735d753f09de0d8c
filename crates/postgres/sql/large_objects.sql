-- Large objects. Their OIDs are chosen by whoever makes them, so none counts as the engine's own.
SELECT oid, lomowner AS owner, lomacl::text AS acl FROM pg_largeobject_metadata
