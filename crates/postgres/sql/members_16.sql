-- Memberships from 16 on: one row per pair and grantor, each with its own options.
SELECT roleid AS role, member, grantor, inherit_option AS inherit, set_option AS set, admin_option AS admin
  FROM pg_auth_members
