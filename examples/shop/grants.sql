-- Ten years of grants, in the order in which they happened.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;

-- 2016. The attempt at order. Readers read sales and the customers; writers write whatever there is.
SET ROLE shop;
GRANT USAGE ON SCHEMA sales, crm, web TO readonly;
GRANT SELECT ON ALL TABLES IN SCHEMA sales, crm, web TO readonly;
GRANT USAGE ON SCHEMA sales, crm, web, finance TO readwrite;
GRANT ALL ON ALL TABLES IN SCHEMA sales, crm, web, finance TO readwrite;  -- ALL: with TRUNCATE, TRIGGER, REFERENCES
GRANT USAGE ON ALL SEQUENCES IN SCHEMA sales, crm, web, finance TO readwrite;

-- What the owner will create is covered too. What warehouse_app creates is not, though everybody believes so: a
-- default belongs to the role that creates. Finance was forgotten for the readers, and got a grant by hand later.
ALTER DEFAULT PRIVILEGES FOR ROLE shop IN SCHEMA sales GRANT SELECT ON TABLES TO readonly;
ALTER DEFAULT PRIVILEGES FOR ROLE shop IN SCHEMA crm GRANT SELECT ON TABLES TO readonly;
ALTER DEFAULT PRIVILEGES FOR ROLE shop GRANT ALL ON TABLES TO readwrite;
ALTER DEFAULT PRIVILEGES FOR ROLE shop GRANT USAGE ON SEQUENCES TO readwrite;

-- 2016–2019. The services.
GRANT USAGE ON SCHEMA web, sales TO web;
GRANT SELECT ON web.public_products, web.pages, web.redirects, web.reviews, web.product_images TO web;
GRANT SELECT, INSERT, UPDATE, DELETE ON web.sessions, sales.carts, sales.cart_items TO web;
GRANT INSERT ON web.reviews TO web;
GRANT SELECT ON web.products TO web;  -- with the cost column; a view was made for this, and then a deadline came

GRANT USAGE ON SCHEMA sales, crm, web, finance TO checkout;
GRANT SELECT, INSERT, UPDATE ON sales.orders, sales.order_lines, finance.invoices, finance.payments TO checkout;
GRANT INSERT ON sales.order_events TO checkout;
GRANT SELECT ON sales.coupons, web.products, finance.tax_rates, crm.customers, crm.addresses TO checkout;
GRANT USAGE ON SEQUENCE sales.order_number, finance.invoice_number TO checkout;

GRANT USAGE ON SCHEMA finance, sales TO billing;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA finance TO billing;  -- salaries among them
GRANT SELECT ON sales.orders, sales.order_lines, sales.refunds TO billing;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA finance TO billing;
GRANT EXECUTE ON FUNCTION finance.tax(numeric, text) TO billing;

-- The one grant that is exactly as narrow as it should be: newsletters need a name and an address.
GRANT USAGE ON SCHEMA crm TO mailer;
GRANT SELECT (name, email) ON crm.customers TO mailer;
GRANT SELECT ON crm.consents TO mailer;

-- 2017. Reporting reads everything, and once had to clean up what an import had doubled.
GRANT USAGE ON SCHEMA sales, crm, web, finance TO reporting;
GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA sales, crm, web, finance TO reporting;

-- 2018. Partitions by hand: 2024 and 2025 were done, 2026 was forgotten for analysts, and one got too much.
GRANT SELECT ON sales.order_events, sales.order_events_2024, sales.order_events_2025 TO analysts;
GRANT DELETE ON sales.order_events_2024 TO analysts;
REVOKE SELECT ON sales.order_events_2026 FROM readonly;

-- 2019. The start page of support. "It is only a view."
GRANT SELECT ON crm.customer_overview TO PUBLIC;
GRANT USAGE ON SCHEMA crm TO PUBLIC;

-- 2020. Support works on tickets; one of them may now and then correct an address.
GRANT SELECT, INSERT, UPDATE ON crm.tickets, crm.ticket_messages TO support;
GRANT UPDATE ON crm.addresses TO carol;
GRANT INSERT, UPDATE ON sales.refunds TO support, accounting;  -- who enters a refund may also approve it
GRANT SELECT ON ALL TABLES IN SCHEMA crm TO gdpr_export;

-- 2020. Accounting enters payouts and approves them.
GRANT USAGE ON SCHEMA finance, sales TO accounting;
GRANT SELECT ON ALL TABLES IN SCHEMA finance TO accounting;
GRANT INSERT, UPDATE ON finance.payouts, finance.bookings TO accounting;
GRANT EXECUTE ON PROCEDURE finance.book(integer, integer, numeric) TO accounting;
GRANT SELECT ON finance.salaries TO erin;

-- Straight to people, because it was quicker than a group.
GRANT USAGE ON SCHEMA finance TO alice;
GRANT SELECT ON finance.revenue_by_month, finance.invoices TO alice;
GRANT SELECT, UPDATE, DELETE ON crm.customers TO dave;
GRANT ALL ON web.products TO bob;

-- bob may hand on what he has on orders. He did, to a contractor; take it from bob and it must go from her, too.
GRANT USAGE ON SCHEMA sales TO bob, mallory;
GRANT SELECT, UPDATE ON sales.orders TO bob WITH GRANT OPTION;
GRANT SELECT ON crm.customers TO bob WITH GRANT OPTION;
RESET ROLE;
SET ROLE bob;
GRANT SELECT, UPDATE ON sales.orders TO mallory;
GRANT SELECT ON crm.customers TO mallory;
RESET ROLE;

-- What the roles that are left over still hold.
SET ROLE shop;
GRANT USAGE ON SCHEMA sales TO legacy_api, old_migration;
GRANT SELECT, INSERT ON sales.orders TO legacy_api;
GRANT SELECT ON ALL TABLES IN SCHEMA sales TO old_migration;
RESET ROLE;

-- The warehouse. Its readers got their tables one by one; low_stock came later, and so did the dashboards' grant.
SET ROLE warehouse_app;
GRANT USAGE ON SCHEMA warehouse TO frank, readonly, backoffice;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA warehouse TO frank;
GRANT SELECT ON warehouse.stock, warehouse.parcels TO readonly;
GRANT SELECT, UPDATE ON warehouse.parcels TO backoffice;
GRANT SELECT ON warehouse.low_stock TO dashboards;
RESET ROLE;

-- The pipeline may make its own schemas, and it has a time limit here that contradicts the one it has elsewhere.
SELECT format('GRANT CREATE ON DATABASE %I TO etl', current_database()) \gexec
SELECT format('ALTER ROLE etl IN DATABASE %I SET statement_timeout = ''2h''', current_database()) \gexec

-- Anyone who can reach the server may connect and make temporary tables: the built-in default, never narrowed.
