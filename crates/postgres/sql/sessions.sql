-- Who is connected, other than this session. Everybody sees who it is and what the program calls itself; from where it came
-- is shown to members of the login and of pg_read_all_stats.
SELECT session.usename::text AS login, session.datname::text AS database, COALESCE(session.application_name, '') AS application,
       host(session.client_addr) AS address, count(*)::int4 AS count
  FROM pg_stat_activity AS session
 WHERE session.usename IS NOT NULL AND session.datname IS NOT NULL AND session.pid <> pg_backend_pid()
   -- Those that look at the other databases with it.
   AND NOT (session.usename = session_user AND COALESCE(session.application_name, '') = current_setting('application_name'))
   AND NOT EXISTS (SELECT FROM pg_stat_replication AS copy WHERE copy.pid = session.pid)
 GROUP BY session.usename, session.datname, session.application_name, session.client_addr
