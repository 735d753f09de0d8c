//! Routines for the server to try.

/// A routine, and how it is tried.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) definition: String,
    /// What has to be there beside it.
    pub(super) extra: &'static str,
    pub(super) call: &'static str,
    /// The first version that knows what is in it.
    pub(super) from: u32,
    /// Rights that were read and that the server does not ask for: why is said beside each.
    pub(super) needless: &'static [&'static str],
}

/// Every case.
pub(super) fn cases() -> Vec<Case> {
    let queries = QUERIES.iter().chain(CHANGES).map(|text| sql(text));
    let newer = NEWER.iter().map(|(from, text)| Case { from: *from, ..sql(text) });
    let wider = WIDER.iter().map(|(text, needless)| Case { needless, ..sql(text) });
    let bodies = BODIES.iter().map(|(declare, statements)| plpgsql(declare, statements));
    queries.chain(newer).chain(wider).chain(bodies).chain(heads()).chain(surroundings()).collect()
}

fn sql(text: &str) -> Case {
    case(format!(
        "CREATE FUNCTION f.f(p int DEFAULT 1) RETURNS void SECURITY DEFINER LANGUAGE sql AS $$ {text} $$"
    ))
}

fn plpgsql(declare: &str, statements: &str) -> Case {
    case(format!(
        "CREATE FUNCTION f.f(p int DEFAULT 1) RETURNS void SECURITY DEFINER LANGUAGE plpgsql \
         AS $$ DECLARE found_one int; {declare} BEGIN {statements} END $$"
    ))
}

fn case(definition: String) -> Case {
    Case { definition, extra: "", call: "SELECT f.f()", from: 14, needless: &[] }
}

const QUERIES: &[&str] = &[
    "SELECT a, b FROM s.t WHERE c = 'x' ORDER BY id",
    "SELECT a AS x FROM s.t ORDER BY x",
    "SELECT count(*) FROM s.t",
    "SELECT 1 FROM s.t, s.u",
    "SELECT * FROM s.t",
    "TABLE s.u",
    "SELECT o.a, u.* FROM s.t AS o, s.u",
    "SELECT t FROM s.t",
    "SELECT s.t.a FROM s.t",
    "SELECT a, y FROM s.t, s.u",
    "SELECT x1 FROM s.u AS o (x0, x1)",
    "SELECT j.a, j.x FROM (s.t JOIN s.u USING (id)) AS j",
    "SELECT 1 FROM s.t JOIN s.u ON t.a = u.x",
    "SELECT 1 FROM s.t JOIN s.u USING (id) JOIN s.v ON v.k = t.b",
    "SELECT 1 FROM s.t FULL JOIN s.u ON t.id = u.id WHERE coalesce(y, 'x') = c",
    "SELECT a FROM s.t UNION SELECT x FROM s.u ORDER BY a",
    "SELECT (SELECT max(u.x) FROM s.u WHERE u.id = t.id) FROM s.t",
    "SELECT q.a FROM (SELECT a, b FROM s.t) AS q",
    "SELECT q.c FROM s.t, LATERAL (SELECT t.a AS c) AS q",
    "SELECT a FROM s.t TABLESAMPLE system (100)",
    "SELECT a FROM s.t GROUP BY a, b HAVING max(c) <> ''",
    "SELECT rank() OVER (PARTITION BY a ORDER BY b) FROM s.t",
    "SELECT rank() OVER w FROM s.t WINDOW w AS (ORDER BY c)",
    "SELECT 1 WHERE EXISTS (SELECT FROM s.t)",
    "VALUES ((SELECT max(a) FROM s.t))",
    "SELECT a FROM s.t WHERE id = p",
    "SELECT a FROM s.t WHERE id = f.p",
    "SELECT a FROM s.t WHERE id = $1",
    "SELECT DISTINCT ON (a) b FROM s.t",
    "SELECT string_agg(c, ',' ORDER BY b) FILTER (WHERE a > 0) FROM s.t",
    "SELECT a FROM s.seen WHERE id = 1",
    "SELECT CASE a WHEN 1 THEN b ELSE id END, ARRAY[c], ROW(id), coalesce(a, b) FROM s.t",
    "SELECT x FROM s.u LIMIT (SELECT max(a) FROM s.t)",
    "SELECT z[k] FROM s.v",
    "SELECT n FROM s.v, unnest(z) AS n",
    "SELECT (o).a FROM s.t AS o",
    "SELECT xmin, ctid FROM s.t",
    "SELECT s.g(s.h()) FROM s.rows_of()",
    "SELECT query_to_xml('SELECT a FROM s.t', true, false, '')",
    "SELECT x.id FROM s.t, xmltable('/r' PASSING (c::xml) COLUMNS id int) AS x WHERE false",
    "SELECT 'fine'::s.mood, a::text FROM s.t",
    "WITH q AS (SELECT a FROM s.t) SELECT a FROM q",
    "WITH q AS (SELECT 1), r AS (SELECT * FROM q) TABLE r",
    "WITH RECURSIVE q AS (SELECT a FROM s.t WHERE id = 1 UNION ALL SELECT q.a + 1 FROM q WHERE q.a < 3) TABLE q",
    "WITH q AS (SELECT 1 AS one) SELECT 1 FROM s.t, q WHERE a = one",
    "SELECT a FROM s.t FOR UPDATE",
    "SELECT t.a, u.x FROM s.t, s.u FOR SHARE OF u",
    "SELECT 1 FROM (SELECT a FROM s.t) AS q FOR UPDATE",
    "SELECT 1 FROM s.t JOIN s.u ON t.id = u.id FOR NO KEY UPDATE",
    "WITH q AS (SELECT a FROM s.t) SELECT q.a FROM q, s.u FOR UPDATE",
];

const CHANGES: &[&str] = &[
    "DELETE FROM s.t",
    "DELETE FROM s.t WHERE a = 1",
    "DELETE FROM s.t USING s.u WHERE t.id = u.id",
    "DELETE FROM s.t WHERE a IN (SELECT x FROM s.u)",
    "DELETE FROM s.t RETURNING b",
    "UPDATE s.t SET a = 1",
    "UPDATE s.t SET a = b + 1 RETURNING c",
    "UPDATE s.t SET a = (SELECT max(x) FROM s.u)",
    "UPDATE s.t AS o SET (a, b) = (SELECT u.x, 2 FROM s.u WHERE u.id = 1) FROM s.v WHERE o.id = v.k",
    "UPDATE s.t SET a = DEFAULT",
    "UPDATE s.v SET z[1] = 5",
    "INSERT INTO s.w VALUES (7)",
    "INSERT INTO s.t (id, a) VALUES (7, s.g(1)) RETURNING b",
    "INSERT INTO s.t (id) SELECT id + 10 FROM s.u",
    "INSERT INTO s.t (id) VALUES (1) ON CONFLICT DO NOTHING",
    "INSERT INTO s.t (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
    "INSERT INTO s.t AS o (id, a) VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET b = excluded.a WHERE o.c = 'x'",
    "INSERT INTO s.t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = (SELECT max(u.x) FROM s.u)",
    "INSERT INTO s.seen (id, a) VALUES (9, 9)",
    "INSERT INTO s.of_w DEFAULT VALUES",
    "WITH gone AS (DELETE FROM s.t WHERE id = 1 RETURNING a) INSERT INTO s.u (id, x) SELECT a + 20, a FROM gone",
    "WITH a AS (UPDATE s.t SET b = 3), b AS (INSERT INTO s.u (id) VALUES (9)) SELECT 1",
];

const NEWER: &[(u32, &str)] = &[
    (
        15,
        "MERGE INTO s.t USING s.u ON t.id = u.id WHEN MATCHED AND t.a > 0 THEN UPDATE SET b = u.x \
         WHEN NOT MATCHED THEN INSERT (id) VALUES (u.id)",
    ),
    (15, "MERGE INTO s.t AS o USING (SELECT x FROM s.u) AS q ON o.id = q.x WHEN MATCHED THEN DELETE"),
    (
        15,
        "WITH q AS (SELECT 1 AS one) MERGE INTO s.w USING q ON id = one WHEN NOT MATCHED THEN INSERT VALUES (one)",
    ),
    (15, "MERGE INTO s.t USING s.u ON t.id = u.id WHEN MATCHED THEN DO NOTHING"),
    (17, "MERGE INTO s.t USING s.u ON t.id = u.id WHEN NOT MATCHED BY SOURCE THEN DELETE"),
    (18, "UPDATE s.t SET a = 1 RETURNING old.b, new.c"),
    (18, "UPDATE s.t SET a = 1 RETURNING WITH (OLD AS o) o.b"),
    (18, "DELETE FROM s.t RETURNING old.*"),
];

const WIDER: &[(&str, &[&str])] = &[
    // Only the columns that both have are read, and the grammar does not know which those are.
    ("SELECT 1 FROM s.t NATURAL JOIN s.u", &[]),
    // The target has a column of that name too, which the sub-select might have meant.
    ("UPDATE s.t SET a = (SELECT max(id) FROM s.u)", &["GRANT select (\"id\") ON s.\"t\" TO holder"]),
    // As above: the sub-select's own table has the column.
    (
        "DELETE FROM s.t WHERE EXISTS (SELECT FROM s.u WHERE id = 1)",
        &["GRANT select (\"id\") ON s.\"t\" TO holder"],
    ),
];

const BODIES: &[(&str, &str)] = &[
    ("", "found_one := (SELECT max(a) FROM s.t);"),
    ("", "found_one := max(a) FROM s.t;"),
    ("r s.t;", "r.a := (SELECT max(b) FROM s.t);"),
    ("r s.t%ROWTYPE; v s.t.a%TYPE;", "SELECT * INTO r FROM s.t; v := r.a;"),
    ("x int := (SELECT max(a) FROM s.t);", "NULL;"),
    ("r record := ROW(s.g(1));", "NULL;"),
    ("r s.t := (SELECT o FROM s.t AS o WHERE id = 1);", "NULL;"),
    ("", "SELECT a INTO found_one FROM s.t WHERE id = p;"),
    ("", "SELECT a, s.g(b) INTO STRICT found_one, p FROM s.t WHERE id = f.p;"),
    ("", "PERFORM a FROM s.t;"),
    ("", "PERFORM s.g(1);"),
    ("", "CALL s.p(s.h());"),
    ("", "IF (SELECT max(a) FROM s.t) = 2 THEN PERFORM s.h(); ELSE NULL; END IF;"),
    ("", "IF false THEN NULL; ELSIF EXISTS (SELECT FROM s.t WHERE a = 1) THEN PERFORM s.h(); END IF;"),
    (
        "",
        "CASE (SELECT max(a) FROM s.t) WHEN (SELECT max(x) FROM s.u) THEN NULL; ELSE PERFORM s.h(); END CASE;",
    ),
    ("", "CASE WHEN (SELECT max(x) FROM s.u) = 3 THEN PERFORM s.h(); END CASE;"),
    ("", "LOOP EXIT WHEN (SELECT max(a) FROM s.t) = 2; END LOOP;"),
    ("", "WHILE (SELECT count(b) FROM s.t) > 0 LOOP DELETE FROM s.t; END LOOP;"),
    (
        "",
        "FOR i IN (SELECT min(a) FROM s.t) .. (SELECT max(x) FROM s.u) BY s.h() LOOP PERFORM s.g(i); END LOOP;",
    ),
    ("r record;", "FOR r IN SELECT a, b FROM s.t LOOP UPDATE s.u SET x = r.a WHERE y = 'x'; END LOOP;"),
    (
        "r record;",
        "FOR r IN EXECUTE 'SELECT a FROM s.t WHERE id = $1' USING s.g(1) LOOP PERFORM s.g(r.a); END LOOP;",
    ),
    ("", "FOREACH found_one IN ARRAY (SELECT z FROM s.v) LOOP PERFORM s.g(found_one); END LOOP;"),
    (
        "c CURSOR (k int) FOR SELECT a FROM s.t WHERE b = k;",
        "OPEN c(s.g(1)); FETCH c INTO found_one; CLOSE c;",
    ),
    ("c CURSOR FOR SELECT a, b FROM s.t;", "FOR r IN c LOOP PERFORM s.g(r.a); END LOOP;"),
    ("c refcursor;", "OPEN c FOR SELECT a FROM s.t; MOVE NEXT FROM c; CLOSE c;"),
    (
        "c refcursor;",
        "OPEN c FOR EXECUTE 'SELECT a FROM s.t WHERE id = $1' USING s.h(); FETCH ABSOLUTE s.g(1) FROM c INTO found_one;",
    ),
    (
        "c CURSOR FOR SELECT id FROM s.t FOR UPDATE;",
        "OPEN c; FETCH c INTO found_one; UPDATE s.t SET a = 9 WHERE CURRENT OF c;",
    ),
    ("", "<<b>> DECLARE x int := s.g(1); BEGIN DELETE FROM s.t WHERE a = b.x; END b;"),
    ("", "BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN DELETE FROM s.t; END;"),
    ("", "INSERT INTO s.t (id) VALUES (9) RETURNING b INTO found_one;"),
    ("", "UPDATE s.t SET a = p WHERE id = found_one; GET DIAGNOSTICS found_one = row_count;"),
    ("", "EXECUTE 'DELETE FROM s.t';"),
    ("q CONSTANT text := 'DELETE FROM s.t';", "EXECUTE q || ' WHERE a = 1';"),
    ("v text := 'o''clock \\ ';", "EXECUTE format('DELETE FROM s.%I WHERE c = %L', 't', v);"),
    ("v text;", "EXECUTE 'UPDATE s.t SET c = ' || quote_nullable(v);"),
    ("", "EXECUTE 'SELECT a FROM s.t WHERE id = $1' INTO found_one USING (SELECT max(x) FROM s.u);"),
    ("", "RAISE DEBUG '%', (SELECT max(a) FROM s.t) USING HINT = (SELECT max(y) FROM s.u);"),
    ("", "ASSERT (SELECT max(a) FROM s.t) = 2, 'no';"),
    ("", "TRUNCATE s.t;"),
    ("", "TRUNCATE s.w, s.of_w;"),
    ("", "LOCK TABLE s.t IN EXCLUSIVE MODE;"),
    ("", "DROP TABLE s.v;"),
    ("", "REFRESH MATERIALIZED VIEW s.kept;"),
    ("", "EXECUTE 'REINDEX TABLE s.t';"),
    ("", "ALTER TABLE s.v ADD COLUMN more int;"),
    ("", "CREATE TEMPORARY TABLE mine AS SELECT a FROM s.t;"),
    ("r record;", "FOR r IN EXPLAIN SELECT a FROM s.t LOOP NULL; END LOOP;"),
];

fn with(definition: &str, call: &'static str) -> Case {
    Case { call, ..case(definition.to_owned()) }
}

/// Other parameters and results.
fn heads() -> Vec<Case> {
    vec![
        with(
            "CREATE FUNCTION f.f() RETURNS int SECURITY DEFINER LANGUAGE sql RETURN (SELECT max(a) FROM s.t)",
            "SELECT f.f()",
        ),
        with(
            "CREATE FUNCTION f.f() RETURNS void SECURITY DEFINER LANGUAGE sql \
             BEGIN ATOMIC DELETE FROM s.t WHERE a = 1; UPDATE s.u SET x = s.g(1); END",
            "SELECT f.f()",
        ),
        with(
            "CREATE FUNCTION f.f() RETURNS int SECURITY DEFINER LANGUAGE plpgsql \
             AS $$ BEGIN RETURN (SELECT max(a) FROM s.t); END $$",
            "SELECT f.f()",
        ),
        with(
            "CREATE FUNCTION f.f() RETURNS SETOF s.t SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN \
             RETURN QUERY SELECT * FROM s.t; RETURN QUERY EXECUTE 'SELECT id, x, x, y FROM s.u'; END $$",
            "SELECT * FROM f.f()",
        ),
        with(
            "CREATE FUNCTION f.f() RETURNS TABLE (one int, two text) SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN \
             FOR one, two IN SELECT a, c FROM s.t LOOP RETURN NEXT; END LOOP; END $$",
            "SELECT * FROM f.f()",
        ),
        with(
            "CREATE FUNCTION f.f(OUT one int, INOUT two s.mood DEFAULT 'fine') SECURITY DEFINER LANGUAGE plpgsql \
             AS $$ BEGIN one := (SELECT max(a) FROM s.t); END $$",
            "SELECT * FROM f.f()",
        ),
        with(
            "CREATE FUNCTION f.f(VARIADIC of_all s.t[]) RETURNS SETOF int SECURITY DEFINER LANGUAGE plpgsql \
             AS $$ DECLARE r s.t; BEGIN FOREACH r IN ARRAY of_all LOOP r.a := s.g(r.a); RETURN NEXT r.a; END LOOP; END $$",
            "SELECT f.f(ROW(1, 2, 3, 'x')::s.t)",
        ),
        with(
            "CREATE PROCEDURE f.f(INOUT one int) SECURITY DEFINER LANGUAGE plpgsql \
             AS $$ BEGIN UPDATE s.t SET a = one WHERE id = one RETURNING b INTO one; END $$",
            "CALL f.f(1)",
        ),
    ]
}

/// What decides from outside what a body means: triggers, the search path, what is said before its first statement.
fn surroundings() -> Vec<Case> {
    vec![
        Case {
            extra: "CREATE TRIGGER g BEFORE INSERT ON s.set_off FOR EACH ROW EXECUTE FUNCTION f.f()",
            ..with(
                "CREATE FUNCTION f.f() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN \
                 new.note := (SELECT max(c) FROM s.t WHERE id = new.id); \
                 IF tg_op = 'INSERT' THEN DELETE FROM s.u WHERE x = new.id; END IF; RETURN new; END $$",
                "INSERT INTO s.set_off VALUES (1)",
            )
        },
        Case {
            // `o.wide` is `wide(o)` where no column has that name.
            extra: "GRANT EXECUTE ON FUNCTION s.wide TO holder",
            ..with(
                "CREATE FUNCTION f.f() RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path TO s \
                 AS $$ SELECT o.wide FROM s.t AS o $$",
                "SELECT f.f()",
            )
        },
        with(
            "CREATE FUNCTION f.f(a int DEFAULT 1) RETURNS void SECURITY DEFINER LANGUAGE plpgsql AS $$ \
                 #variable_conflict use_column\nBEGIN UPDATE s.t SET b = 3 WHERE a = 1; END $$",
            "SELECT f.f()",
        ),
        with(
            "CREATE FUNCTION f.f(a int DEFAULT 1) RETURNS void SECURITY DEFINER LANGUAGE plpgsql AS $$ \
                 #variable_conflict use_variable\nBEGIN UPDATE s.t SET b = 3 WHERE a = 1; END $$",
            "SELECT f.f()",
        ),
        with(
            "CREATE FUNCTION f.f() RETURNS void SECURITY DEFINER LANGUAGE plpgsql SET search_path TO s, pg_temp \
             AS $$ BEGIN DELETE FROM t WHERE a = g(1); END $$",
            "SELECT f.f()",
        ),
    ]
}
