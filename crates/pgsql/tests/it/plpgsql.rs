//! Bodies in PL/pgSQL: every expression in them is read.

use pgsql::{Body, body};

use crate::shown::{acts, body_in, calls, fixed, loose, others};

/// A body of every statement of the language, each with a sub-select from a relation of its own.
pub(crate) const EVERYTHING: &str = "
<<outermost>>
declare
  a integer := (select d01 from s.d01);
  b s.row := (select d02 from s.d02);
  c record = (select d03 from s.d03);
  d s.t%rowtype default (select d04 from s.d04);
  e constant numeric(10, 2) not null := (select d05 from s.d05);
  f s.citext collate \"C\" := (select d06 from s.d06);
  g s.mood[];
  cur no scroll cursor (k s.mood, l numeric(3,1)) for select d07 from s.d07 where d07 = k;
  h alias for a;
  i pg_catalog.refcursor;
begin
  a := (select s01 from s.s01);
  b.x := (select s02 from s.s02);
  g[(select s03 from s.s03)] = 1;
  if (select s04 from s.s04) then
    perform (select s05 from s.s05);
  elsif exists (select s06 from s.s06) then
    null;
  else
    call s.p((select s07 from s.s07));
  end if;
  case (select s08 from s.s08)
    when (select s09 from s.s09) then a := (select s10 from s.s10);
    else a := (select s11 from s.s11);
  end case;
  <<around>>
  loop
    exit when (select s12 from s.s12);
    continue around when (select s13 from s.s13);
  end loop;
  while (select s14 from s.s14) loop a := (select s15 from s.s15); end loop;
  for n in reverse (select s16 from s.s16) .. (select s17 from s.s17) by (select s18 from s.s18) loop
    a := (select s19 from s.s19);
  end loop;
  for c in select s20 from s.s20 loop insert into s.t20 (x) values (c.x); end loop;
  for c in cur((select s21 from s.s21), 1) loop null; end loop;
  for c in execute 'select s22 from s.s22' using (select s23 from s.s23) loop null; end loop;
  foreach a in array (select s24 from s.s24) loop null; end loop;
  <<block>> declare z integer := (select s25 from s.s25); begin
    insert into s.t26 (x) values (block.z) returning y into a;
    select s27, 2 into strict a, f from s.s27;
    update s.t28 set x = 1;
    delete from s.t29;
    merge into s.t30 using s.s30 on t30.k = s30.k when matched then delete;
  exception
    when unique_violation or others then a := (select s31 from s.s31);
  end block;
  execute 'delete from s.t32' into a using (select s33 from s.s33);
  open i for select s34 from s.s34;
  open i for execute 'select s35 from s.s35' using (select s36 from s.s36);
  open cur((select s37 from s.s37), 2);
  fetch absolute (select s38 from s.s38) from cur into a;
  move next from cur;
  close cur;
  get diagnostics a = row_count;
  raise notice 'x %', (select s39 from s.s39) using hint = (select s40 from s.s40);
  assert (select s41 from s.s41), (select s42 from s.s42);
  truncate s.t43;
  return next (select s44 from s.s44);
  return query select s45 from s.s45;
  return query execute 'select s46 from s.s46' using (select s47 from s.s47);
  commit;
  return;
end outermost";

#[test]
fn nothing_in_a_body_is_forgotten() {
    let definition = format!(
        "CREATE FUNCTION s.f(p s.row, OUT q s.mood) RETURNS SETOF s.mood LANGUAGE plpgsql AS $$ {} $$",
        EVERYTHING.replace("(select s44 from s.s44)", "")
    );
    let does = fixed(body(&definition));
    let found = acts(&does);
    let read = |prefix: char, numbers: std::ops::RangeInclusive<usize>, without: &[usize]| {
        for number in numbers.filter(|number| !without.contains(number)) {
            let relation = format!("select s.{prefix}{number:02} ({prefix}{number:02})");
            let unsure = format!("select s.{prefix}{number:02} (");
            assert!(found.contains(&relation) || found.contains(&unsure), "{relation} is not in {found}");
        }
    };
    read('d', 1..=7, &[]);
    read('s', 1..=47, &[26, 28, 29, 32, 43, 44]);
    for changed in [
        "insert s.t20 (x)",
        "insert s.t26 (x)",
        "update s.t28 (x)",
        "delete s.t29",
        "delete s.t30",
        "delete s.t32",
        "truncate s.t43",
    ] {
        assert!(found.contains(changed), "{changed} is not in {found}");
    }
    assert_eq!(calls(&does), "s.p/1");
    assert!(does.others.is_empty(), "{:?}", does.others);
    assert!(!does.loose.relations && !does.loose.routines && !does.loose.types, "{:?}", does.loose);
}

#[test]
fn a_returned_value_is_read() {
    let returned = fixed(body_in_returning("integer", "begin return (select a from s.t); end"));
    assert_eq!(acts(&returned), "select s.t (a)");
    let next = fixed(body_in_returning("setof integer", "begin return next (select a from s.t); end"));
    assert_eq!(acts(&next), "select s.t (a)");
}

#[test]
fn a_variable_is_no_column() {
    let source = "declare v int; r record; begin
        select a into v from s.t where b = v and c = r.x and d = p and e = f.p;
        for i in 1..2 loop update s.u set x = i; end loop;
    end";
    let definition = format!("CREATE FUNCTION s.f(p int) RETURNS void LANGUAGE plpgsql AS $$ {source} $$");
    let read = acts(&fixed(body(&definition)));
    assert_eq!(read, "select s.t (a, b, c, d, e); ?select s.u (?i); update s.u (x)");
    let column = definition.replace("$$ declare", "$$ #variable_conflict use_column\n declare");
    assert_eq!(
        acts(&fixed(body(&column))),
        "select s.t (a, b, c, d, e, ?p, ?v); ?select s.u (?i); update s.u (x)"
    );
}

#[test]
fn a_variable_of_another_block_may_be_a_column() {
    for (source, expected) in [
        ("begin perform x from s.t; declare x int; begin null; end; end", "select s.t (?x)"),
        ("declare c cursor for select x from s.t; x int; begin null; end", "select s.t (?x)"),
        ("declare y int := (select x from s.t); x int; begin null; end", "select s.t (?x)"),
        ("declare c cursor (x int) for select 1; begin perform x from s.t; end", "select s.t (?x)"),
        ("begin for x in 1 .. 2 loop null; end loop; perform x from s.t; end", "select s.t (?x)"),
        ("begin perform sqlerrm from s.t; exception when others then null; end", "select s.t (?sqlerrm)"),
        ("declare x int; begin perform x from s.t; end", "select s.t"),
        ("<<b>> declare x int; begin begin perform x from s.t; end; end", "select s.t"),
        ("declare x alias for found; begin perform x from s.t; end", "select s.t"),
    ] {
        assert_eq!(acts(&fixed(body_in("plpgsql", source))), expected, "{source}");
    }
}

#[test]
fn every_kind_of_variable_is_understood() {
    for declared in [
        "x record",
        "x s.orders",
        "x orders%rowtype",
        "x s.orders.id%type",
        "x y%type",
        "x \"My Type\"",
        "x s.mood[]",
        "x citext collate \"C\"",
        "x anyelement",
        "x double precision",
        "x timestamp (3) with time zone",
        "x constant varchar(3)",
        "\"X y\" integer",
        "type text",
        "x refcursor",
        "x public.citext not null",
    ] {
        let source = format!("declare y integer; {declared} := s.g(1); begin null; end");
        assert_eq!(calls(&fixed(body_in("plpgsql", &source))), "s.g/1", "{declared}");
    }
}

#[test]
fn every_head_of_a_routine_is_understood() {
    for (head, source) in [
        (
            "FUNCTION s.f(a s.row, b s.mood DEFAULT s.other()) RETURNS s.row",
            "begin a.x := s.g(); return a; end",
        ),
        ("FUNCTION s.f(INOUT a s.row, OUT b text)", "begin a.x := s.g(); b := 'x'; end"),
        ("FUNCTION s.f(VARIADIC a s.mood[]) RETURNS int", "begin return s.g(); end"),
        ("FUNCTION s.f() RETURNS TABLE (a s.mood, b int)", "begin a := s.g(); return next; end"),
        ("FUNCTION s.f() RETURNS TABLE (a s.row)", "begin a.x := s.g(); return next; end"),
        ("FUNCTION s.f() RETURNS SETOF s.row", "declare r s.row; begin r := s.g(); return next r; end"),
        (
            "FUNCTION s.f() RETURNS trigger",
            "begin new.x := s.g(); if tg_op = 'x' then return old; end if; return new; end",
        ),
        ("FUNCTION s.f() RETURNS event_trigger", "begin perform s.g(), tg_tag; end"),
        ("FUNCTION s.f(integer, s.row) RETURNS void", "declare a alias for $1; begin a := s.g(); end"),
        ("FUNCTION s.f(anyelement) RETURNS anyarray", "begin return s.g(); end"),
        ("FUNCTION s.f(a refcursor) RETURNS refcursor", "begin open a for select s.g(); return a; end"),
        ("PROCEDURE s.f(a int, INOUT b s.row)", "begin b.x := s.g(); commit; end"),
        ("FUNCTION s.f(\"A b\" int) RETURNS void", "begin \"A b\" := s.g(); end"),
        ("FUNCTION s.f(\"select\" int, \"A\"\"b\" s.row) RETURNS void", "begin \"A\"\"b\".x := s.g(); end"),
        ("FUNCTION s.f(a int) RETURNS void", "begin f.a := s.g(); end"),
        ("FUNCTION s.f(a s.row) RETURNS void", "begin f.a.x := s.g(); end"),
        ("FUNCTION s.f() RETURNS void", "<<b>> declare a s.row; begin b.a.x := s.g(); end"),
        ("FUNCTION s.f() RETURNS s.t.c%TYPE", "begin return s.g(); end"),
    ] {
        let definition = format!(
            "CREATE OR REPLACE {head} LANGUAGE plpgsql SECURITY DEFINER SET search_path TO '' AS $function${source}$function$"
        );
        let found = body(&definition);
        let Body::Fixed(does) = found else { panic!("{head}: {found:?}") };
        assert_eq!(calls(&does), "s.g/0", "{head}");
    }
}

#[test]
fn the_text_of_a_body_is_taken_over_as_it_is() {
    let source =
        "begin perform s.g('it''s \\\\ $$ \u{e9} \t \u{1} \"x\"', E'\\n'); delete from s.\"A \"\"b\"; end";
    let does = fixed(body_in("plpgsql", source));
    assert_eq!((calls(&does).as_str(), acts(&does).as_str()), ("s.g/2", "delete s.A \"b"));
}

#[test]
fn what_the_search_path_decides_in_declarations_is_loose() {
    for (declared, expected) in [
        ("x integer", ""),
        ("x s.mood", ""),
        ("x mood", "types"),
        ("x mood[]", "types"),
        ("x orders%rowtype", "types"),
        ("x s.orders%rowtype", ""),
        ("x orders.id%type", "types"),
        ("x s.orders.id%type", ""),
        ("x y%type", ""),
        ("x record", ""),
    ] {
        let source = format!("declare y integer; {declared}; begin null; end");
        assert_eq!(loose(&fixed(body_in("plpgsql", &source))), expected, "{declared}");
    }
}

#[test]
fn statements_that_are_neither_queries_nor_changes_are_told() {
    let source = "begin grant select on s.t to bob; execute 'alter role bob superuser'; do 'declare v int; begin delete from s.t where a = v; end'; end";
    let Body::Fixed(does) = body_in("plpgsql", source) else { panic!() };
    assert_eq!(others(&does), ["ALTER ROLE", "GRANT or REVOKE"]);
    assert_eq!(acts(&does), "delete s.t; select s.t (a)");
    assert_eq!(does.others[0].text, "alter role bob superuser");
}

#[test]
fn a_body_that_does_not_parse_is_opaque() {
    for source in [
        "begin",
        "begin x := 1; end",
        "begin select from where; end",
        "declare x; begin end",
        "begin return 1 +; end",
    ] {
        assert!(matches!(body_in("plpgsql", source), Body::Opaque { .. }), "{source}");
    }
}

fn body_in_returning(result: &str, source: &str) -> Body {
    body(&format!("CREATE FUNCTION s.f() RETURNS {result} LANGUAGE plpgsql AS $body${source}$body$"))
}
