-- Jobs that pg_cron starts as roles that are to go.
-- $1: the roles.
SELECT username::text AS role,
       'number ' || jobid || coalesce(' (' || jobname || ')', '') || ' in database ' || database || ', ' || quote_literal(schedule)
  FROM cron.job
 WHERE username = ANY ($1)
 ORDER BY username, jobid
