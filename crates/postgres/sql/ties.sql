-- What keeps roles from being dropped in this database. Temporary objects go with their sessions and are left out.
-- $1: the roles. $2: also what every look tells: who owns what that is not the engine's own, and the entries of all
-- lists. Schema public, which is number 2200 wherever it was not made anew, counts among what is told, and so do large objects,
-- whose numbers are their makers' choice.
SELECT role.rolname::text AS role,
       CASE tie.deptype WHEN 'o' THEN 'owns ' WHEN 'r' THEN 'is named by ' WHEN 'i' THEN 'stands in the initial privileges of '
                        ELSE 'stands in the privileges of ' END
       || pg_describe_object(tie.classid, tie.objid, tie.objsubid) AS what
  FROM pg_shdepend AS tie
  JOIN pg_roles AS role ON role.oid = tie.refobjid
 CROSS JOIN LATERAL pg_identify_object(tie.classid, tie.objid, tie.objsubid) AS object
 WHERE tie.refclassid = 'pg_authid'::regclass
   AND tie.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND role.rolname = ANY ($1)
   AND coalesce(object.schema, '') !~ '^pg_temp'
   AND ($2 OR tie.deptype NOT IN ('a', 'o')
           OR (tie.deptype = 'o' AND tie.classid IN ('pg_user_mapping'::regclass, 'pg_extension'::regclass))
           OR (tie.deptype = 'o' AND tie.objid < 16384 AND tie.classid <> 'pg_largeobject'::regclass
                                     AND (tie.classid, tie.objid) <> ('pg_namespace'::regclass, 2200::oid)))
 ORDER BY 1, 2
