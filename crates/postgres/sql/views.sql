-- Views (v) and materialised views (m) that read a table with row security themselves, not through another view, with these
-- tables. `security_invoker` is an option of views from 15 on.
SELECT view.oid, view.relkind = 'm' AS stored,
       COALESCE((SELECT option LIKE '%=true' OR option LIKE '%=on' OR option LIKE '%=1' OR option LIKE '%=yes'
                   FROM unnest(view.reloptions) AS option WHERE option LIKE 'security_invoker=%'), false) AS as_caller,
       array_agg(DISTINCT read.oid) AS reads
  FROM pg_class AS view
  JOIN pg_rewrite AS rule ON rule.ev_class = view.oid
  JOIN pg_depend AS link ON link.classid = 'pg_rewrite'::regclass AND link.objid = rule.oid
                        AND link.refclassid = 'pg_class'::regclass
  JOIN pg_class AS read ON read.oid = link.refobjid AND read.relrowsecurity
 WHERE view.relkind IN ('v', 'm') AND view.oid <> read.oid AND view.relpersistence <> 't'
 GROUP BY view.oid, view.relkind, view.reloptions
