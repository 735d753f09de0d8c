-- Triggers of what happens to objects and sessions that are switched on, each with what it runs.
SELECT evtname::text AS name, evtevent::text AS event, COALESCE(evttags, '{}') AS commands, evtfoid AS routine
  FROM pg_event_trigger
 WHERE evtenabled IN ('O', 'A')
