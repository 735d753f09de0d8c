-- A small database in which each rule finds something, and next to it what must not be accused.
CREATE ROLE deploy LOGIN CREATEROLE CREATEDB;
COMMENT ON ROLE deploy IS 'Deployments. Owner: platform@acme.example';
CREATE ROLE temp LOGIN SUPERUSER REPLICATION;
CREATE ROLE dba NOLOGIN SUPERUSER;
CREATE ROLE night LOGIN NOINHERIT;
COMMENT ON ROLE night IS 'Night shift. Owner: platform@acme.example';
GRANT dba TO night;

-- A key behind two roles, one that is inherited nowhere, and one that a login may hand out to itself.
CREATE ROLE support NOLOGIN;
CREATE ROLE helpers NOLOGIN;
GRANT pg_read_all_data TO support;
GRANT support TO helpers;
CREATE ROLE chatbot LOGIN;
GRANT helpers TO chatbot;
CREATE ROLE loader LOGIN NOINHERIT;
COMMENT ON ROLE loader IS 'Loads files. Owner: data@acme.example';
GRANT pg_read_server_files TO loader;
CREATE ROLE lead LOGIN;
COMMENT ON ROLE lead IS 'Leads support. Owner: support@acme.example';
CREATE ROLE keys NOLOGIN;
GRANT pg_signal_backend TO keys;
GRANT keys TO lead WITH ADMIN OPTION;

-- Monitoring is no master key, and a login that holds nothing needs no purpose.
CREATE ROLE metrics LOGIN;
COMMENT ON ROLE metrics IS 'Metrics. Owner: platform@acme.example';
GRANT pg_monitor TO metrics;
CREATE ROLE idle LOGIN;

CREATE ROLE shop LOGIN;
CREATE SCHEMA sales AUTHORIZATION shop;
CREATE SCHEMA vault;
SET ROLE shop;
CREATE TABLE sales.orders (id int PRIMARY KEY, note text);
CREATE TABLE sales."Odd; name" (id int);
GRANT USAGE, CREATE ON SCHEMA sales TO PUBLIC;
GRANT SELECT, INSERT ON sales.orders TO PUBLIC;
GRANT SELECT (id) ON sales."Odd; name" TO PUBLIC;
RESET ROLE;
CREATE TABLE vault.letters (id int);
GRANT SELECT ON vault.letters TO PUBLIC;
CREATE ROLE reporting LOGIN;
GRANT shop TO reporting;
GRANT SELECT ON vault.letters TO reporting;
