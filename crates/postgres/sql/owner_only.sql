-- Objects that have an owner and no ACL, except the engine's own that are still its own. `method` is the access method of operator classes
-- and families; `operands` are the types of operators, 0 where there is none.
-- `wide` are publications of all tables, or of all in a schema.
-- $1: roles that are to go. Only their extensions are told: no statement gives a single extension another owner.
SELECT object.kind, object.oid, schema.nspname::text AS schema, object.name, object.method, object.owner, object.operands,
       object.kind = 'publication' AND (EXISTS (SELECT FROM pg_publication WHERE oid = object.oid AND puballtables)
            OR EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_publication'::regclass AND refobjid = object.oid
                                               AND classid = to_regclass('pg_catalog.pg_publication_namespace'))) AS wide
  FROM (SELECT 'operator' AS kind, oid, oprnamespace AS namespace, oprname::text AS name, NULL AS method,
               oprowner AS owner, ARRAY[oprleft, oprright] AS operands FROM pg_operator
         UNION ALL
        SELECT 'operator class', class.oid, opcnamespace, opcname::text, amname::text, opcowner, NULL
          FROM pg_opclass AS class JOIN pg_am AS method ON method.oid = class.opcmethod
         UNION ALL
        SELECT 'operator family', family.oid, opfnamespace, opfname::text, amname::text, opfowner, NULL
          FROM pg_opfamily AS family JOIN pg_am AS method ON method.oid = family.opfmethod
         UNION ALL
        SELECT 'collation', oid, collnamespace, collname::text, NULL, collowner, NULL FROM pg_collation
         UNION ALL
        SELECT 'conversion', oid, connamespace, conname::text, NULL, conowner, NULL FROM pg_conversion
         UNION ALL
        SELECT 'text search configuration', oid, cfgnamespace, cfgname::text, NULL, cfgowner, NULL FROM pg_ts_config
         UNION ALL
        SELECT 'text search dictionary', oid, dictnamespace, dictname::text, NULL, dictowner, NULL FROM pg_ts_dict
         UNION ALL
        SELECT 'statistics', oid, stxnamespace, stxname::text, NULL, stxowner, NULL FROM pg_statistic_ext
         UNION ALL
        SELECT 'publication', oid, NULL, pubname::text, NULL, pubowner, NULL FROM pg_publication
         UNION ALL
        SELECT 'subscription', oid, NULL, subname::text, NULL, subowner, NULL FROM pg_subscription
         WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
         UNION ALL
        SELECT 'event trigger', oid, NULL, evtname::text, NULL, evtowner, NULL FROM pg_event_trigger
         UNION ALL
        SELECT 'extension', extension.oid, NULL, extname::text, NULL, extowner, NULL
          FROM pg_extension AS extension JOIN pg_roles AS role ON role.oid = extowner
         WHERE role.rolname = ANY ($1)
       ) AS object
  LEFT JOIN pg_namespace AS schema ON schema.oid = object.namespace
 WHERE (object.oid >= 16384 OR object.owner <> 10)
   AND (schema.nspname IS NULL OR schema.nspname !~ '^pg_temp_')
