-- The rules of pg_hba.conf as the file has them now, which is not yet what the server goes by if nobody reloaded it. The view
-- names the file from 16 on.
SELECT COALESCE(to_jsonb(rule) ->> 'file_name', current_setting('hba_file')) AS file, line_number,
       COALESCE(type, '') AS type, database, user_name, address, netmask, COALESCE(auth_method, '') AS method, error
  FROM pg_hba_file_rules AS rule
 ORDER BY 1, 2
