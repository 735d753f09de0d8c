-- Sequences behind a serial (a) or identity (i) column: their owner is always that of the table.
SELECT link.objid AS sequence
  FROM pg_depend AS link
  JOIN pg_class AS sequence ON sequence.oid = link.objid AND sequence.relkind = 'S'
 WHERE link.classid = 'pg_class'::regclass AND link.refclassid = 'pg_class'::regclass
   AND link.refobjsubid > 0 AND link.deptype IN ('a', 'i')
