-- Who we are and what we are connected to. Run once per session, before anything else.
SELECT current_setting('server_version_num')::int4 AS version,
       session_user::text AS login,
       (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AS superuser,
       current_database()::text AS database,
       pg_is_in_recovery() AS standby,
       has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
         AND has_function_privilege('pg_catalog.pg_control_checkpoint()', 'EXECUTE') AS may_read_control,
       -- The one stable grantor, where this login may become it. Before 16 a member may always SET ROLE.
       EXISTS (SELECT FROM pg_roles AS grantor
                WHERE grantor.rolname = 'rolewright' AND session_user <> 'rolewright'
                  AND pg_has_role(session_user, grantor.oid,
                                  CASE WHEN current_setting('server_version_num')::int4 >= 160000
                                       THEN 'SET' ELSE 'MEMBER' END)) AS may_become_grantor,
       -- How many entries the lock table has room for.
       current_setting('max_locks_per_transaction')::int8
         * (current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8) AS locks
