-- Triggers of tables that are switched on, each with what it runs. `events` are bits: 4 insert, 8 delete, 16 update, 32 truncate.
-- Those that only replication sets off (R) are none that somebody can.
SELECT trigger.tgrelid AS relation, trigger.tgname::text AS name, trigger.tgtype::int4 AS events, trigger.tgfoid AS routine
  FROM pg_trigger AS trigger
  JOIN pg_class AS relation ON relation.oid = trigger.tgrelid AND relation.relpersistence <> 't'
 WHERE NOT trigger.tgisinternal AND trigger.tgenabled IN ('O', 'A')
