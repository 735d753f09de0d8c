//! Texts that are run: which of them are always the same.

use pgsql::{Body, body};

use crate::shown::{acts, body_in};

#[test]
fn other_languages_are_opaque() {
    for language in ["c", "internal", "plpython3u"] {
        let Body::Opaque { why } = body_in(language, "x") else { panic!("{language}") };
        assert!(why.contains(language), "{why}");
    }
}

#[test]
fn what_is_no_routine_is_opaque() {
    for text in ["", "SELECT 1", "CREATE TABLE t ()", "nonsense", "SELECT 1; SELECT 2", "CREATE FUNCTION f()"]
    {
        assert!(matches!(body(text), Body::Opaque { .. }), "{text}");
    }
    assert!(matches!(body_in("sql", "SELECT FROM WHERE"), Body::Opaque { .. }));
}

#[test]
fn a_function_that_runs_its_argument_is_read_or_dynamic() {
    let fixed = body_in("sql", "SELECT query_to_xml('SELECT a FROM s.t', true, true, '')");
    let Body::Fixed(does) = fixed else { panic!("{fixed:?}") };
    assert_eq!(acts(&does), "select s.t (a)");
    let dynamic = body_in("sql", "SELECT query_to_xml($1, true, true, ''), (SELECT a FROM s.t)");
    let Body::Dynamic { why, does, .. } = dynamic else { panic!("{dynamic:?}") };
    assert_eq!(why, "a text that is run is made with $1, which is not constant");
    assert_eq!(acts(&does), "select s.t (a)");
}

/// What a body does that runs the text of this expression.
fn running(expression: &str) -> Body {
    body_in(
        "plpgsql",
        &format!("declare v text; c constant text := 'delete from s.t'; begin execute {expression}; end"),
    )
}

#[test]
fn a_constant_text_is_read_like_any_other() {
    for expression in [
        "'delete from s.t'",
        "'delete ' || 'from s.t'",
        "'delete from s.t'::text",
        "c",
        "c || ''",
        "concat('delete', ' from ', 's.t')",
        "format('delete from s.t')",
        "format('delete from %s', 's.t')",
        "format('delete from %I.%I', 's', 't')",
        "format('delete from %2$I.%1$I', 't', 's')",
        "'delete from s.' || quote_ident('t')",
        "format('delete from s.t where 1 = %L', v)",
        "format('delete from s.t where 1 like %L and 1 in (%L, %L) or 1 between %L and %L and case when true then %L end', v, v, v, v, v, v)",
        "format('delete from s.t where 1 = %1$L or %1$L is null', v)",
        "'delete from s.t where 1 = ' || quote_literal(v)",
        "'delete from s.t where 1 = ' || quote_nullable(v) || ' and true'",
        "pg_catalog.format('delete from s.t where ''%%'' = %L', v)",
        "$q$delete from s.t$q$ using v",
        "$q$do 'begin delete from s.t; end'$q$",
    ] {
        let found = running(expression);
        let Body::Fixed(does) = found else { panic!("{expression}: {found:?}") };
        assert_eq!(acts(&does), "delete s.t", "{expression}");
    }
}

#[test]
fn a_text_of_something_that_is_not_constant_is_dynamic() {
    for expression in [
        "v",
        "v || ''",
        "'delete from ' || v",
        "'delete from ' || quote_ident(v)",
        "format('delete from %I', v)",
        "format('delete from %s', v)",
        "format(v)",
        "format('delete from %*L', 1, v)",
        "format('delete from s.t where a = %10L', v)",
        "format(variadic array['delete from %s', v])",
        "concat('delete from ', v)",
        "upper('delete from s.t')",
        "s.format('delete from s.t')",
        "(select 'delete from s.t')",
        "case when true then 'delete from s.t' end",
        "null",
        "current_user",
        "v::regclass::text",
    ] {
        assert!(
            matches!(running(expression), Body::Dynamic { .. }),
            "{expression}: {:?}",
            running(expression)
        );
    }
}

#[test]
fn a_literal_inside_something_else_is_dynamic() {
    for pattern in [
        "delete from s.t where a = ''%L''",
        "delete from s.t where a = '' %L ''",
        "delete from s.t where a = E%L",
        "delete from s.t where a = U&%L",
        "delete from s.t where a = b%L",
        "delete from s.t where a = %Lb",
        "delete from s.t where a = %L''x''",
        "delete from s.t where a = %L\n''x''",
        "delete from s.t where a = ''x''\n%L",
        "delete from s.t where a = %L%L",
        "delete from s.t where a = date %L",
        "delete from s.t where a = interval %L",
        "delete from s.t where a = s.mood %L",
        "delete from s.t where a = numeric(3) %L",
        "delete from s.t where \"a%L\" = 1",
        "delete from s.t /* %L */",
        "delete from s.t -- %L",
        "do $x$ begin perform %L; end $x$",
    ] {
        let found = running(&format!("format('{pattern}', v)"));
        assert!(matches!(found, Body::Dynamic { .. }), "{pattern}: {found:?}");
    }
}

#[test]
fn a_dynamic_body_still_tells_what_is_fixed_in_it() {
    let found = body_in("plpgsql", "declare v text; begin delete from s.t; execute v; end");
    let Body::Dynamic { why, does, .. } = found else { panic!("{found:?}") };
    assert_eq!(why, "a text that is run is made with v, which is not constant");
    assert_eq!(acts(&does), "delete s.t");
}

#[test]
fn a_constant_that_another_declaration_hides_is_not_constant() {
    let source =
        "declare c constant text := 'delete from s.t'; begin declare c text; begin execute c; end; end";
    assert!(matches!(body_in("plpgsql", source), Body::Dynamic { .. }));
    let cut = "declare c constant varchar(3) := 'delete from s.t'; begin execute c; end";
    assert!(matches!(body_in("plpgsql", cut), Body::Dynamic { .. }));
    let parameter = "CREATE FUNCTION f(c text) RETURNS void LANGUAGE plpgsql AS $$ declare c constant text := 'x'; begin execute f.c; end $$";
    assert!(matches!(body(parameter), Body::Dynamic { .. }));
}

#[test]
fn a_block_that_makes_a_text_is_dynamic() {
    let source = "begin do 'declare v text; begin execute v; end'; end";
    assert!(matches!(body_in("plpgsql", source), Body::Dynamic { .. }));
}

#[test]
fn a_backslash_is_what_the_caller_likes() {
    for source in [
        r"begin execute 'delete from s.t where a = ''\x27 or true --'''; end",
        r"declare v text := '\'; w text := ' or true'; begin delete from s.t where a = v; end",
    ] {
        assert!(matches!(body_in("plpgsql", source), Body::Dynamic { .. }), "{source}");
    }
    assert!(matches!(body_in("sql", r"SELECT '\'"), Body::Dynamic { .. }));
    for source in [r"SELECT '\d+'", r"SELECT E'\''", r"SELECT $$\'$$"] {
        assert!(matches!(body_in("sql", source), Body::Fixed(_)), "{source}");
    }
}

#[test]
fn what_the_caller_gives_is_told_where_it_is_run_as_it_is() {
    for (parameters, source, expected) in [
        ("cmd text", "begin execute cmd; end", Some((0, true))),
        ("text", "begin execute $1; end", Some((0, true))),
        ("n int, f.cmd text", "begin execute cmd; end", None),
        ("n int, cmd text", "begin execute 'select 1; ' || cmd; end", Some((1, false))),
        ("cmd text", "begin execute format('select %s, %L', cmd, cmd); end", Some((0, false))),
        ("cmd text", "begin execute format('drop table %I', cmd); end", None),
        ("cmd text", "begin execute 'select ' || quote_ident(cmd); end", None),
        ("cmd text", "declare x text := cmd; begin execute x; end", None),
        ("OUT done text, cmd text", "begin execute cmd; end", Some((0, true))),
        ("OUT done text, cmd text", "begin execute $2; end", Some((0, true))),
        ("OUT done text, cmd text", "begin execute $1; end", None),
        ("cmd text", "begin execute f.cmd; end", Some((0, true))),
        (
            "cmd text",
            "declare r record; begin for r in select 'x' as cmd loop execute r.cmd; end loop; end",
            None,
        ),
    ] {
        let returns = if parameters.starts_with("OUT") { "text" } else { "void" };
        let definition = format!(
            "CREATE FUNCTION s.f({parameters}) RETURNS {returns} LANGUAGE plpgsql AS $f$ {source} $f$"
        );
        let found = match body(&definition) {
            Body::Dynamic { given, .. } => given.map(|given| (given.parameter, given.whole)),
            Body::Opaque { .. } => None,
            Body::Fixed(_) => panic!("{source} is not fixed"),
        };
        assert_eq!(found, expected, "{source}");
    }
}
