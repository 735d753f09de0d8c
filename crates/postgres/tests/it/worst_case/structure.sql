-- What exists in the worst case: two databases and everything that can carry a privilege or an owner, made by the
-- superuser, no role and no privilege yet. Run with psql in a database that is empty.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SELECT current_database() AS home \gset

SET allow_in_place_tablespaces = on;
CREATE TABLESPACE fast LOCATION '';
CREATE TABLESPACE "slow ""and, odd" LOCATION '';

CREATE SCHEMA sales;
CREATE SCHEMA "Sales";
CREATE SCHEMA """; DROP SCHEMA x; --";
CREATE SCHEMA "ääääääääääääääääääääääääääääääx";
CREATE SCHEMA untouched;

CREATE TYPE sales.mood AS ENUM ('good', 'bad');
CREATE TYPE sales.pair AS (a int, b text);
CREATE TYPE sales.span AS RANGE (subtype = float8);
CREATE DOMAIN sales.positive AS int CHECK (VALUE > 0);
CREATE DOMAIN sales.many AS int[];
CREATE TYPE sales.base;
CREATE FUNCTION sales.base_in(cstring) RETURNS sales.base LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION sales.base_out(sales.base) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE sales.base (INPUT = sales.base_in, OUTPUT = sales.base_out, LIKE = int4);
CREATE TYPE "Sales"."mood ""quoted""" AS ENUM ('x');

CREATE TABLE sales.orders (id serial PRIMARY KEY, customer text, paid bool, note text, gone int);
ALTER TABLE sales.orders DROP COLUMN gone;
CREATE TABLE sales.identity (id int GENERATED ALWAYS AS IDENTITY, "odd ""column, name" text);
CREATE TABLE sales.plain (id int);
CREATE TABLE sales.nobody (id int);
CREATE TABLE sales.guarded (id int, owner_name text);
CREATE TABLE sales.measured (at date, value int) PARTITION BY RANGE (at);
CREATE TABLE sales.measured_2025 PARTITION OF sales.measured FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE sales.measured_2026 PARTITION OF sales.measured FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (value);
CREATE TABLE sales.measured_2026_1 PARTITION OF sales.measured_2026 FOR VALUES IN (1);
CREATE VIEW sales.paid_orders AS SELECT id, customer FROM sales.orders WHERE paid;
CREATE MATERIALIZED VIEW sales.totals AS SELECT count(*) AS number FROM sales.orders;
CREATE SEQUENCE sales.numbers;
CREATE TABLE """; DROP SCHEMA x; --"."""; DROP TABLE x; --" (id int, """; DROP COLUMN x; --" int);
CREATE TABLE "ääääääääääääääääääääääääääääääx"."öööööööööööööööööööööööööööööööx" ("üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüx" int);

CREATE FUNCTION sales.price() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION sales.price(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION sales.price(int, VARIADIC text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION sales.price(sales.mood, "Sales"."mood ""quoted""", OUT a int, INOUT b numeric) LANGUAGE sql AS 'SELECT 1, 1.0';
CREATE FUNCTION sales.price(sales.orders, sales.mood[], timestamp with time zone, "char", bit varying) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION sales.place() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
CREATE PROCEDURE sales.book(INOUT a int) LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE sales.total(int) (SFUNC = int4pl, STYPE = int);
CREATE AGGREGATE sales.all_rows(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
CREATE FUNCTION sales.powerful() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';

CREATE TRUSTED LANGUAGE ours HANDLER plpgsql_call_handler;
CREATE FOREIGN DATA WRAPPER files;
CREATE SERVER archive FOREIGN DATA WRAPPER files;
CREATE FOREIGN TABLE sales.archived (id int) SERVER archive;

SELECT lo_create(42), lo_create(4242), lo_create(424242) \g /dev/null

CREATE FUNCTION sales.near(sales.positive, sales.base) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION sales.negated(sales.base) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR sales.=~~ (LEFTARG = sales.positive, RIGHTARG = sales.base, FUNCTION = sales.near);
CREATE OPERATOR sales.!~~ (RIGHTARG = sales.base, FUNCTION = sales.negated);
CREATE OPERATOR FAMILY sales.family USING btree;
CREATE OPERATOR FAMILY sales.family_of_class USING hash;
CREATE OPERATOR CLASS sales.class FOR TYPE int USING hash FAMILY sales.family_of_class AS OPERATOR 1 =;
CREATE COLLATION sales.plain_order (LOCALE = 'C');
CREATE CONVERSION sales.conversion FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TEXT SEARCH CONFIGURATION sales.words (COPY = simple);
CREATE TEXT SEARCH DICTIONARY sales.simple (TEMPLATE = pg_catalog.simple);
CREATE STATISTICS sales.together ON id, paid FROM sales.orders;
CREATE PUBLICATION news FOR TABLE sales.plain;
CREATE SUBSCRIPTION elsewhere CONNECTION 'dbname=elsewhere' PUBLICATION news WITH (connect = false, slot_name = NONE);
CREATE FUNCTION sales.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION sales.watch();

CREATE EXTENSION pg_stat_statements SCHEMA untouched;
CREATE EXTENSION hstore SCHEMA untouched;

CREATE DATABASE """; DROP DATABASE x; --";
\connect """; DROP DATABASE x; --"
CREATE SCHEMA other;
CREATE TABLE other.things (id int);
CREATE FUNCTION other.things(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
\connect :"home"
