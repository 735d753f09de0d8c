-- Parameters that anybody may set for the roles that they may change; `role` is one that the view does not list. What is not
-- here, names that no loaded module knows among it, takes a superuser or, from 15 on, SET on the parameter.
SELECT lower(name) AS name FROM pg_settings WHERE context = 'user'
 UNION ALL
SELECT 'role'
