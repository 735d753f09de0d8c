-- Roles that something in some database of the cluster refers to, or that granted a membership.
SELECT role.rolname::text AS name
  FROM pg_roles AS role
 WHERE EXISTS (SELECT FROM pg_shdepend AS link
                WHERE link.refclassid = 'pg_authid'::regclass AND link.refobjid = role.oid)
    OR EXISTS (SELECT FROM pg_auth_members AS link WHERE link.grantor = role.oid)
