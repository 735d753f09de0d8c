-- Replication slots that nobody uses now. Temporary ones go with their session; those that a standby keeps in step with the
-- first server (`synced`, from 17 on) are idle until it takes over. Since when a slot is idle is known from 17 on.
SELECT slot.slot_name::text AS name, slot.slot_type::text AS type, slot.database::text AS database, slot.wal_status::text AS state,
       slot.restart_lsn IS NOT NULL OR slot.xmin IS NOT NULL OR slot.catalog_xmin IS NOT NULL AS holds,
       current_setting('max_slot_wal_keep_size') = '-1' AS unbounded,
       idle.since::timestamptz(0)::text AS since, now() - idle.since < interval '1 day' AS recent
  FROM pg_replication_slots AS slot
 CROSS JOIN LATERAL (SELECT (to_jsonb(slot) ->> 'inactive_since')::timestamptz AS since,
                            COALESCE((to_jsonb(slot) ->> 'synced')::bool, false) AS synced) AS idle
 WHERE NOT slot.active AND NOT slot.temporary AND NOT idle.synced
