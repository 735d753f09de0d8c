-- Who may do what in the worst case: roles, memberships, owners, grants, default privileges, settings, row security. Run
-- with psql after structure.sql in the same database, as the superuser postgres.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SELECT :SERVER_VERSION_NUM >= 150000 AS v15, :SERVER_VERSION_NUM >= 160000 AS v16, :SERVER_VERSION_NUM >= 170000 AS v17,
       :SERVER_VERSION_NUM >= 180000 AS v18, current_database() AS home \gset

-- Roles: every attribute, and names that break naive quoting and parsing.
CREATE ROLE app_owner;
CREATE ROLE reader;
CREATE ROLE writer;
CREATE ROLE delegate;
CREATE ROLE second_delegate;
CREATE ROLE """; DROP TABLE x; --";
CREATE ROLE "ääääääääääääääääääääääääääääääx";
CREATE ROLE "PUBLIC";
CREATE ROLE "a,b{c}\d""e =/f*";
CREATE ROLE " leading and trailing ";
CREATE ROLE "16385";
CREATE ROLE "=";
CREATE ROLE "'; DROP ROLE x; --";
CREATE ROLE "NULL";
CREATE ROLE root_too SUPERUSER LOGIN;
CREATE ROLE creator CREATEDB CREATEROLE LOGIN CONNECTION LIMIT 3 PASSWORD 'SCRAM-SHA-256$4096:MTIzNDU2Nzg5MDEyMzQ1Ng==$8vSbsbK1kkrxIbkc1uqJkZKmDRqCEBhOOWjYTLFDtPs=:jM4mPSmwcRn0OWkCbYbGzB6Ubi1GeRoNaUMQQwLrkMA=';
CREATE ROLE replica REPLICATION BYPASSRLS LOGIN NOINHERIT;
CREATE ROLE forever LOGIN VALID UNTIL 'infinity';
CREATE ROLE until LOGIN VALID UNTIL '2031-02-03 04:05:06.789+05:30' PASSWORD 'md5d41d8cd98f00b204e9800998ecf8427e' CONNECTION LIMIT 0;
COMMENT ON ROLE reader IS E'Reads orders.\n-- it''s "quoted"; \\ and ä\n';

-- Settings: per role, per database, both, everybody; lists keep their own quoting.
ALTER ROLE reader SET search_path = sales, "odd, ""name", pg_catalog;
ALTER ROLE reader SET app.note = 'a=b, ''c''';
ALTER ROLE reader SET role = 'writer';
ALTER ROLE reader IN DATABASE :"home" SET search_path = '';
ALTER ROLE """; DROP TABLE x; --" SET work_mem = '5MB';
ALTER DATABASE :"home" SET temp_tablespaces = 'fast', 'slow "and, odd';
ALTER DATABASE """; DROP DATABASE x; --" SET datestyle = 'ISO, DMY';
ALTER ROLE ALL SET app.everybody = ' spaces ';
ALTER ROLE writer IN DATABASE """; DROP DATABASE x; --" SET app.empty = '';

-- Memberships: options, chains of grantors, several grantors for one pair.
GRANT reader TO writer;
GRANT reader TO delegate WITH ADMIN OPTION;
GRANT pg_read_all_data TO """; DROP TABLE x; --";
GRANT """; DROP TABLE x; --" TO "ääääääääääääääääääääääääääääääx";
GRANT reader TO "a,b{c}\d""e =/f*" GRANTED BY delegate;
GRANT reader TO replica;
\if :v16
GRANT reader TO second_delegate WITH ADMIN TRUE GRANTED BY delegate;
GRANT reader TO "=" WITH INHERIT FALSE, SET TRUE GRANTED BY second_delegate;
GRANT reader TO "=" WITH INHERIT TRUE, SET FALSE GRANTED BY delegate;
GRANT writer TO "=" WITH INHERIT FALSE, SET FALSE;
\endif

-- Owners, before grants: a change of owner rewrites grantors.
ALTER DATABASE """; DROP DATABASE x; --" OWNER TO app_owner;
ALTER TABLESPACE fast OWNER TO app_owner;
ALTER SCHEMA sales OWNER TO app_owner;
GRANT CREATE ON SCHEMA """; DROP SCHEMA x; --" TO """; DROP TABLE x; --";
ALTER TABLE """; DROP SCHEMA x; --"."""; DROP TABLE x; --" OWNER TO """; DROP TABLE x; --";
ALTER TABLE sales.orders OWNER TO app_owner;
ALTER TABLE sales.nobody OWNER TO app_owner;
ALTER TABLE sales.measured OWNER TO app_owner;
ALTER VIEW sales.paid_orders OWNER TO writer;
ALTER MATERIALIZED VIEW sales.totals OWNER TO app_owner;
ALTER SEQUENCE sales.numbers OWNER TO app_owner;
ALTER FUNCTION sales.price(int) OWNER TO app_owner;
ALTER PROCEDURE sales.book(int) OWNER TO app_owner;
ALTER AGGREGATE sales.total(int) OWNER TO app_owner;
ALTER AGGREGATE sales.all_rows(*) OWNER TO app_owner;
ALTER TYPE sales.mood OWNER TO app_owner;
ALTER TYPE sales.pair OWNER TO app_owner;
ALTER DOMAIN sales.positive OWNER TO app_owner;
ALTER SERVER archive OWNER TO root_too;
ALTER FOREIGN DATA WRAPPER files OWNER TO root_too;
ALTER LARGE OBJECT 42 OWNER TO app_owner;
ALTER OPERATOR sales.=~~ (sales.positive, sales.base) OWNER TO app_owner;
ALTER OPERATOR sales.!~~ (NONE, sales.base) OWNER TO app_owner;
ALTER OPERATOR FAMILY sales.family USING btree OWNER TO app_owner;
ALTER OPERATOR CLASS sales.class USING hash OWNER TO app_owner;
ALTER COLLATION sales.plain_order OWNER TO app_owner;
ALTER CONVERSION sales.conversion OWNER TO app_owner;
ALTER TEXT SEARCH CONFIGURATION sales.words OWNER TO app_owner;
ALTER TEXT SEARCH DICTIONARY sales.simple OWNER TO app_owner;
ALTER STATISTICS sales.together OWNER TO app_owner;
ALTER PUBLICATION news OWNER TO root_too;
ALTER SUBSCRIPTION elsewhere OWNER TO root_too;
ALTER EVENT TRIGGER watcher OWNER TO root_too;

-- Databases, tablespaces, schemas.
REVOKE ALL ON DATABASE :"home" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"home" TO reader, """; DROP TABLE x; --" WITH GRANT OPTION;
GRANT CREATE ON TABLESPACE fast TO writer;
REVOKE ALL ON TABLESPACE "slow ""and, odd" FROM postgres;
GRANT USAGE ON SCHEMA sales TO reader, delegate, second_delegate, "ääääääääääääääääääääääääääääääx", PUBLIC;
GRANT USAGE, CREATE ON SCHEMA """; DROP SCHEMA x; --" TO "a,b{c}\d""e =/f*" WITH GRANT OPTION;
GRANT USAGE ON SCHEMA information_schema TO reader;

-- Tables: chains with grant option, PUBLIC, a list without entries, a list without the owner.
GRANT SELECT, INSERT ON sales.orders TO delegate WITH GRANT OPTION;
SET ROLE delegate;
GRANT SELECT ON sales.orders TO second_delegate WITH GRANT OPTION;
GRANT INSERT ON sales.orders TO "PUBLIC", PUBLIC;
RESET ROLE;
SET ROLE second_delegate;
GRANT SELECT ON sales.orders TO reader;
RESET ROLE;
GRANT SELECT, UPDATE, REFERENCES, TRIGGER, TRUNCATE, DELETE ON sales.orders
   TO """; DROP TABLE x; --", "a,b{c}\d""e =/f*", " leading and trailing ", "16385", "=", "'; DROP ROLE x; --", "NULL",
      "ääääääääääääääääääääääääääääääx";
REVOKE ALL ON sales.nobody FROM app_owner;
GRANT SELECT ON sales.plain TO reader;
REVOKE SELECT ON sales.plain FROM reader;
GRANT SELECT ON sales.identity TO reader;
REVOKE ALL ON sales.identity FROM postgres;
GRANT SELECT ON sales.measured TO reader;
GRANT SELECT ON sales.measured_2026_1 TO writer;
GRANT SELECT, INSERT ON sales.paid_orders TO reader;
GRANT SELECT ON sales.totals TO reader;
GRANT SELECT ON sales.archived TO reader;
GRANT ALL ON ALL TABLES IN SCHEMA """; DROP SCHEMA x; --" TO writer;
GRANT ALL ON "ääääääääääääääääääääääääääääääx"."öööööööööööööööööööööööööööööööx" TO "ääääääääääääääääääääääääääääääx";
\if :v17
GRANT MAINTAIN ON sales.orders TO reader WITH GRANT OPTION;
\endif
GRANT SELECT ON pg_catalog.pg_authid TO delegate;
REVOKE SELECT ON pg_catalog.pg_roles FROM PUBLIC;
GRANT SELECT ON pg_catalog.pg_roles TO PUBLIC;

-- Columns.
GRANT SELECT (id), UPDATE (customer) ON sales.orders TO writer WITH GRANT OPTION;
SET ROLE writer;
GRANT SELECT (id) ON sales.orders TO reader, PUBLIC;
RESET ROLE;
GRANT REFERENCES ("odd ""column, name") ON sales.identity TO """; DROP TABLE x; --";
GRANT ALL ("""; DROP COLUMN x; --") ON """; DROP SCHEMA x; --"."""; DROP TABLE x; --" TO reader;
GRANT SELECT (id) ON sales.paid_orders TO "=";
GRANT SELECT (note) ON sales.orders TO writer;
REVOKE SELECT (note) ON sales.orders FROM writer;

-- Sequences, routines, types, languages, foreign data, large objects.
GRANT USAGE ON SEQUENCE sales.orders_id_seq TO writer;
GRANT SELECT, UPDATE ON SEQUENCE sales.numbers TO reader WITH GRANT OPTION;
GRANT USAGE ON SEQUENCE sales.identity_id_seq TO PUBLIC;
REVOKE EXECUTE ON FUNCTION sales.price(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sales.price(int) TO reader WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION sales.price(sales.mood, "Sales"."mood ""quoted""", numeric) TO reader;
GRANT EXECUTE ON FUNCTION sales.price(sales.orders, sales.mood[], timestamptz, "char", varbit) TO "a,b{c}\d""e =/f*";
GRANT EXECUTE ON FUNCTION sales.total(int) TO reader;
GRANT EXECUTE ON FUNCTION sales.all_rows() TO reader;
GRANT EXECUTE ON PROCEDURE sales.book(int) TO writer;
REVOKE ALL ON FUNCTION sales.powerful() FROM PUBLIC, postgres;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO delegate;
GRANT USAGE ON TYPE sales.mood TO reader WITH GRANT OPTION;
REVOKE USAGE ON TYPE sales.pair FROM PUBLIC;
GRANT USAGE ON TYPE sales.orders TO reader;
GRANT USAGE ON DOMAIN sales.positive TO "=";
REVOKE USAGE ON TYPE sales.span FROM PUBLIC;
GRANT USAGE ON LANGUAGE ours TO writer;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON FOREIGN DATA WRAPPER files TO writer WITH GRANT OPTION;
GRANT USAGE ON FOREIGN SERVER archive TO reader;
GRANT SELECT ON LARGE OBJECT 42 TO reader;
GRANT SELECT, UPDATE ON LARGE OBJECT 4242 TO PUBLIC;
\if :v15
GRANT SET ON PARAMETER work_mem TO reader WITH GRANT OPTION;
GRANT SET, ALTER SYSTEM ON PARAMETER log_statement TO """; DROP TABLE x; --";
GRANT SET ON PARAMETER app.custom TO PUBLIC;
\endif

-- An extension's objects: what it granted itself is their baseline; one of them was changed since.
GRANT SELECT ON untouched.pg_stat_statements TO writer;
REVOKE EXECUTE ON FUNCTION untouched.akeys(untouched.hstore) FROM PUBLIC;

-- Default privileges: global ones replace the built-in ones, those of a schema add.
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT SELECT ON TABLES TO reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner REVOKE ALL ON SEQUENCES FROM app_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT USAGE ON SCHEMAS TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA sales GRANT INSERT ON TABLES TO writer, PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA sales GRANT ALL ON SEQUENCES TO app_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE """; DROP TABLE x; --" IN SCHEMA """; DROP SCHEMA x; --" GRANT EXECUTE ON FUNCTIONS TO "=";
\if :v18
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT SELECT ON LARGE OBJECTS TO reader;
\endif

-- Row security.
ALTER TABLE sales.guarded ENABLE ROW LEVEL SECURITY;
ALTER TABLE sales.guarded FORCE ROW LEVEL SECURITY;
ALTER TABLE sales.measured ENABLE ROW LEVEL SECURITY;
ALTER TABLE sales.plain FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sales.guarded USING (owner_name = current_user) WITH CHECK (owner_name = 'it''s');
CREATE POLICY "; DROP POLICY x; --" ON sales.guarded AS RESTRICTIVE FOR SELECT TO reader, """; DROP TABLE x; --" USING (sales.price(id) > 0);
CREATE POLICY adding ON sales.measured FOR INSERT TO writer WITH CHECK (value > 0);

-- User mappings.
CREATE USER MAPPING FOR reader SERVER archive OPTIONS (user 'them', password 'geheim=''x''');
CREATE USER MAPPING FOR PUBLIC SERVER archive;

\connect """; DROP DATABASE x; --"
GRANT USAGE ON SCHEMA other TO reader;
GRANT SELECT ON other.things TO """; DROP TABLE x; --" WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION other.things(int) FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA other GRANT SELECT ON TABLES TO reader;
\connect :"home"
