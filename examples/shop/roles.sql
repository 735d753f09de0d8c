-- The roles of a shop as they grew from 2014 to today. Nobody planned them; each had its reason on the day it
-- was made. The comments tell what a long-serving colleague would tell.
\set ON_ERROR_STOP 1

-- 2014. The first and for years the only login. It owns nearly everything, the website and the nightly jobs ran
-- as it, and so did everyone who had to look something up. The password never changed, so it is still stored
-- as MD5. (The warning that 18 gives about that is the point here, so it is hushed.)
SET client_min_messages = error;
SET password_encryption = 'md5';
CREATE ROLE shop LOGIN PASSWORD 'shop2014';
RESET password_encryption;
RESET client_min_messages;

-- 2015. The warehouse system came from another supplier, who insisted on owning its schema.
CREATE ROLE warehouse_app LOGIN PASSWORD 'pallet-17';

-- 2016–2019. Services were split off one by one, and each got a login.
CREATE ROLE web LOGIN PASSWORD 'web-1';
ALTER ROLE web SET search_path = web, public;
CREATE ROLE checkout LOGIN PASSWORD 'checkout-1';
COMMENT ON ROLE checkout IS 'Checkout service: records orders and payments';
CREATE ROLE backoffice LOGIN PASSWORD 'backoffice-1';
CREATE ROLE billing LOGIN PASSWORD 'billing-1';
COMMENT ON ROLE billing IS 'Invoices and payouts, finance@acme.example';
CREATE ROLE mailer LOGIN PASSWORD 'mailer-1';

-- 2017. Reporting was slow to refresh a materialised view, which only the owner may do, so the role was made a
-- member of the owner "for now" (below). With that it can drop every table of the shop.
CREATE ROLE reporting LOGIN PASSWORD 'reports' CONNECTION LIMIT 20;

-- 2018. The data pipeline. It times out nowhere, since it once did on the last day of the year.
CREATE ROLE etl LOGIN PASSWORD 'etl-1';
ALTER ROLE etl SET statement_timeout = 0;

-- 2019. Dashboards on the wall; the password hangs beside them.
CREATE ROLE dashboards LOGIN PASSWORD 'dashboards';

-- 2019. Backups and monitoring, done properly: no reason to touch these two.
CREATE ROLE backup LOGIN REPLICATION PASSWORD 'backup-1';
COMMENT ON ROLE backup IS 'Physical backups, platform@acme.example';
CREATE ROLE monitoring LOGIN PASSWORD 'monitoring-1';
COMMENT ON ROLE monitoring IS 'Metrics exporter, platform@acme.example';
GRANT pg_monitor TO monitoring;

-- Nobody can explain this one. It appeared in the week of an outage in 2020. It is a superuser.
CREATE ROLE temp LOGIN SUPERUSER PASSWORD 'temp';

-- 2020. Exports for requests under data protection law have to see every ticket, whatever its policy says.
CREATE ROLE gdpr_export LOGIN BYPASSRLS PASSWORD 'gdpr-1';

-- 2016. An attempt at order: groups. They were granted to some and forgotten for others.
CREATE ROLE readonly NOLOGIN;
CREATE ROLE readwrite NOLOGIN;
CREATE ROLE developers NOLOGIN;
CREATE ROLE analysts NOLOGIN;
COMMENT ON ROLE analysts IS 'Data analysts, see the wiki';
CREATE ROLE support NOLOGIN;
COMMENT ON ROLE support IS 'Support agents';
CREATE ROLE accounting NOLOGIN;

-- 2021. The support lead wanted to add agents without asking anyone. Before PostgreSQL 16 that is as good as
-- being a superuser.
CREATE ROLE support_lead LOGIN CREATEROLE PASSWORD 'lead-1';

-- People.
CREATE ROLE alice LOGIN PASSWORD 'alice-1';   -- data analyst
CREATE ROLE bob LOGIN PASSWORD 'bob-1';       -- developer since 2015
CREATE ROLE carol LOGIN PASSWORD 'carol-1';   -- support agent
CREATE ROLE dave LOGIN PASSWORD 'dave-1';     -- left in March 2023; his login was never taken away
CREATE ROLE erin LOGIN PASSWORD 'erin-1';     -- accountant
CREATE ROLE frank LOGIN PASSWORD 'frank-1';   -- runs the warehouse
CREATE ROLE mallory LOGIN PASSWORD 'mallory-1' VALID UNTIL '2031-12-31';  -- contractor, for three months

-- Left over. The first API was switched off in 2018; the migration role did its work in one night in 2019 and has
-- had neither members nor a task since; the intern's role holds nothing at all.
CREATE ROLE legacy_api LOGIN PASSWORD 'legacy' VALID UNTIL '2018-06-30';
CREATE ROLE old_migration NOLOGIN CREATEDB;
CREATE ROLE intern_2019 NOLOGIN;

-- Who is in what.
GRANT readonly TO analysts, support, dashboards;
GRANT readwrite TO developers, backoffice;
GRANT analysts TO alice;
GRANT developers TO bob;
GRANT support TO carol, support_lead WITH ADMIN OPTION;  -- "carol covers when the lead is ill"
GRANT accounting TO erin;

-- The database's own shortcuts around every grant: two for a pipeline, one because alice asked on a Friday.
GRANT pg_read_all_data TO etl;
GRANT pg_write_all_data TO etl;
GRANT pg_read_all_data TO alice;

-- The owner itself, handed out: to reporting (see above), to the developer who did the releases by hand, and to
-- the one who did so before him and left.
GRANT shop TO reporting;
GRANT shop TO bob;
GRANT shop TO dave;
