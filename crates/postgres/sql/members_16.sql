-- Memberships from 16 on: one row per pair and grantor, each with its own options.
SELECT role.rolname::text AS role, member.rolname::text AS member, link.grantor,
       link.inherit_option AS inherit, link.set_option AS set, link.admin_option AS admin
  FROM pg_auth_members AS link
  JOIN pg_roles AS role ON role.oid = link.roleid
  JOIN pg_roles AS member ON member.oid = link.member
