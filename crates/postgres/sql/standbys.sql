-- How many servers follow this one and can have sessions of their own.
SELECT count(*)
  FROM pg_stat_replication AS sender
 WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE active_pid = sender.pid AND slot_type = 'logical')
