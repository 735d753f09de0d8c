-- Servers that copy this one whole. Subscriptions and backups use the same protocol and are left out as far as they can be told.
SELECT COALESCE(copy.application_name, '') AS name, host(copy.client_addr) AS address
  FROM pg_stat_replication AS copy
  LEFT JOIN pg_replication_slots AS slot ON slot.active_pid = copy.pid
 WHERE slot.slot_type IS DISTINCT FROM 'logical' AND copy.state IS DISTINCT FROM 'backup'
