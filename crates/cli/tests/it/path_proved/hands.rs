//! Code that runs as somebody else and in which others have a hand: triggers, names that are given another meaning, what it calls and
//! what it writes to.

use super::{CASE, Case, TREASURE_IS_GONE};

/// The same goal in every case.
const HERE: Case = Case { goal: &["delete on table public.treasure"], shows: TREASURE_IS_GONE, ..CASE };

pub(super) const CASES: &[Case] = &[
    Case {
        name: "a trigger whose function names a table without its schema",
        setup: "CREATE TABLE public.note (n int); GRANT INSERT ON public.note TO eve; CREATE TABLE public.log (n int); \
                ALTER TABLE public.log OWNER TO boss; \
                CREATE FUNCTION public.logs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER \
                AS 'BEGIN INSERT INTO log VALUES (1); RETURN NEW; END'; ALTER FUNCTION public.logs() OWNER TO boss; \
                REVOKE EXECUTE ON FUNCTION public.logs() FROM PUBLIC; \
                CREATE TRIGGER logs AFTER INSERT ON public.note FOR EACH ROW EXECUTE FUNCTION public.logs()",
        fill: &[("…", "1")],
        ..HERE
    },
    Case {
        name: "a trigger of one's own with somebody else's function",
        setup: "CREATE FUNCTION public.clears() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN DELETE FROM public.treasure; RETURN NULL; END'; ALTER FUNCTION public.clears() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a trigger of one's own with a function that was written for a table",
        setup: "CREATE TABLE public.note (t text); \
                CREATE FUNCTION public.clears() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN DELETE FROM public.treasure WHERE NEW.t IS NULL; RETURN NULL; END'; \
                ALTER FUNCTION public.clears() OWNER TO boss; \
                CREATE TRIGGER clears AFTER INSERT ON public.note FOR EACH ROW EXECUTE FUNCTION public.clears()",
        ..HERE
    },
    Case {
        name: "a trigger that a part of a table sets off",
        setup: "CREATE TABLE public.note (n int, m int); INSERT INTO public.note VALUES (1, 1); \
                GRANT UPDATE (m) ON public.note TO eve; \
                CREATE FUNCTION public.clears() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN DELETE FROM public.treasure; RETURN NEW; END'; ALTER FUNCTION public.clears() OWNER TO boss; \
                REVOKE EXECUTE ON FUNCTION public.clears() FROM PUBLIC; \
                CREATE TRIGGER clears AFTER UPDATE ON public.note FOR EACH ROW EXECUTE FUNCTION public.clears()",
        fill: &[("SET … = …", "SET m = 2")],
        ..HERE
    },
    Case {
        name: "an event trigger with its owner's rights",
        setup: "CREATE FUNCTION public.watches() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN DELETE FROM public.treasure; END'; ALTER FUNCTION public.watches() OWNER TO boss; \
                CREATE EVENT TRIGGER watches ON ddl_command_end EXECUTE FUNCTION public.watches()",
        ..HERE
    },
    Case {
        name: "an event trigger at login",
        since: sandbox::Version::V17,
        setup: "CREATE FUNCTION public.watches() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS $$BEGIN IF session_user OPERATOR(pg_catalog.=) 'eve' THEN DELETE FROM public.treasure; END IF; END$$; \
                ALTER FUNCTION public.watches() OWNER TO boss; \
                CREATE EVENT TRIGGER watches ON login EXECUTE FUNCTION public.watches()",
        ..HERE
    },
    Case {
        name: "temporary names that a routine looks up first",
        setup: "CREATE FUNCTION public.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp, public \
                AS 'SELECT pg_catalog.count(*) FROM treasure'; ALTER FUNCTION public.look() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a routine that says itself that its table is temporary",
        setup: "CREATE FUNCTION public.add() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN CREATE TEMP TABLE IF NOT EXISTS work (n int); INSERT INTO pg_temp.work VALUES (1); END'; \
                ALTER FUNCTION public.add() OWNER TO boss",
        fill: &[("AS SELECT …", "(n int)")],
        ..HERE
    },
    Case {
        name: "a temporary type in the place of the server's",
        setup: "CREATE FUNCTION public.say() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'DECLARE x text; BEGIN x := 1; END'; ALTER FUNCTION public.say() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a temporary type in the place of the one in a cast",
        setup: "CREATE DOMAIN public.mood AS text; \
                CREATE FUNCTION public.say(a text) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public \
                AS 'SELECT pg_catalog.length($1::mood)'; ALTER FUNCTION public.say(text) OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a schema that is not there",
        since: sandbox::Version::V15,
        setup: "GRANT CREATE ON DATABASE postgres TO eve; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC; \
                CREATE FUNCTION public.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = \"$user\", public \
                AS 'SELECT pg_catalog.count(*) FROM treasure'; ALTER FUNCTION public.look() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a routine that changes by itself where names are looked up",
        setup: "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC; \
                CREATE FUNCTION public.look() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog \
                AS 'BEGIN SET LOCAL search_path = public; RETURN (SELECT pg_catalog.count(*) FROM public.treasure); END'; \
                ALTER FUNCTION public.look() OWNER TO boss",
        verdict: "unknown",
        shows: ("eve", "SELECT has_table_privilege('public.treasure', 'DELETE')", "f"),
        ..HERE
    },
    Case {
        name: "names in a routine that is called by one with bound names",
        setup: "CREATE FUNCTION public.helper() RETURNS bigint LANGUAGE plpgsql \
                AS 'BEGIN RETURN (SELECT pg_catalog.count(*) FROM treasure); END'; \
                CREATE FUNCTION public.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public \
                BEGIN ATOMIC SELECT public.helper(); END; ALTER FUNCTION public.look() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a trigger with the rights of whoever writes, and a routine that writes",
        setup: "CREATE TABLE public.note (n int); ALTER TABLE public.note OWNER TO boss; \
                CREATE FUNCTION public.clears() RETURNS trigger LANGUAGE plpgsql SET search_path = '' \
                AS 'BEGIN DELETE FROM public.treasure; RETURN NULL; END'; \
                CREATE TRIGGER clears BEFORE INSERT ON public.note EXECUTE FUNCTION public.clears(); \
                CREATE FUNCTION public.add() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' \
                AS 'INSERT INTO public.note VALUES (1)'; ALTER FUNCTION public.add() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a default that calls, and a routine that inserts",
        setup: "CREATE FUNCTION public.next() RETURNS int LANGUAGE sql SET search_path = '' \
                AS 'DELETE FROM public.treasure; SELECT 1'; CREATE TABLE public.note (n int DEFAULT public.next(), m int); \
                ALTER TABLE public.note OWNER TO boss; \
                CREATE FUNCTION public.add() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' \
                AS 'INSERT INTO public.note (m) VALUES (1)'; ALTER FUNCTION public.add() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a routine that calls one of somebody else's",
        setup: "CREATE SCHEMA app AUTHORIZATION eve; SET ROLE eve; CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1'; \
                RESET ROLE; GRANT USAGE ON SCHEMA app TO boss; \
                CREATE FUNCTION public.look() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT app.one()'; \
                ALTER FUNCTION public.look() OWNER TO boss",
        fill: &[("app.one() …", "app.one() RETURNS int LANGUAGE plpgsql"), ("; … END", "; RETURN 1; END")],
        ..HERE
    },
    Case {
        name: "a routine that writes to a table of somebody else's",
        setup: "CREATE TABLE public.mine (n int); ALTER TABLE public.mine OWNER TO eve; GRANT INSERT ON public.mine TO boss; \
                CREATE FUNCTION public.add() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' \
                AS 'INSERT INTO public.mine VALUES (1)'; ALTER FUNCTION public.add() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a routine that reads a table of somebody else's",
        setup: "CREATE TABLE public.mine (n int); INSERT INTO public.mine VALUES (1); ALTER TABLE public.mine OWNER TO eve; \
                GRANT SELECT ON public.mine TO boss; \
                CREATE FUNCTION public.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = '' \
                AS 'SELECT pg_catalog.count(*) FROM public.mine'; ALTER FUNCTION public.look() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "one schema of hundreds in which somebody may make something",
        setup: "DO 'BEGIN FOR n IN 1..250 LOOP EXECUTE pg_catalog.format(''CREATE SCHEMA a%s'', n); END LOOP; END'; \
                CREATE SCHEMA zz AUTHORIZATION eve; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC; \
                CREATE FUNCTION public.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER \
                AS 'SELECT count(*) FROM treasure'; ALTER FUNCTION public.look() OWNER TO boss; REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        fill: &[("ON SCHEMA …", "ON SCHEMA zz"), ("….", "zz."), ("= …,", "= zz,")],
        ..HERE
    },
    Case {
        name: "names that hold what stands for something in statements",
        setup: "CREATE TABLE public.\"no\u{1}te\" (n int); GRANT TRIGGER ON public.\"no\u{1}te\" TO eve; \
                CREATE FUNCTION public.\"a\u{2}dd\"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN INSERT INTO public.\"no\u{1}te\" VALUES (1); END'; ALTER TABLE public.\"no\u{1}te\" OWNER TO boss; \
                ALTER FUNCTION public.\"a\u{2}dd\"() OWNER TO boss",
        ..HERE
    },
    Case {
        name: "a trigger behind a foreign key",
        setup: "CREATE TABLE public.parent (n int PRIMARY KEY); INSERT INTO public.parent VALUES (1); \
                CREATE TABLE public.child (n int REFERENCES public.parent ON DELETE CASCADE); \
                ALTER TABLE public.child OWNER TO boss; GRANT DELETE ON public.parent TO eve; GRANT TRIGGER ON public.child TO eve",
        ..HERE
    },
];
