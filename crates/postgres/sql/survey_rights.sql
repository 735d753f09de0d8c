-- What of the survey this session may read.
SELECT has_column_privilege('pg_catalog.pg_authid', 'rolpassword', 'SELECT') AS passwords,
       has_table_privilege('pg_catalog.pg_hba_file_rules', 'SELECT')
         AND has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE') AS doors,
       pg_has_role('pg_read_all_stats', 'USAGE') AS statistics,
       pg_has_role('pg_read_all_settings', 'USAGE') AS settings
