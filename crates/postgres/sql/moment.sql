-- When the look was taken, and the server's version in words.
SELECT now()::text AS instant, current_setting('server_version') AS version
