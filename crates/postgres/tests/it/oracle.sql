-- Everything that gives power, in the server's own words, independent of how the inspector asks.
with bootstrap as (select rolname from pg_roles where oid = 10),
r(oid, name) as (select oid, rolname::text from pg_roles union all select 0, 'PUBLIC'),
acls(kind, name, acl) as (
  select 'database', datname::text, coalesce(datacl, acldefault('d', datdba)) from pg_database
  union all select 'tablespace', spcname, coalesce(spcacl, acldefault('t', spcowner)) from pg_tablespace
  union all select 'schema', nspname, coalesce(nspacl, acldefault('n', nspowner)) from pg_namespace where nspname !~ '^pg_(toast|temp)'
  union all select 'relation', format('%s %s', relkind, oid::regclass), coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner)) from pg_class where relkind in ('r','p','v','m','f','S')  and relnamespace <> 'pg_toast'::regnamespace
  union all select 'column', format('%s.%s', attrelid::regclass, attname), attacl from pg_attribute where attacl is not null
  union all select 'routine', oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) from pg_proc
  union all select 'type', oid::regtype::text, coalesce(typacl, acldefault('T', typowner)) from pg_type where typnamespace <> 'pg_toast'::regnamespace
  union all select 'language', lanname, coalesce(lanacl, acldefault('l', lanowner)) from pg_language
  union all select 'wrapper', fdwname, coalesce(fdwacl, acldefault('F', fdwowner)) from pg_foreign_data_wrapper
  union all select 'server', srvname, coalesce(srvacl, acldefault('S', srvowner)) from pg_foreign_server
  union all select 'large object', oid::text, coalesce(lomacl, acldefault('L', lomowner)) from pg_largeobject_metadata
/*15 union all select 'parameter', parname, paracl from pg_parameter_acl 15*/
),
lines(line) as (
  select format('%s %s: %s to %s by %s%s', kind, a.name, e.privilege_type, g.name, b.name, case when e.is_grantable then ' *' end)
    from acls a cross join lateral aclexplode(a.acl) e left join r g on g.oid = e.grantee left join r b on b.oid = e.grantor
  union all select format('owner relation %s: %s', oid::regclass, relowner::regrole) from pg_class where relkind in ('r','p','v','m','f','S')
  union all select format('owner schema %s: %s', nspname, nspowner::regrole) from pg_namespace where nspname !~ '^pg_(toast|temp)'
  union all select format('owner database %s: %s', datname, datdba::regrole) from pg_database
  union all select format('owner routine %s: %s', oid::regprocedure, proowner::regrole) from pg_proc
  union all select format('owner type %s: %s', oid::regtype, typowner::regrole) from pg_type
  union all select format('owner language %s: %s', lanname, lanowner::regrole) from pg_language
  union all select format('owner wrapper %s: %s', fdwname, fdwowner::regrole) from pg_foreign_data_wrapper
  union all select format('owner server %s: %s', srvname, srvowner::regrole) from pg_foreign_server
  union all select format('owner large object %s: %s', oid, lomowner::regrole) from pg_largeobject_metadata
  union all select format('owner operator %s: %s', oid::regoperator, oprowner::regrole) from pg_operator
  union all select format('owner collation %s: %s', collname, collowner::regrole) from pg_collation where oid >= 16384
  union all select format('owner statistics %s: %s', stxname, stxowner::regrole) from pg_statistic_ext
  union all select format('owner publication %s: %s', pubname, pubowner::regrole) from pg_publication
  union all select format('owner tablespace %s: %s', spcname, spcowner::regrole) from pg_tablespace
  union all select format('owner dictionary %s: %s', dictname, dictowner::regrole) from pg_ts_dict
  union all select format('owner conversion %s: %s', conname, conowner::regrole) from pg_conversion
  union all select format('owner operator class %s: %s', opcname, opcowner::regrole) from pg_opclass
  union all select format('owner operator family %s: %s', opfname, opfowner::regrole) from pg_opfamily
  union all select format('owner event trigger %s: %s', evtname, evtowner::regrole) from pg_event_trigger
  union all select format('owner subscription %s: %s', subname, subowner::regrole) from pg_subscription
  union all select format('owner configuration %s: %s', cfgname, cfgowner::regrole) from pg_ts_config
  union all select format('role %s', to_jsonb(a) - 'oid') from pg_authid a
  union all select format('comment %s: %s', objoid::regrole, description) from pg_shdescription where classoid = 'pg_authid'::regclass
  union all select format('member %s', to_jsonb(m) - 'oid' - 'roleid' - 'member' - 'grantor') || format(' %s of %s by %s', m.member::regrole, m.roleid::regrole, m.grantor::regrole) from pg_auth_members m
  union all select format('setting %s %s %s', coalesce(d.datname, '-'), case setrole when 0 then '-' else setrole::regrole::text end, c) from pg_db_role_setting s left join pg_database d on d.oid = setdatabase cross join unnest(setconfig) c
  union all select format('default %s %s %s: %s to %s by %s%s', defaclrole::regrole, case defaclnamespace when 0 then '-' else defaclnamespace::regnamespace::text end, defaclobjtype, e.privilege_type, g.name, b.name, case when e.is_grantable then ' *' end)
    from pg_default_acl cross join lateral aclexplode(defaclacl) e left join r g on g.oid = e.grantee left join r b on b.oid = e.grantor
  union all select format('default row %s %s %s', defaclrole::regrole, case defaclnamespace when 0 then '-' else defaclnamespace::regnamespace::text end, defaclobjtype) from pg_default_acl
  union all select format('row security %s %s %s', oid::regclass, relrowsecurity, relforcerowsecurity) from pg_class where relrowsecurity or relforcerowsecurity
  union all select format('policy %s %s %s %s %s %s %s', polrelid::regclass, polname, polcmd, polpermissive, array(select name from unnest(polroles) p join r on r.oid = p order by 1), pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) from pg_policy
  union all select format('mapping %s %s %s', srvname, r.name, array(select o from unnest(umoptions) o order by 1)) from pg_user_mapping join pg_foreign_server s on s.oid = umserver join r on r.oid = umuser
)
select line from lines order by 1;
