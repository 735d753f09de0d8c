-- What is under way in the name of roles that are to go: how many sessions, and which replication slots they feed from. By the
-- login of each session, which SET ROLE does not change.
-- $1: the roles.
SELECT activity.usename::text AS role, count(*) AS sessions,
       array_agg(slot.slot_name::text ORDER BY slot.slot_name) FILTER (WHERE slot.slot_name IS NOT NULL) AS slots
  FROM pg_stat_activity AS activity
  LEFT JOIN pg_replication_slots AS slot ON slot.active_pid = activity.pid AND NOT slot.temporary
 WHERE activity.usename = ANY ($1)
 GROUP BY activity.usename
