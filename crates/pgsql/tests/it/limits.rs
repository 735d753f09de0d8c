//! No text brings the reader down, takes it long, or is taken for nothing because it was too much.

use std::thread;

use pgsql::{Body, Unread, body, statements};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;

use crate::plpgsql::EVERYTHING;
use crate::shown::{acts, body_in, others};

/// Texts with this many of something inside one another.
fn nested(depth: usize) -> Vec<(&'static str, String)> {
    let around = |before: &str, inside: &str, after: &str| {
        format!("SELECT {}{inside}{}", before.repeat(depth), after.repeat(depth))
    };
    vec![
        ("parentheses", around("(", "1", ")")),
        ("sums", around("1 + ", "1", "")),
        ("powers", around("2 ^ (", "1", ")")),
        ("negations", around("NOT ", "true", "")),
        ("signs", around("- ", "1", "")),
        ("calls", around("f(", "1", ")")),
        ("arrays", around("ARRAY[", "1", "]")),
        ("rows", around("ROW(", "1", ")")),
        ("cases", around("CASE WHEN true THEN ", "1", " END")),
        ("casts", around("", "1", "::integer")),
        ("subscripts", around("a[", "1", "]")),
        ("sub-selects", around("(SELECT ", "1", ")")),
        (
            "sub-selects in FROM",
            format!("{}SELECT 1{}", "SELECT * FROM (".repeat(depth), ") AS q".repeat(depth)),
        ),
        ("set operations", around("1 UNION SELECT ", "1", "")),
        ("common tables", format!("{}SELECT 1{}", "WITH q AS (".repeat(depth), ") SELECT 1".repeat(depth))),
        ("joins", format!("SELECT 1 FROM {}s.t{}", "(".repeat(depth), " JOIN s.t ON true)".repeat(depth))),
        ("conditions", around("true AND (false OR ", "true", ")")),
        ("types", around("1", "", "::s.t[]")),
    ]
}

fn nested_bodies(depth: usize) -> Vec<(&'static str, String)> {
    let around = |before: &str, inside: &str, after: &str| {
        format!("{}{inside}{}", before.repeat(depth), after.repeat(depth))
    };
    vec![
        ("blocks", around("begin ", "null;", "end; ")),
        ("ifs", format!("begin {} end", around("if true then ", "null;", "end if; "))),
        ("elses", format!("begin {} end", around("if true then null; else ", "null;", "end if; "))),
        (
            "elsifs",
            format!("begin if true then null; {} end if; end", "elsif true then null; ".repeat(depth)),
        ),
        ("loops", format!("begin {} end", around("loop ", "exit;", "end loop; "))),
        ("handlers", around("begin null; exception when others then ", "null;", "end; ")),
        ("expressions", format!("begin perform {}; end", around("(", "1", ")"))),
        ("sums", format!("begin perform {}; end", around("1 + ", "1", ""))),
        ("texts", format!("begin execute {}; end", around("'' || ", "'select 1'", ""))),
        ("declarations", format!("{} begin end", around("declare ", "x int;", ""))),
        ("fields", format!("declare x s.t; begin x{} := 1; end", ".y".repeat(depth))),
    ]
}

#[test]
fn what_is_nested_is_read_or_refused_on_the_smallest_stack() {
    let small = thread::Builder::new().stack_size(64 << 10);
    let all = small.spawn(|| {
        for depth in [10, 1_000, 10_000, 100_000] {
            for (what, text) in nested(depth) {
                judge(depth, what, statements(&text).map(drop).map_err(|why| why.to_string()));
                judge(depth, what, opaque(body_in("sql", &text)));
                // An expression that is a query of its own.
                let inside = format!("begin perform ({text}); end");
                judge(depth, what, opaque(body_in("plpgsql", &inside)));
            }
            for (what, text) in nested_bodies(depth) {
                judge(depth, what, opaque(body_in("plpgsql", &text)));
            }
        }
    });
    all.unwrap().join().unwrap();
}

fn opaque(body: Body) -> Result<(), String> {
    match body {
        Body::Opaque { why } => Err(why),
        Body::Fixed(_) => Ok(()),
        Body::Dynamic { why, .. } => panic!("{why}"),
    }
}

/// Ten deep everything is read; deeper, it is read or the reason is the depth or the length.
fn judge(depth: usize, what: &str, read: Result<(), String>) {
    if let Err(why) = read {
        let limit = why.contains("nested too deep") || why.contains("too long");
        assert!(depth > 10 && limit, "{depth} {what}: {why}");
    }
}

#[test]
fn a_short_text_with_an_endless_tree_is_refused_before_it_is_made() {
    // Each assignment puts its right side into the tree three times.
    let inside = "WITH q AS (UPDATE s.t SET (a, b, c) = (".repeat(30);
    let text = format!("{inside}SELECT 1, 2, 3{}", ") RETURNING 1) SELECT 1, 2, 3".repeat(30));
    assert!(matches!(statements(&text), Err(Unread::TooLong { .. })), "{text}");
    let columns = vec!["a"; 5_000].join(", ");
    let flat = format!("UPDATE s.t SET ({columns}) = (SELECT {columns})");
    assert!(matches!(statements(&flat), Err(Unread::TooLong { .. })));
    let usual = "UPDATE s.t SET (a, b) = (SELECT 1, 2), (c, d) = (3, 4)".to_owned()
        + &", (e, f) = ROW (5, 6)".repeat(100)
        + " WHERE (a, b) = (7, 8)";
    assert!(statements(&usual).is_ok());
}

#[test]
fn names_that_may_mean_too_much_are_refused() {
    let list = |name: &str| (0..9_000).map(|number| format!("{name}{number}")).collect::<Vec<_>>().join(", ");
    for text in [
        format!("SELECT {} FROM {}", list("c"), list("t")),
        format!("SELECT 1 FROM {} FOR UPDATE OF {}", list("t"), list("t")),
    ] {
        assert!(matches!(statements(&text), Err(Unread::TooWide)));
    }
    let common: Vec<String> = (0..3_000).map(|number| format!("q{number} AS (SELECT 1)")).collect();
    let text = format!("WITH {} SELECT 1 FROM {}", common.join(", "), list("t"));
    assert!(matches!(statements(&text), Err(Unread::TooWide)));
    let few = "SELECT c1, c2 FROM t1, t2, t3, t4".to_owned() + &", t5".repeat(500);
    assert!(statements(&few).is_ok());
}

#[test]
fn a_long_text_is_read_up_to_its_limit() {
    let rows = |count: usize| format!("INSERT INTO s.t VALUES {}", vec!["(1, 'x')"; count].join(", "));
    assert_eq!(acts(&statements(&rows(7_000)).unwrap()[0]), "insert s.t (*)");
    assert!(matches!(statements(&rows(9_000)), Err(Unread::TooLong { of: "words", .. })));
    let long = format!("SELECT '{}'", "x".repeat(1 << 20));
    assert!(matches!(statements(&long), Err(Unread::TooLong { of: "bytes", .. })));
    let Body::Opaque { why } = body_in("sql", &long) else { panic!("read") };
    assert!(why.ends_with("and 1048576 are the most"), "{why}");
}

#[test]
fn a_nul_byte_is_refused() {
    assert_eq!(statements("SELECT 1\0; DROP TABLE s.t"), Err(Unread::Nul));
    assert!(matches!(body_in("plpgsql", "begin null; end\0"), Body::Opaque { .. }));
}

#[test]
fn a_text_without_words_is_nothing() {
    for text in ["", " ", "\n", ";", ";;", "-- x", "/* x */"] {
        assert_eq!(statements(text), Ok(Vec::new()), "{text:?}");
    }
}

#[test]
fn texts_that_run_texts_end_somewhere() {
    let mut text = "SELECT 1".to_owned();
    for level in 0..20 {
        text = format!("SELECT query_to_xml($q{level}${text}$q{level}$, true, true, '')");
    }
    let Body::Dynamic { why, .. } = body_in("sql", &text) else { panic!("read") };
    assert!(why.ends_with("more than 8 texts are run inside one another"), "{why}");
}

#[test]
fn many_blocks_one_after_the_other_are_read() {
    let block = "declare x s.t; begin delete from s.t where a = x; end; ";
    let Body::Fixed(does) = body_in("plpgsql", &format!("begin {} end", block.repeat(2_500))) else {
        panic!("not read")
    };
    assert_eq!(acts(&does), "delete s.t; select s.t (a, ?x)");
}

#[test]
fn many_variables_that_turn_out_to_be_rows_are_found_in_a_short_body() {
    let body = |count: usize| {
        let declared: String = (0..count).map(|number| format!("r{number} s.t; ")).collect();
        let assigned: String = (0..count).map(|number| format!("r{number}.x := 1; ")).collect();
        body_in("plpgsql", &format!("declare {declared} begin {assigned} end"))
    };
    assert!(matches!(body(40), Body::Fixed(_)));
    assert!(matches!(body(2_000), Body::Opaque { .. }));
}

#[test]
fn blocks_in_blocks_end_somewhere() {
    let mut block = "null;".to_owned();
    for level in 0..20 {
        block = format!("do $q{level}$begin {block} end$q{level}$;");
    }
    let Body::Fixed(does) = body_in("plpgsql", &format!("begin {block} end")) else { panic!("not read") };
    assert_eq!(others(&does), ["DO"]);
}

/// Pieces of which texts are made: what is special to somebody on the way.
const PIECES: [&str; 60] = [
    "select",
    "from",
    "where",
    "insert into",
    "values",
    "update",
    "set",
    "delete",
    "merge",
    "using",
    "on",
    "with",
    "recursive",
    "as",
    "begin",
    "end",
    "end;",
    "declare",
    "exception when others then",
    "if",
    "then",
    "else",
    "end if;",
    "loop",
    "end loop;",
    "for",
    "in",
    "execute",
    "perform",
    "return",
    "into",
    ":=",
    "=",
    "(",
    ")",
    ",",
    ";",
    ".",
    "'",
    "\"",
    "$$",
    "$q$",
    "\\",
    "%",
    "%L",
    "||",
    "/*",
    "*/",
    "--",
    "\n",
    "\t",
    "s.t",
    "x",
    "1",
    "format(",
    "cursor",
    "%type",
    "%rowtype",
    "\u{e9}",
    "\u{1f600}",
];

/// What may stand beside a value in a text that is run.
const BESIDE: [&str; 20] = [
    " ", "1 ", "1 + ", "|| ", "x", "a.b ", "'y'", "'", "\"", "\"z\" ", "E", "U&", "date ", "(", ") ", ", ",
    "/* ", " */", "-- ", "\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = statements(&text);
        let _ = body(&text);
        let _ = body_in("plpgsql", &text);
    }

    #[test]
    fn random_pieces_are_read_or_refused(pieces in proptest::collection::vec(select(&PIECES[..]), 0..40)) {
        let text = pieces.join(" ");
        let _ = statements(&text);
        let _ = body_in("sql", &text);
        let _ = body_in("plpgsql", &text);
        let _ = body_in("plpgsql", &format!("declare {text}; begin null; end"));
        let _ = body_in("plpgsql", &format!("begin {text}; end"));
    }

    #[test]
    fn what_is_left_of_a_body_is_read_or_refused(from in 0_usize..4_000, length in 0_usize..400) {
        let cut: String = EVERYTHING.chars().take(from).collect();
        let without: String =
            EVERYTHING.chars().take(from).chain(EVERYTHING.chars().skip(from + length)).collect();
        for text in [cut, without] {
            let _ = body_in("plpgsql", &text);
            let _ = statements(&text);
        }
    }

    #[test]
    fn a_value_in_a_text_that_is_run_stays_a_value(
        before in proptest::collection::vec(select(&BESIDE[..]), 0..4),
        after in proptest::collection::vec(select(&BESIDE[..]), 0..4),
    ) {
        // If the text is fixed with a literal in it, then each value leaves its words as they are.
        let pattern = format!("select {}%L{} from s.t", before.concat(), after.concat());
        let source = format!("declare v text; begin execute format('{}', v); end", pattern.replace('\'', "''"));
        if let Body::Fixed(does) = body_in("plpgsql", &source) {
            for value in ["'x'", "NULL", "E'\\\\'", "'it''s'", "'; drop table s.t; --'"] {
                let text = pattern.replacen("%L", value, 1).replace("%%", "%");
                if let Ok(all) = statements(&text) {
                    let others: usize = all.iter().map(|one| one.others.len()).sum();
                    prop_assert!(others == does.others.len(), "{}", text);
                    let found: Vec<_> = all.into_iter().flat_map(|one| one.acts).collect();
                    prop_assert_eq!(&found, &does.acts, "{}", text);
                }
            }
        }
    }
}
