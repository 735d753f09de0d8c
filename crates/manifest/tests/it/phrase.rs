//! The grant phrase: printed and parsed again it is the same, and no text makes the parser fail otherwise than by
//! saying where.

use crate::vocabulary::words;
use manifest::{ObjectsPhrase, Phrase, Privilege, ReachPhrase, parse_objects, parse_phrase};
use model::{KindWord, Name, Operation, Pattern, RoleName, Segment};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-z0-9_$]{0,8}",
        "[a-zA-Z \\.\"*();,é-]{1,8}",
        select(vec![
            "future", "only", "except", "with", "on", "all", "nothing", "by", "PUBLIC", "Größe", "*", "\""
        ])
        .prop_map(str::to_owned),
    ]
}

fn part() -> impl Strategy<Value = Segment> {
    prop_oneof![
        3 => name().prop_map(|text| Segment::Exactly(Name::new(text).unwrap())),
        1 => prop::collection::vec(prop_oneof![Just(String::new()), name()], 2..4).prop_map(Segment::Like),
    ]
}

fn role() -> impl Strategy<Value = RoleName> {
    name().prop_map(|text| RoleName::new(text).unwrap())
}

fn pattern(kind: &KindWord) -> BoxedStrategy<Pattern> {
    let types = vec![
        "integer",
        "text",
        "timestamp with time zone",
        "numeric[]",
        "character varying",
        "sales.\"Money Kind\"",
    ];
    let arguments = if kind.arguments {
        prop::option::of(prop::collection::vec(select(types).prop_map(|text| Name::new(text).unwrap()), 0..3))
            .boxed()
    } else {
        Just(None).boxed()
    };
    let parts = kind.parts.clone();
    (prop::collection::vec(part(), parts), arguments)
        .prop_map(|(path, arguments)| Pattern { path, arguments })
        .boxed()
}

fn privilege(operation: Operation, can_have_columns: bool) -> BoxedStrategy<Privilege> {
    let column = name().prop_map(|text| Name::new(text).unwrap());
    let most = if can_have_columns { 3 } else { 0 };
    prop::collection::vec(column, 0..=most)
        .prop_map(move |columns| Privilege { operation: operation.clone(), columns })
        .boxed()
}

fn privileges(kind: &'static KindWord) -> BoxedStrategy<Vec<Privilege>> {
    let some = subsequence(kind.operations.clone(), 1..=kind.operations.len());
    let all = Just(vec![Operation::known("all")]);
    prop_oneof![4 => some, 1 => all, 1 => Just(vec![])]
        .prop_flat_map(move |operations| {
            let one = |operation: Operation| {
                let columns = kind.column_operations.contains(&operation);
                privilege(operation, columns)
            };
            operations.into_iter().map(one).collect::<Vec<_>>()
        })
        .boxed()
}

fn phrase() -> impl Strategy<Value = Phrase> {
    select(words().kinds.iter().collect::<Vec<_>>()).prop_flat_map(|kind| {
        let names =
            (prop::collection::vec(pattern(kind), 1..4), any::<bool>()).prop_map(|(mut names, alike)| {
                // Neighbours that begin alike are printed as one.
                if let (true, Some(first)) = (alike, names.first().map(|name| name.path.clone())) {
                    for name in &mut names {
                        let last = name.path.pop().unwrap();
                        name.path = first.iter().take(name.path.len()).cloned().chain([last]).collect();
                    }
                }
                names
            });
        let except = prop::collection::vec(pattern(kind), 0..3);
        let creators = prop::collection::vec(role(), 0..3);
        (privileges(kind), names, except, creators, any::<(bool, bool)>(), prop::option::of(role())).prop_map(
            move |(mut privileges, mut names, except, creators, (delegable, only), granted_by)| {
                let reach = match (kind.future && !creators.is_empty(), only) {
                    (false, _) => ReachPhrase::Existing,
                    (true, true) => ReachPhrase::Future(creators),
                    (true, false) => ReachPhrase::Both(creators),
                };
                if reach != ReachPhrase::Existing {
                    privileges.iter_mut().for_each(|privilege| privilege.columns.clear());
                    for name in &mut names {
                        name.arguments = None;
                        *name.path.last_mut().unwrap() = Segment::any();
                    }
                }
                let objects = ObjectsPhrase { word: kind.word, names, except };
                Phrase { privileges, objects, reach, delegable, granted_by }
            },
        )
    })
}

proptest! {
    #[test]
    fn what_is_printed_parses_into_the_same(phrase in phrase()) {
        let text = phrase.to_string();
        let (again, _) = parse_phrase(&text, words()).map_err(|error| TestCaseError::fail(format!("{text}: {error:?}")))?;
        prop_assert_eq!(&again, &phrase, "{}", text);
        let (objects, _) = parse_objects(&phrase.objects.to_string(), words()).unwrap();
        prop_assert_eq!(objects, phrase.objects);
    }

    #[test]
    fn any_text_is_a_phrase_or_an_error_inside_the_text(text in "[a-z \"*.,()\\[\\]é\u{a0};'0-9]{0,60}") {
        if let Err(error) = parse_phrase(&text, words()) {
            prop_assert!(text.get(error.at.clone()).is_some(), "{:?}", error);
        }
    }
}

fn printed(text: &str) -> String {
    match parse_phrase(text, words()) {
        Ok((phrase, _)) => phrase.to_string(),
        Err(error) => {
            let shown = text.get(error.at.clone()).unwrap_or("?");
            format!("{} at `{shown}`: {} ({})", error.code, error.message, error.help)
        }
    }
}

#[test]
fn phrases_are_read_as_people_write_them() {
    let phrases = [
        "select on table sales.*, future by app_owner",
        "SELECT (id, name), Insert ON TABLE crm.customers",
        "execute on routine app.f(int, timestamptz), app.g, app.h()",
        "execute on function app.f(varchar(20), int[], numeric(10, 2), sales.\"Money Kind\", \"char\")",
        "usage, select on sequence sales.*",
        "all privileges on schema sales",
        "all (id) on table a.b",
        "alter system, set on parameter work_mem, myext.setting",
        "usage on foreign server x",
        "usage on foreign data wrapper x",
        "select on large object 16423",
        "select on materialized view a.b",
        "select on table a.* except a.b, a.c_*, only future by x, \"Y\" with grant option granted by z",
        "select on table a.* future by x",
        "select on table \"A\".\"b\"\"c\", a.\"x y\"*, a.future, a.only",
        "nothing on routine app.*",
        "connect on database shop",
        "select on table sales.{orders, order_*, \"Odd, one\"}, crm.customers except sales.{order_tmp, order_old}",
        "execute on function app.{f(int, text), g(), h}",
        "usage on type app.*, app.{mood}",
    ];
    let read = phrases.map(|text| format!("{text}\n    {}", printed(text))).join("\n");
    insta::assert_snapshot!(read);
}

#[test]
fn what_is_no_phrase_is_pointed_to() {
    let phrases = [
        "",
        "select",
        "select on",
        "select on table",
        "select on table a",
        "select on table a.b.c",
        "selct on table a.b",
        "select on tabel a.b",
        "select on materialised view a.b",
        "select on table a.b;",
        "select on table 'a'.b",
        "select on table a.\"b",
        "select on table a.\"\"",
        "select (id) on schema a",
        "delete (id) on table a.b",
        "select (i*) on table a.b",
        "select () on table a.b",
        "usage on schema a(b)",
        "execute on function a.b(",
        "execute on function a.b(in*)",
        "execute on function a.b(integer",
        "select on table a.b, future by x",
        "select (id) on table a.*, future by x",
        "usage on foreign server *, future by x",
        "select on table a.*, future x",
        "select on table a.*, only by x",
        "select on table a.b with option",
        "select on table a.b grant option",
        "select on table a.b granted to x",
        "select, on table a.b",
        "select on table a.b c",
        "select insert on table a.b",
        "select on table a b",
        "nothing, select on table a.b",
        "temp on database shop",
        "usage on schema {a, b}",
        "select on table a.{b, c",
        "select on table a.{}",
        "select on table a.{b.c}",
        "select on table a.b.{c}",
    ];
    let read = phrases.map(|text| format!("{text}\n    {}", printed(text))).join("\n");
    insta::assert_snapshot!(read);
}
