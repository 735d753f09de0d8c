-- What initdb and extensions granted: the state that an object's ACL is compared with, instead of the default.
SELECT classoid, objoid, objsubid, initprivs::text AS acl FROM pg_init_privs
