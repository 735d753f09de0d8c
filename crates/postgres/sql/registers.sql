-- How often the lists of roles, memberships and settings were written to since the counts began.
-- Attempts that were rolled back count as well.
SELECT relname::text AS name, n_tup_ins AS made, n_tup_upd AS changed, n_tup_del AS removed,
       (SELECT stats_reset::text FROM pg_stat_database WHERE datid = 0) AS reset
  FROM pg_stat_all_tables
 WHERE schemaname = 'pg_catalog' AND relname IN ('pg_authid', 'pg_auth_members', 'pg_db_role_setting')
