-- What every role can do here, judged by the server: without doing anything (i), and with SET ROLE (s).
with r as (select oid, rolname from pg_roles where oid >= 16384),
reach as (
  select a.rolname as who, b.oid as via, a.oid = b.oid as own
    from r a cross join r b
   where a.oid = b.oid or pg_has_role(a.oid, b.oid, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
  union all select 'everybody', 0, true
),
held (who, kind, own) as (
  select who, format('table %s %s', t.oid::regclass, p), own
    from reach cross join pg_class t
   cross join unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) p
   where t.relkind in ('r','p','v','m','f') and (t.oid >= 16384 and t.relnamespace <> 'information_schema'::regnamespace or t.relname = 'pg_authid')
     and has_table_privilege(via, t.oid, p)
  union all select who, format('column %s.%s %s', t.oid::regclass, a.attname, p), own
    from reach cross join pg_class t join pg_attribute a on a.attrelid = t.oid and attname = 'Co, l'
   cross join unnest(array['SELECT','INSERT','UPDATE','REFERENCES']) p
   where t.relkind in ('r','p','v','m','f') and has_column_privilege(via, t.oid, a.attnum, p)
  union all select who, format('sequence %s %s', t.oid::regclass, p), own
    from reach cross join pg_class t cross join unnest(array['SELECT','UPDATE','USAGE']) p
   where t.relkind = 'S' and has_sequence_privilege(via, t.oid, p)
  union all select who, format('schema %s %s', nspname, p), own
    from reach cross join pg_namespace n cross join unnest(array['USAGE','CREATE']) p
   where (n.oid >= 16384 or nspname = 'public') and nspname !~ '^pg_' and has_schema_privilege(via, n.oid, p)
  union all select who, format('database %s %s', datname, p), own
    from reach cross join pg_database d cross join unnest(array['CREATE','CONNECT','TEMPORARY']) p
   where has_database_privilege(via, d.oid, p)
  union all select who, format('routine %s', f.oid::regprocedure), own
    from reach cross join pg_proc f where (f.oid >= 16384 or proname = 'pg_ls_dir') and has_function_privilege(via, f.oid, 'EXECUTE')
  union all select who, format('type %s', t.oid::regtype), own
    from reach cross join pg_type t where t.oid >= 16384 and typtype in ('e', 'd', 'r') and has_type_privilege(via, t.oid, 'USAGE')
  union all select who, format('server %s', srvname), own
    from reach cross join pg_foreign_server s where has_server_privilege(via, s.oid, 'USAGE')
  union all select who, format('wrapper %s', fdwname), own
    from reach cross join pg_foreign_data_wrapper s where has_foreign_data_wrapper_privilege(via, s.oid, 'USAGE')
  union all select who, format('language %s', lanname), own
    from reach cross join pg_language s where lanpltrusted and has_language_privilege(via, s.oid, 'USAGE')
)
select distinct concat_ws(' | ', mode, who, kind) from held cross join unnest(array['i', 's']) mode where own or mode = 's' order by 1;
