-- When the look was taken, the server's version in words, and since when it runs.
SELECT now()::text AS instant, current_setting('server_version') AS version, pg_postmaster_start_time()::text AS started
