-- Views (v) and materialised views (m) that show what is stored of passwords, with the columns that do, from view to view. A view's
-- stored rule says of each of its columns from which column of which relation it is taken as it stands (`resorigtbl`,
-- `resorigcol`); of the engine's own relations nothing else does, because no dependencies on them are kept. The last list
-- of columns in a rule is the view's, unless there are subqueries in expressions: then the name has to agree as well. A union
-- says it of its parts alone, which have the columns of the whole. A view that asks for its caller's rights
-- (`security_invoker`, from 15 on) shows nobody more than they have.
WITH RECURSIVE shown AS (
  SELECT attrelid AS relation, attnum::int AS number, attname AS name
    FROM pg_attribute
   WHERE (attrelid = 'pg_catalog.pg_authid'::regclass AND attname = 'rolpassword')
      OR (attrelid = 'pg_catalog.pg_shadow'::regclass AND attname = 'passwd')
   UNION
  SELECT view.oid, own.attnum::int, own.attname
    FROM shown
    JOIN pg_rewrite AS rule
      ON rule.ev_type = '1' AND rule.ev_class >= 16384
     AND (shown.relation < 16384
          OR EXISTS (SELECT FROM pg_depend AS link
                      WHERE link.classid = 'pg_rewrite'::regclass AND link.objid = rule.oid
                        AND link.refclassid = 'pg_class'::regclass AND link.refobjid = shown.relation))
     AND position(format(':resorigtbl %s :resorigcol %s ', shown.relation, shown.number) IN rule.ev_action::text) > 0
    JOIN pg_class AS view ON view.oid = rule.ev_class AND view.relkind IN ('v', 'm') AND view.relpersistence <> 't'
   CROSS JOIN LATERAL (SELECT rule.ev_action::text AS whole,
                              position('{SETOPERATIONSTMT ' IN rule.ev_action::text) > 0 AS united,
                              position('{SUBLINK ' IN rule.ev_action::text) > 0 AS nested) AS action
   CROSS JOIN LATERAL regexp_matches(
           CASE WHEN action.united OR action.nested THEN action.whole
                ELSE regexp_replace(action.whole, '^.*:targetList \(', '') END,
           format(':resno (\d+) :resname ((?:\\.|[^ ])+) :ressortgroupref \d+ :resorigtbl %s :resorigcol %s ',
                  shown.relation, shown.number), 'g') AS found(part)
    JOIN pg_attribute AS own
      ON own.attrelid = view.oid AND own.attnum = found.part[1]::int
     AND (action.united OR NOT action.nested OR own.attname = replace(found.part[2], '\', ''))
   WHERE NOT COALESCE((SELECT option ~* '=(t|tr|tru|true|on|y|ye|yes|1)$'
                         FROM unnest(view.reloptions) AS option WHERE option LIKE 'security_invoker=%'), false)
)
SELECT relation, array_agg(DISTINCT name::text) AS columns FROM shown WHERE relation >= 16384 GROUP BY relation
