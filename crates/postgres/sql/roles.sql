-- Roles and their attributes. pg_roles is readable by everybody and shows no password.
SELECT role.oid, role.rolname::text AS name, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
       rolbypassrls, rolconnlimit, rolvaliduntil::text AS valid_until, comment.description AS comment
  FROM pg_roles AS role
  LEFT JOIN pg_shdescription AS comment
         ON comment.objoid = role.oid AND comment.classoid = 'pg_authid'::regclass
