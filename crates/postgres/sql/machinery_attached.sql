-- Routines of one's own that tables call: by what their queries read (r, whatever is done), or by what is written to them (w).
SELECT rule.ev_class AS relation, link.refobjid AS routine, 'r'::"char" AS by
  FROM pg_depend AS link JOIN pg_rewrite AS rule ON rule.oid = link.objid
  JOIN pg_class AS view ON view.oid = rule.ev_class AND view.relkind <> 'm'
 WHERE link.classid = 'pg_rewrite'::regclass AND link.refclassid = 'pg_proc'::regclass AND link.refobjid >= 16384
 UNION
SELECT policy.polrelid, link.refobjid, 'r'
  FROM pg_depend AS link JOIN pg_policy AS policy ON policy.oid = link.objid
 WHERE link.classid = 'pg_policy'::regclass AND link.refclassid = 'pg_proc'::regclass AND link.refobjid >= 16384
 UNION
SELECT begins.adrelid, link.refobjid, 'w'
  FROM pg_depend AS link JOIN pg_attrdef AS begins ON begins.oid = link.objid
 WHERE link.classid = 'pg_attrdef'::regclass AND link.refclassid = 'pg_proc'::regclass AND link.refobjid >= 16384
 UNION
SELECT check_.conrelid, link.refobjid, 'w'
  FROM pg_depend AS link JOIN pg_constraint AS check_ ON check_.oid = link.objid AND check_.conrelid <> 0
 WHERE link.classid = 'pg_constraint'::regclass AND link.refclassid = 'pg_proc'::regclass AND link.refobjid >= 16384
 UNION
SELECT sorted.indrelid, link.refobjid, 'w'
  FROM pg_depend AS link JOIN pg_index AS sorted ON sorted.indexrelid = link.objid
 WHERE link.classid = 'pg_class'::regclass AND link.refclassid = 'pg_proc'::regclass AND link.refobjid >= 16384
