-- Views (v) and materialised views (m) with what they read. `passes` are bits of what a view hands on to the table behind it:
-- 4 update, 8 insert, 16 delete (`pg_relation_is_updatable`). `security_invoker` is an option of views from 15 on.
SELECT view.oid, view.relkind = 'm' AS stored,
       COALESCE((SELECT option ~* '=(t|tr|tru|true|on|y|ye|yes|1)$'
                   FROM unnest(view.reloptions) AS option WHERE option LIKE 'security_invoker=%'), false) AS as_caller,
       CASE view.relkind WHEN 'v' THEN pg_relation_is_updatable(view.oid, false) ELSE 0 END AS passes,
       array_agg(DISTINCT read.oid) AS reads
  FROM pg_class AS view
  JOIN pg_rewrite AS rule ON rule.ev_class = view.oid
  JOIN pg_depend AS link ON link.classid = 'pg_rewrite'::regclass AND link.objid = rule.oid
                        AND link.refclassid = 'pg_class'::regclass
  JOIN pg_class AS read ON read.oid = link.refobjid AND read.relkind IN ('r', 'p', 'v', 'm', 'f')
 WHERE view.relkind IN ('v', 'm') AND view.oid >= 16384 AND view.oid <> read.oid AND view.relpersistence <> 't'
 GROUP BY view.oid, view.relkind, view.reloptions
