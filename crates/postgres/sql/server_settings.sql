-- The server's settings that an audit asks about. Those that only some may read are missing for the others.
SELECT name, COALESCE(setting, '') AS setting
  FROM pg_settings
 WHERE name IN ('shared_preload_libraries', 'log_statement', 'log_connections', 'log_disconnections', 'password_encryption',
                'pgaudit.log', 'ssl')
