//! Statements: which operations on which columns they need.

use crate::shown::{acts, body_in, calls, fixed, loose, one, others};

#[test]
fn a_query_reads_the_columns_that_it_names() {
    for (text, expected) in [
        ("SELECT a, b FROM s.t WHERE c = 1 ORDER BY d", "select s.t (a, b, c, d)"),
        ("SELECT a AS x FROM s.t ORDER BY x", "select s.t (a)"),
        ("SELECT count(*) FROM s.t", "select s.t"),
        ("SELECT * FROM s.t", "select s.t (*)"),
        ("TABLE s.t", "select s.t (*)"),
        ("SELECT o.a, p.* FROM s.t AS o, s.u AS p", "select s.t (a); select s.u (*)"),
        ("SELECT t.a, s.t.b FROM s.t", "select s.t (a, b)"),
        ("SELECT t FROM s.t", "select s.t (t)"),
        ("SELECT a FROM s.t, s.u", "select s.t (?a); select s.u (?a)"),
        ("SELECT x FROM s.t AS o (x)", "select s.t (*)"),
        ("SELECT j.a FROM (s.t JOIN s.u USING (k)) AS j", "select s.t (k, ?a); select s.u (k, ?a)"),
        ("SELECT 1 FROM s.t NATURAL JOIN s.u", "select s.t (*); select s.u (*)"),
        ("SELECT 1 FROM s.t JOIN s.u ON t.a = u.b", "select s.t (a); select s.u (b)"),
        (
            "SELECT 1 FROM s.t JOIN s.u USING (k) JOIN s.v USING (l)",
            "select s.t (k, ?l); select s.u (k, ?l); select s.v (l)",
        ),
        ("SELECT a FROM s.t UNION SELECT b FROM s.u ORDER BY a", "select s.t (a); select s.u (b)"),
        ("SELECT (SELECT max(u.b) FROM s.u WHERE u.k = t.k) FROM s.t", "select s.t (k); select s.u (b, k)"),
        ("SELECT q.a FROM (SELECT a, b FROM s.t) AS q", "select s.t (a, b)"),
        ("SELECT q.c FROM s.t, LATERAL (SELECT t.a AS c) AS q", "select s.t (a)"),
        ("SELECT a FROM s.t TABLESAMPLE system (1)", "select s.t (a)"),
        ("SELECT a FROM s.t GROUP BY b HAVING max(c) > 1", "select s.t (a, b, c)"),
        ("SELECT rank() OVER (PARTITION BY a ORDER BY b) FROM s.t", "select s.t (a, b)"),
        ("SELECT 1 WHERE EXISTS (SELECT FROM s.t)", "select s.t"),
        ("VALUES ((SELECT a FROM s.t))", "select s.t (a)"),
        ("SELECT a FROM s.t FOR UPDATE", "select s.t (a); update s.t"),
        ("SELECT t.a FROM s.t, s.u FOR SHARE OF u", "select s.t (a); select s.u; update s.u"),
        ("SELECT 1 FROM (SELECT a FROM s.t) AS q FOR UPDATE", "select s.t (a); update s.t"),
        ("EXPLAIN SELECT a FROM s.t", "select s.t (a)"),
        ("DECLARE c CURSOR FOR SELECT a FROM s.t", "select s.t (a)"),
    ] {
        let does = one(text);
        assert_eq!(acts(&does), expected, "{text}");
        assert!(does.others.is_empty(), "{text}: {:?}", does.others);
    }
}

#[test]
fn a_change_needs_to_read_only_what_it_looks_at() {
    for (text, expected) in [
        ("DELETE FROM s.t", "delete s.t"),
        ("DELETE FROM s.t WHERE a = 1", "delete s.t; select s.t (a)"),
        ("DELETE FROM s.t USING s.u WHERE t.k = u.k", "delete s.t; select s.t (k); select s.u (k)"),
        ("DELETE FROM s.t WHERE k IN (SELECT k FROM s.u)", "delete s.t; select s.t (k, ?k); select s.u (?k)"),
        ("UPDATE s.t SET a = 1", "update s.t (a)"),
        ("UPDATE s.t SET a = b + 1 RETURNING c", "select s.t (b, c); update s.t (a)"),
        ("UPDATE s.t SET a = (SELECT max(c) FROM s.u)", "?select s.t (?c); select s.u (?c); update s.t (a)"),
        (
            "UPDATE s.t AS o SET (a, b) = (SELECT u.c, 2 FROM s.u) FROM s.v WHERE o.k = v.k",
            "select s.t (k); select s.u (c); select s.v (k); update s.t (a, b)",
        ),
        ("INSERT INTO s.t DEFAULT VALUES", "insert s.t"),
        ("INSERT INTO s.t VALUES (1)", "insert s.t (*)"),
        ("INSERT INTO s.t (a) VALUES (1) RETURNING b", "insert s.t (a); select s.t (b)"),
        ("INSERT INTO s.t (a) SELECT b FROM s.u", "insert s.t (a); select s.u (b)"),
        ("INSERT INTO s.t (a) VALUES (1) ON CONFLICT (k) DO NOTHING", "insert s.t (a); select s.t (k)"),
        (
            "INSERT INTO s.t AS o (a) VALUES (1) ON CONFLICT (k) DO UPDATE SET b = excluded.a WHERE o.c",
            "insert s.t (a); select s.t (a, c, k); update s.t (b)",
        ),
        (
            "INSERT INTO s.t (a) VALUES (1) ON CONFLICT ON CONSTRAINT c DO NOTHING",
            "insert s.t (a); select s.t (*)",
        ),
        (
            "MERGE INTO s.t USING s.u ON t.k = u.k WHEN MATCHED AND t.a THEN UPDATE SET b = u.b \
             WHEN NOT MATCHED THEN INSERT (k) VALUES (u.k)",
            "insert s.t (k); select s.t (a, k); select s.u (b, k); update s.t (b)",
        ),
        ("MERGE INTO s.t USING s.u ON true WHEN MATCHED THEN DELETE", "delete s.t; select s.u"),
        ("UPDATE s.t SET a = 1 RETURNING old.b, new.c", "select s.t (b, c); update s.t (a)"),
    ] {
        assert_eq!(acts(&one(text)), expected, "{text}");
    }
}

#[test]
fn a_common_table_expression_is_no_relation_where_it_can_be_seen() {
    for (text, expected) in [
        ("WITH q AS (SELECT a FROM s.t) SELECT a FROM q", "select s.t (a)"),
        ("WITH q AS (DELETE FROM s.t RETURNING a) SELECT a FROM q", "delete s.t; select s.t (a)"),
        ("WITH q AS (SELECT 1), r AS (SELECT * FROM q) TABLE r", ""),
        ("WITH q AS (SELECT * FROM q) SELECT 1", "select q (*)"),
        ("WITH RECURSIVE q AS (SELECT a FROM s.t UNION SELECT 1 FROM q) TABLE q", "select s.t (a)"),
        ("SELECT (WITH q AS (SELECT 1) SELECT 1 FROM q), (SELECT 1 FROM q)", "select q"),
        ("WITH q AS (SELECT 1) INSERT INTO s.t (a) SELECT * FROM q", "insert s.t (a)"),
        ("WITH q AS (SELECT 1) SELECT 1 FROM s.q", "select s.q"),
    ] {
        assert_eq!(acts(&one(text)), expected, "{text}");
    }
}

#[test]
fn every_call_by_name_is_told() {
    for (text, expected) in [
        ("SELECT f(1, 2), s.g()", "s.g/0 f/2"),
        ("CALL s.p(f(1))", "f/1 s.p/1"),
        ("SELECT * FROM s.f(1) AS x, LATERAL g(x)", "g/1 s.f/1"),
        ("INSERT INTO s.t VALUES (f())", "f/0"),
        ("SELECT 1 ORDER BY f(1) LIMIT g()", "f/1 g/0"),
        ("SELECT max(a) FILTER (WHERE f(a)) OVER (ORDER BY g(a)) FROM s.t", "f/1 g/1 max/1"),
        ("SELECT CASE WHEN f() THEN ARRAY[g()] ELSE ROW(h()) END", "f/0 g/0 h/0"),
        ("SELECT extract(year FROM d) FROM s.t", "pg_catalog.extract/2"),
    ] {
        let mut found: Vec<String> = calls(&one(text)).split(' ').map(str::to_owned).collect();
        let mut expected: Vec<String> = expected.split(' ').map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_acts_and_calls_do_not_say_is_told_as_its_text() {
    for (text, kinds, expected) in [
        ("GRANT SELECT ON s.t TO bob", vec!["GRANT or REVOKE"], ""),
        ("ALTER ROLE bob SUPERUSER", vec!["ALTER ROLE"], ""),
        ("COPY s.t (a) FROM PROGRAM 'x'", vec!["COPY"], "insert s.t (a)"),
        ("COPY (SELECT a FROM s.t) TO '/x'", vec!["COPY"], "select s.t (a)"),
        ("SELECT a INTO s.n FROM s.t", vec!["CREATE TABLE AS"], "select s.t (a)"),
        ("CREATE TABLE s.n AS SELECT a FROM s.t", vec!["CREATE TABLE AS"], "select s.t (a)"),
        ("TRUNCATE s.t, s.u", vec![], "truncate s.t (*); truncate s.u (*)"),
        ("TRUNCATE s.t CASCADE", vec!["TRUNCATE CASCADE"], "truncate s.t (*)"),
        ("DROP TABLE s.t", vec![], "drop s.t (*)"),
        ("DROP FUNCTION s.f", vec!["DROP"], ""),
        ("ALTER TABLE s.t ADD a int", vec!["ALTER TABLE"], "alter s.t (*)"),
        ("ANALYZE s.t", vec![], "maintain s.t (*)"),
        ("ANALYZE", vec!["ANALYZE"], ""),
        ("REFRESH MATERIALIZED VIEW s.m", vec![], "maintain s.m (*)"),
        ("LOCK s.t", vec![], "lock s.t (*)"),
        ("DO 'x' LANGUAGE plperl", vec!["DO"], ""),
        ("DO 'begin nonsense'", vec!["DO"], ""),
        ("DO 'begin delete from s.t; end'", vec![], "delete s.t"),
        ("SET ROLE bob", vec!["SET"], ""),
        ("SET LOCAL search_path = s", vec!["SET search_path"], ""),
        ("SET SCHEMA 's'", vec!["SET search_path"], ""),
        ("RESET ALL", vec!["SET search_path"], ""),
        ("CREATE TEMP TABLE t (a text, b integer)", vec!["CREATE TABLE"], ""),
        ("COMMIT", vec![], ""),
    ] {
        let does = one(text);
        assert_eq!((others(&does), acts(&does).as_str()), (kinds, expected), "{text}");
        assert!(does.others.iter().all(|other| other.text == text), "{text}");
    }
}

#[test]
fn what_the_search_path_decides_is_loose() {
    for (text, expected) in [
        ("SELECT 1 FROM t", "relations"),
        ("SELECT 1 FROM s.t", ""),
        ("WITH q AS (SELECT 1) SELECT 1 FROM q", ""),
        ("SELECT f()", "routines"),
        ("SELECT s.f()", ""),
        ("SELECT 1 + 1", "operators"),
        ("SELECT 1 OPERATOR(pg_catalog.+) 1", ""),
        ("SELECT 1 IN (2)", "operators"),
        ("SELECT 1 IN (SELECT 2)", "operators"),
        ("SELECT 1 BETWEEN 2 AND 3", "operators"),
        ("SELECT CASE 1 WHEN 2 THEN 3 END", "operators"),
        ("SELECT CASE WHEN true THEN 3 END", ""),
        ("SELECT 1 FROM s.t JOIN s.u USING (a)", "operators"),
        ("SELECT 1 FROM s.t ORDER BY a USING <", "operators"),
        ("SELECT '1'::text", "types"),
        ("SELECT '1'::integer", ""),
        ("SELECT '1'::s.mood", ""),
        ("DROP TABLE t", "relations"),
    ] {
        assert_eq!(loose(&one(text)), expected, "{text}");
    }
}

#[test]
fn a_body_in_sql_is_all_its_statements() {
    let does = fixed(body_in("sql", "INSERT INTO s.t (a) VALUES (1); SELECT b FROM s.u;"));
    assert_eq!(acts(&does), "insert s.t (a); select s.u (b)");
}

#[test]
fn a_parameter_may_be_a_column_in_sql() {
    let definition = "CREATE FUNCTION s.f(p int) RETURNS int LANGUAGE sql \
                      AS 'SELECT a FROM s.t WHERE k = p AND l = f.p AND m = $1'";
    assert_eq!(acts(&fixed(pgsql::body(definition))), "select s.t (a, k, l, m, ?p)");
}

#[test]
fn a_bound_body_has_nothing_loose() {
    let definition =
        "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql BEGIN ATOMIC DELETE FROM t; SELECT a FROM t; END";
    let does = fixed(pgsql::body(definition));
    assert_eq!(acts(&does), "delete t; select t (a)");
    assert_eq!(loose(&does), "");
    let returned = "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql RETURN (SELECT max(a) FROM s.t)";
    assert_eq!(acts(&fixed(pgsql::body(returned))), "select s.t (a)");
}

#[test]
fn a_type_without_its_schema_is_told_and_whether_a_value_becomes_one_of_it() {
    let types = |does: &pgsql::Does| {
        let one = |(name, sure): (&String, &bool)| format!("{name}{}", if *sure { "" } else { "?" });
        does.types.iter().map(one).collect::<Vec<_>>().join(" ")
    };
    for (text, expected) in [
        ("SELECT '1'::text", "text"),
        ("SELECT '1'::pg_catalog.text, '1'::integer", ""),
        ("SELECT '{}'::mood[]", "mood?"),
        ("SELECT '{}'::mood[], 'x'::mood", "mood"),
        ("CREATE TABLE s.t (a text)", "text?"),
        ("SELECT 'a' COLLATE \"C\"", ""),
    ] {
        assert_eq!(types(&one(text)), expected, "{text}");
    }
    let body = "DECLARE a date; b s.mood; c t.k%TYPE; BEGIN NULL; END";
    assert_eq!(types(&fixed(body_in("plpgsql", body))), "date t?");
}

#[test]
fn a_rule_is_what_it_does_besides() {
    let rule = "CREATE RULE r AS ON INSERT TO s.t WHERE new.a > 1 DO ALSO ( DELETE FROM s.u WHERE u.b = new.a; \
                INSERT INTO s.v (c) VALUES (old.a) )";
    assert_eq!(acts(&fixed(pgsql::rule(rule))), "delete s.u; insert s.v (c); select s.u (b)");
    assert!(matches!(pgsql::rule("DELETE FROM s.t"), pgsql::Body::Opaque { .. }));
}
