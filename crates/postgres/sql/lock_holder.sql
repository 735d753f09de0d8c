-- Who holds the lock whose key is $1 in this database. The session's details are shown to those who may see them.
SELECT lock.pid, session.usename::text AS login, session.application_name AS application,
       session.client_addr::text AS address, session.backend_start::text AS since
  FROM pg_locks AS lock
  LEFT JOIN pg_stat_activity AS session ON session.pid = lock.pid
 WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
   AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND (lock.classid::int8 << 32) | lock.objid::int8 = $1
