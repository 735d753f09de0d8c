-- Honest objects, and for each kind of name a schema whose objects of the same names tell that they were reached.

CREATE SCHEMA s;
CREATE TABLE s.t (a int, b text);
INSERT INTO s.t VALUES (1, 'x'), (2, 'y');
CREATE TABLE s.u (a int, c int);
INSERT INTO s.u VALUES (1, 1);
CREATE TYPE s.mood AS ENUM ('fine');
CREATE FUNCTION s.g(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1';

CREATE SCHEMA relations;
CREATE FUNCTION public.reached() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'reached' USING ERRCODE = 'RW001'; END $$;
CREATE VIEW relations.t AS SELECT public.reached() AS a, 'x'::text AS b;

CREATE SCHEMA routines;
CREATE FUNCTION routines.g(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN public.reached(); END $$;
CREATE FUNCTION routines.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN public.reached(); END $$;
CREATE FUNCTION routines.extract(text, date) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN public.reached(); END $$;
CREATE FUNCTION routines.generate_series(int, int) RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RETURN NEXT public.reached(); END $$;
CREATE PROCEDURE routines.p() LANGUAGE plpgsql AS $$ BEGIN PERFORM public.reached(); END $$;

CREATE SCHEMA operators;
CREATE FUNCTION operators.numbers(int, int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RETURN public.reached() = 1; END $$;
CREATE FUNCTION operators.texts(text, text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RETURN public.reached() = 1; END $$;
CREATE FUNCTION operators.sum(int, int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN public.reached(); END $$;
CREATE FUNCTION operators.minus(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN public.reached(); END $$;
CREATE OPERATOR operators.+ (FUNCTION = operators.sum, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR operators.- (FUNCTION = operators.minus, RIGHTARG = int);
DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY '{=,<,<=,>,>=,<>}'::text[] LOOP
    EXECUTE format('CREATE OPERATOR operators.%s (FUNCTION = operators.numbers, LEFTARG = int, RIGHTARG = int)', one);
  END LOOP;
  FOREACH one IN ARRAY '{=,~~,!~~,~~*,!~~*,~}'::text[] LOOP
    EXECUTE format('CREATE OPERATOR operators.%s (FUNCTION = operators.texts, LEFTARG = text, RIGHTARG = text)', one);
  END LOOP;
END $$;

CREATE SCHEMA types;
CREATE DOMAIN types.text AS pg_catalog.text CHECK (public.reached() = 1);
CREATE DOMAIN types.date AS pg_catalog.date CHECK (public.reached() = 1);
CREATE DOMAIN types.mood AS s.mood CHECK (public.reached() = 1);
CREATE DOMAIN types.t AS int CHECK (public.reached() = 1);

-- How a statement ends on this search path.
CREATE FUNCTION public.outcome(path text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('search_path', path, true);
  EXECUTE statement;
  RETURN 'fine';
EXCEPTION
  WHEN others THEN
    RETURN sqlstate || ' ' || replace(sqlerrm, E'\n', ' ');
END $$;
