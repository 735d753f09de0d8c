-- Materialised views and tables that call routines of one's own when they are refreshed, analyzed or indexed anew, which is done as
-- their owner.
SELECT rule.ev_class AS relation, link.refobjid AS routine
  FROM pg_depend AS link
  JOIN pg_rewrite AS rule ON rule.oid = link.objid
  JOIN pg_class AS view ON view.oid = rule.ev_class AND view.relkind = 'm'
 WHERE link.classid = 'pg_rewrite'::regclass AND link.refclassid = 'pg_proc'::regclass AND link.refobjid >= 16384
 UNION
SELECT sorted.indrelid, link.refobjid
  FROM pg_depend AS link
  JOIN pg_index AS sorted ON sorted.indexrelid = link.objid
 WHERE link.classid = 'pg_class'::regclass AND link.refclassid = 'pg_proc'::regclass AND link.refobjid >= 16384
