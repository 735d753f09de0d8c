-- The lists of roles, memberships and settings row by row: a key that another row cannot have, and what the row says beside it.
SELECT 'roles' AS register, rolname::text AS key,
       concat_ws(' ', oid, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
                 rolconnlimit, extract(epoch FROM rolvaliduntil)) AS content
  FROM pg_roles
 UNION ALL
SELECT 'memberships', concat_ws(' ', role.rolname, member.rolname, link.grantor),
       -- From 16 on there are more options than ADMIN.
       (to_jsonb(link) - 'oid' - 'roleid' - 'member' - 'grantor')::text
  FROM pg_auth_members AS link
  JOIN pg_roles AS role ON role.oid = link.roleid
  JOIN pg_roles AS member ON member.oid = link.member
 UNION ALL
SELECT 'settings', concat_ws(' ', stored.setdatabase, stored.setrole), stored.setconfig::text
  FROM pg_db_role_setting AS stored
