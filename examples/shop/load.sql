-- The shop, whole: roles, database, data, and ten years of grants.
-- Load it as a superuser into an empty cluster, PostgreSQL 14 to 18:
--
--     psql -f examples/shop/load.sql postgres://localhost/postgres
--
-- Passwords in these files belong to nobody and open nothing but this example.
\set ON_ERROR_STOP 1
\set QUIET 1

\ir roles.sql

CREATE DATABASE shop OWNER shop;
\connect shop

\ir database.sql
\ir grants.sql
