-- Which cluster this is, told apart from its copies. Everybody may run this unless EXECUTE was revoked.
SELECT system.system_identifier::text AS identifier, checkpoint.timeline_id::int4 AS timeline
  FROM pg_control_system() AS system, pg_control_checkpoint() AS checkpoint
