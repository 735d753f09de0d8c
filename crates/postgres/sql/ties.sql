-- What keeps roles from being dropped in this database and is none of the facts that every look reads: entries and owners of
-- whatever has one, policies, mappings. Temporary objects go with their sessions: while the role itself has some here, they count as
-- theirs, which are ended. Nobody's look reads what was granted on a table's TOAST table or on a schema of temporary objects.
-- $1: the roles.
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
   AND NOT (coalesce(object.schema, '') ~ '^pg_temp'
            AND EXISTS (SELECT FROM pg_stat_activity WHERE usename = role.rolname AND datname = current_database()))
   AND (coalesce(object.schema, '') ~ '^pg_(temp|toast)'
        OR tie.classid = 'pg_namespace'::regclass AND object.identity ~ '^pg_(toast_)?temp_'
        OR NOT (tie.deptype IN ('a', 'o', 'r') AND tie.classid IN (
           'pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass,
           'pg_language'::regclass, 'pg_largeobject'::regclass, 'pg_foreign_data_wrapper'::regclass,
           'pg_foreign_server'::regclass, 'pg_user_mapping'::regclass, 'pg_extension'::regclass,
           'pg_default_acl'::regclass, 'pg_policy'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
           'pg_opfamily'::regclass, 'pg_collation'::regclass, 'pg_conversion'::regclass, 'pg_ts_config'::regclass,
           'pg_ts_dict'::regclass, 'pg_statistic_ext'::regclass, 'pg_publication'::regclass,
           'pg_event_trigger'::regclass)))
 ORDER BY 1, 2
