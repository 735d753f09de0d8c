-- Memberships on 14 and 15: one row per pair. SET is always allowed; INHERIT is the member's own attribute.
SELECT link.roleid AS role, link.member, link.grantor, member.rolinherit AS inherit, true AS set, link.admin_option AS admin
  FROM pg_auth_members AS link
  JOIN pg_roles AS member ON member.oid = link.member
