-- Functions that run as whoever sets off a trigger, and that somebody else owns: not the table's owner and no superuser. One
-- that runs with its owner's rights (`prosecdef`) is nobody else's. What is disabled (D) runs for nobody.
-- `events` are bits: 4 insert, 8 delete, 16 update, 32 truncate.
SELECT routine.oid AS routine, NULL::oid AS relation, trigger.evtname::text AS name, trigger.evtevent::text AS event, 0 AS events
  FROM pg_event_trigger AS trigger
  JOIN pg_proc AS routine ON routine.oid = trigger.evtfoid AND NOT routine.prosecdef
  JOIN pg_roles AS owner ON owner.oid = routine.proowner AND NOT owner.rolsuper
 WHERE trigger.evtenabled <> 'D'
UNION ALL
SELECT routine.oid, relation.oid, trigger.tgname::text, NULL, trigger.tgtype::int4
  FROM pg_trigger AS trigger
  JOIN pg_class AS relation ON relation.oid = trigger.tgrelid AND relation.relpersistence <> 't'
  JOIN pg_proc AS routine ON routine.oid = trigger.tgfoid AND routine.proowner <> relation.relowner AND NOT routine.prosecdef
  JOIN pg_roles AS owner ON owner.oid = routine.proowner AND NOT owner.rolsuper
 WHERE NOT trigger.tgisinternal AND trigger.tgenabled <> 'D'
