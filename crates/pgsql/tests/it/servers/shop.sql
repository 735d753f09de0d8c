-- What the bodies work on, and the function that tries one of them with some rights and takes everything back.

CREATE SCHEMA s;
CREATE SCHEMA f;
CREATE ROLE holder;
GRANT USAGE ON SCHEMA s, f TO holder;

CREATE TYPE s.mood AS ENUM ('fine', 'so-so');
CREATE TABLE s.t (id int PRIMARY KEY, a int, b int, c text);
INSERT INTO s.t VALUES (1, 1, 1, 'x'), (2, 2, 2, 'y');
CREATE TABLE s.u (id int PRIMARY KEY, x int, y text);
INSERT INTO s.u VALUES (1, 1, 'x'), (3, 3, 'z');
CREATE TABLE s.v (k int, z int[], t_id int);
INSERT INTO s.v VALUES (1, '{1,2}', 1);
CREATE TABLE s.w (id int PRIMARY KEY);
CREATE TABLE s.of_w (id int REFERENCES s.w);
CREATE TABLE s.set_off (id int, note text);
CREATE VIEW s.seen AS SELECT id, a FROM s.t;
CREATE MATERIALIZED VIEW s.kept AS SELECT 1 AS one;

CREATE FUNCTION s.g(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION s.h() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION s.rows_of() RETURNS SETOF int LANGUAGE sql AS 'VALUES (1), (2)';
CREATE PROCEDURE s.p(int) LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION s.wide(s.t) RETURNS int LANGUAGE sql AS 'SELECT ($1).a';
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA s FROM PUBLIC;

-- The state in which the call ends: RW000 if all went well.
CREATE FUNCTION public.try(definition text, extra text, grants text[], call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  one text;
BEGIN
  EXECUTE definition;
  ALTER ROUTINE f.f OWNER TO holder;
  EXECUTE extra;
  FOREACH one IN ARRAY grants LOOP
    EXECUTE one;
  END LOOP;
  EXECUTE call;
  RAISE EXCEPTION 'all went well' USING ERRCODE = 'RW000';
EXCEPTION
  WHEN others THEN
    RETURN sqlstate || ' ' || replace(sqlerrm, E'\n', ' ');
END $$;
