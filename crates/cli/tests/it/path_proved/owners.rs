//! Ways that end in the rights of somebody who owns something, or in a session of theirs.

use super::{CASE, Case, IS_SUPERUSER, TREASURE_IS_GONE};
use sandbox::Version;

const TREASURE: Case = Case { goal: &["delete on table public.treasure"], shows: TREASURE_IS_GONE, ..CASE };

pub(super) const CASES: &[Case] = &[
    Case {
        name: "a rule of a table",
        setup: "CREATE TABLE public.note (n int); ALTER TABLE public.note OWNER TO boss; GRANT INSERT (n) ON public.note TO eve; \
                CREATE RULE clears AS ON INSERT TO public.note DO ALSO DELETE FROM public.treasure WHERE NEW.n = 1",
        fill: &[("VALUES (…)", "VALUES (1)")],
        ..TREASURE
    },
    Case {
        name: "a view shows a part to whoever may read a part",
        setup: "CREATE TABLE public.ledger (t text, n int); INSERT INTO public.ledger VALUES ('the-treasure', 1); \
                CREATE VIEW public.window AS SELECT t, 1 AS one FROM public.ledger; GRANT SELECT (t) ON public.window TO eve",
        goal: &["select on table public.ledger"],
        verdict: "unknown",
        fill: &[("SELECT *", "SELECT t")],
        shows: ("printed", "", "the-treasure"),
        ..CASE
    },
    Case {
        name: "a view of verifiers",
        setup: "CREATE VIEW public.secrets AS SELECT rolname, rolpassword FROM pg_authid; GRANT SELECT ON public.secrets TO eve; \
                ALTER ROLE boss PASSWORD 'x'",
        verdict: "unknown",
        shows: ("printed", "", "SCRAM-SHA-256$"),
        ..CASE
    },
    Case {
        name: "a foreign key that is checked as the owner of what it points at",
        since: Version::V15,
        setup: "CREATE TABLE public.parent (n int PRIMARY KEY); INSERT INTO public.parent VALUES (1); \
                ALTER TABLE public.parent OWNER TO boss; GRANT REFERENCES (n) ON public.parent TO eve; \
                GRANT CREATE ON DATABASE postgres TO eve",
        ..TREASURE
    },
    Case {
        name: "a foreign key to a table whose key is a text",
        until: Version::V17,
        setup: "CREATE TABLE public.parent (n varchar(3) PRIMARY KEY); INSERT INTO public.parent VALUES ('a'); \
                ALTER TABLE public.parent OWNER TO boss; GRANT REFERENCES ON public.parent TO eve; \
                CREATE SCHEMA own AUTHORIZATION eve; REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        fill: &[("….", "own.")],
        ..TREASURE
    },
    Case {
        name: "an aggregate of routines with their owner's rights",
        setup: "CREATE FUNCTION public.step(int, int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN DELETE FROM public.treasure; RETURN 1; END'; ALTER FUNCTION public.step(int, int) OWNER TO boss; \
                CREATE AGGREGATE public.sums(int) (sfunc = public.step, stype = int); ALTER AGGREGATE public.sums(int) OWNER TO boss; \
                REVOKE EXECUTE ON FUNCTION public.step(int, int) FROM PUBLIC",
        ..TREASURE
    },
    Case {
        name: "a routine of a superuser from whom one inherits",
        since: Version::V16,
        setup: "GRANT root2 TO eve WITH INHERIT TRUE, SET FALSE; CREATE SCHEMA own AUTHORIZATION eve; GRANT ALL ON SCHEMA own TO root2; \
                CREATE FUNCTION own.one() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION own.one() OWNER TO root2",
        fill: &[("own.one() …", "own.one() RETURNS int LANGUAGE plpgsql"), ("; … END", "; RETURN 1; END")],
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "a table of a superuser from whom one inherits",
        since: Version::V16,
        setup: "GRANT root2 TO eve WITH INHERIT TRUE, SET FALSE; CREATE SCHEMA own AUTHORIZATION eve; \
                CREATE TABLE own.one (n int); INSERT INTO own.one VALUES (1); ALTER TABLE own.one OWNER TO root2",
        fill: &[("(…)", "(n)")],
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "the first of all roles, from whom one inherits",
        since: Version::V16,
        setup: "GRANT postgres TO eve WITH INHERIT TRUE, SET FALSE",
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "a session of a login as which code runs",
        setup: "GRANT root2 TO boss; \
                CREATE FUNCTION public.run(command text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN EXECUTE command; END'; ALTER FUNCTION public.run(text) OWNER TO boss",
        verdict: "unknown",
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "a copy by a login that one becomes",
        setup: "CREATE ROLE copies LOGIN REPLICATION; GRANT copies TO eve; CREATE TABLE public.secret (t text); \
                INSERT INTO public.secret VALUES ('the-' || 'treasure'); CHECKPOINT",
        goal: &["select on table public.secret"],
        verdict: "unknown",
        shows: ("eve", "SET ROLE copies; SELECT current_user", "copies"),
        ..CASE
    },
    Case {
        name: "a materialised view that somebody else may refresh",
        since: Version::V17,
        setup: "CREATE SCHEMA app AUTHORIZATION eve; SET ROLE eve; CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1'; \
                RESET ROLE; GRANT USAGE ON SCHEMA app TO boss; CREATE MATERIALIZED VIEW public.stored AS SELECT app.one() AS n; \
                ALTER MATERIALIZED VIEW public.stored OWNER TO boss; GRANT MAINTAIN ON public.stored TO eve",
        fill: &[("app.one() …", "app.one() RETURNS int LANGUAGE plpgsql"), ("; … END", "; RETURN 1; END")],
        ..TREASURE
    },
    Case {
        name: "a language that is taken for a confined one",
        setup: "UPDATE pg_language SET lanpltrusted = true WHERE lanname = 'internal'",
        fill: &[("SELECT pg_temp.writes(…, '/…')", WRITE_THE_DOOR)],
        reload: true,
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "a credential that may lead back",
        setup: "CREATE EXTENSION postgres_fdw; CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw \
                OPTIONS (host '127.0.0.1', port '<port>', dbname 'postgres'); CREATE USER MAPPING FOR eve SERVER other \
                OPTIONS (user 'boss', password 'x'); ALTER ROLE boss PASSWORD 'x'; GRANT USAGE ON FOREIGN SERVER other TO eve",
        verdict: "unknown",
        fill: &[("INTO pg_temp", "INTO pg_temp; SELECT 'the-' || t FROM pg_temp.treasure")],
        shows: ("printed", "", "the-x"),
        ..CASE
    },
    Case {
        name: "passwords for other servers",
        setup: "GRANT SELECT ON pg_user_mapping TO eve",
        verdict: "unknown",
        shows: ("eve", "SELECT count(umoptions) FROM pg_user_mapping", "0"),
        ..CASE
    },
];

/// What somebody does with a function that writes files.
const WRITE_THE_DOOR: &str = "SELECT lo_from_bytea(0, 'local all all trust') AS made \\gset\n\
                              SELECT pg_temp.writes(:made, '<data>/pg_hba.conf')";
