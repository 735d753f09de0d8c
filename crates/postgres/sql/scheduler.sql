-- The database in which pg_cron keeps its jobs, where it is loaded.
SELECT current_setting('cron.database_name', true) AS database
