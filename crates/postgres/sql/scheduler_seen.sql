-- Whether this login sees all jobs of pg_cron: its table shows each login its own. No row where the extension is not made.
SELECT has_schema_privilege(schema.oid, 'USAGE') AND has_table_privilege(job.oid, 'SELECT')
       AND NOT row_security_active(job.oid) AS seen
  FROM pg_class AS job
  JOIN pg_namespace AS schema ON schema.oid = job.relnamespace
 WHERE schema.nspname = 'cron' AND job.relname = 'job'
