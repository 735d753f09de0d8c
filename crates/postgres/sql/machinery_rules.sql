-- Rules of tables and views for what is written to them: update (2), insert (3), delete (4).
SELECT rule.ev_class AS relation, rule.rulename::text AS name, rule.ev_type AS by, pg_get_ruledef(rule.oid) AS definition
  FROM pg_rewrite AS rule
 WHERE rule.ev_type <> '1' AND rule.ev_class >= 16384 AND rule.ev_enabled IN ('O', 'A')
