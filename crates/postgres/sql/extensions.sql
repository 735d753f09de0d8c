-- Which objects belong to an extension.
SELECT member.classid, member.objid, extension.extname::text AS extension
  FROM pg_extension AS extension
  JOIN pg_depend AS member
    ON member.refclassid = 'pg_extension'::regclass AND member.refobjid = extension.oid AND member.deptype = 'e'
