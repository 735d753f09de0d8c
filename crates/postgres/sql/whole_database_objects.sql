-- Objects with an ACL that belong to a database and to no schema: languages, foreign-data wrappers, foreign servers.
-- $1: also the engine's own at their default.
SELECT object.class, object.oid, object.name, object.owner, object.acl::text AS acl
  FROM (SELECT 'pg_language'::regclass::oid AS class, oid, lanname::text AS name, lanowner AS owner, lanacl AS acl
          FROM pg_language
         UNION ALL
        SELECT 'pg_foreign_data_wrapper'::regclass::oid, oid, fdwname::text, fdwowner, fdwacl FROM pg_foreign_data_wrapper
         UNION ALL
        SELECT 'pg_foreign_server'::regclass::oid, oid, srvname::text, srvowner, srvacl FROM pg_foreign_server
       ) AS object
  LEFT JOIN pg_init_privs AS initial
         ON initial.classoid = object.class AND initial.objoid = object.oid AND initial.objsubid = 0
 WHERE $1 OR object.oid >= 16384 OR object.acl IS DISTINCT FROM initial.initprivs OR object.owner <> 10
