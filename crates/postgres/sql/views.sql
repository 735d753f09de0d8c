-- Views (v) and materialised views (m) with the tables with row security and the views that they read themselves.
-- `security_invoker` is an option of views from 15 on.
SELECT view.oid, view.relkind = 'm' AS stored,
       COALESCE((SELECT option ~* '=(t|tr|tru|true|on|y|ye|yes|1)$'
                   FROM unnest(view.reloptions) AS option WHERE option LIKE 'security_invoker=%'), false) AS as_caller,
       array_agg(DISTINCT read.oid) AS reads
  FROM pg_class AS view
  JOIN pg_rewrite AS rule ON rule.ev_class = view.oid
  JOIN pg_depend AS link ON link.classid = 'pg_rewrite'::regclass AND link.objid = rule.oid
                        AND link.refclassid = 'pg_class'::regclass
  JOIN pg_class AS read ON read.oid = link.refobjid AND (read.relrowsecurity OR read.relkind IN ('v', 'm'))
 WHERE view.relkind IN ('v', 'm') AND view.oid >= 16384 AND view.oid <> read.oid AND view.relpersistence <> 't'
 GROUP BY view.oid, view.relkind, view.reloptions
