-- The shop's schemas, tables, views and routines, with a few rows in each table so that a DROP would hurt.
-- What each role may do with them is in grants.sql.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;

-- The warehouse's supplier owns its schema; everything else belongs to the login that was there first.
CREATE SCHEMA warehouse AUTHORIZATION warehouse_app;

SET ROLE shop;
CREATE SCHEMA web;
CREATE SCHEMA crm;
CREATE SCHEMA sales;
CREATE SCHEMA finance;

-- ── web: what visitors see ─────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE web.categories (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  parent_id integer REFERENCES web.categories
);
CREATE TABLE web.products (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  category_id integer NOT NULL REFERENCES web.categories,
  name text NOT NULL,
  price numeric(10, 2) NOT NULL,
  cost numeric(10, 2) NOT NULL  -- what we pay; not for visitors
);
CREATE TABLE web.product_images (product_id integer REFERENCES web.products, position integer, url text NOT NULL,
  PRIMARY KEY (product_id, position));
CREATE TABLE web.reviews (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id integer NOT NULL REFERENCES web.products,
  stars integer NOT NULL CHECK (stars BETWEEN 1 AND 5),
  body text
);
CREATE TABLE web.pages (slug text PRIMARY KEY, title text NOT NULL, body text NOT NULL);
CREATE TABLE web.redirects (from_path text PRIMARY KEY, to_path text NOT NULL);
CREATE TABLE web.sessions (token uuid PRIMARY KEY, customer_id integer, seen_at timestamptz NOT NULL);

CREATE VIEW web.public_products AS
  SELECT p.id, p.name, c.name AS category, p.price FROM web.products p JOIN web.categories c ON c.id = p.category_id;

CREATE FUNCTION web.slugify(title text) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT trim(BOTH '-' FROM regexp_replace(lower(title), '[^a-z0-9]+', '-', 'g')) $$;

INSERT INTO web.categories (name, parent_id) VALUES ('Garden', NULL), ('Kitchen', NULL), ('Tools', 1);
INSERT INTO web.products (category_id, name, price, cost) VALUES
  (1, 'Watering can', 24.90, 9.10), (2, 'Bread knife', 39.00, 14.50), (2, 'Cast-iron pan', 59.00, 27.00),
  (3, 'Pruning shears', 32.50, 12.80), (3, 'Spade', 45.00, 19.90);
INSERT INTO web.product_images SELECT id, 1, '/images/' || web.slugify(name) || '.jpg' FROM web.products;
INSERT INTO web.reviews (product_id, stars, body) VALUES (1, 5, 'Does not drip.'), (3, 4, 'Heavy, and good.');
INSERT INTO web.pages VALUES ('terms', 'Terms', 'Terms of sale.'), ('about', 'About us', 'Since 2014.');
INSERT INTO web.redirects VALUES ('/agb', '/terms'), ('/info', '/about');

-- ── crm: customers, their consents and tickets ─────────────────────────────────────────────────────────────────

CREATE TABLE crm.customers (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  phone text,
  born date,
  iban text,  -- for refunds by bank transfer; the reason why this table must not be read as a whole
  since date NOT NULL
);
CREATE TABLE crm.addresses (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES crm.customers,
  street text NOT NULL, city text NOT NULL, country char(2) NOT NULL
);
CREATE TABLE crm.consents (customer_id integer REFERENCES crm.customers, topic text, given_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, topic));
CREATE TABLE crm.segments (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE crm.segment_members (segment_id integer REFERENCES crm.segments,
  customer_id integer REFERENCES crm.customers, PRIMARY KEY (segment_id, customer_id));
CREATE TABLE crm.tickets (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES crm.customers,
  assigned_to name,
  subject text NOT NULL,
  state text NOT NULL DEFAULT 'open'
);
CREATE TABLE crm.ticket_messages (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ticket_id integer NOT NULL REFERENCES crm.tickets,
  body text NOT NULL
);

-- An agent sees the tickets assigned to them. The table's owner is not bound by that (no FORCE), and the owner
-- is the login that half the company shares. The messages beside it have no policy at all: they came later.
ALTER TABLE crm.tickets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tickets ON crm.tickets TO support USING (assigned_to = current_user);

INSERT INTO crm.customers (name, email, phone, born, iban, since) VALUES
  ('Ada Winter', 'ada@customers.example', '+49 30 5550101', '1984-05-12', 'DE02120300000000202051', '2016-02-01'),
  ('Ben Sommer', 'ben@customers.example', NULL, '1990-11-03', NULL, '2018-07-19'),
  ('Cleo Herbst', 'cleo@customers.example', '+49 40 5550102', '1971-01-30', 'DE02500105170137075030', '2021-03-08'),
  ('Dan Lenz', 'dan@customers.example', NULL, NULL, NULL, '2024-12-24');
INSERT INTO crm.addresses (customer_id, street, city, country) VALUES
  (1, 'Lindenweg 3', 'Berlin', 'DE'), (2, 'Am Markt 12', 'Graz', 'AT'), (3, 'Hafenstr. 8', 'Hamburg', 'DE');
INSERT INTO crm.consents VALUES (1, 'newsletter', '2016-02-01'), (3, 'newsletter', '2021-03-08');
INSERT INTO crm.segments (name) VALUES ('gardeners'), ('cooks');
INSERT INTO crm.segment_members VALUES (1, 1), (2, 2), (2, 3);
INSERT INTO crm.tickets (customer_id, assigned_to, subject) VALUES
  (1, 'carol', 'Parcel damaged'), (2, 'carol', 'Invoice missing'), (3, 'support_lead', 'Wants her data deleted');
INSERT INTO crm.ticket_messages (ticket_id, body) VALUES (1, 'The spade is bent.'), (3, 'Please delete everything.');
INSERT INTO web.sessions VALUES ('6b1f6f5e-8c5b-4c57-9d0a-1f1d4f1c2a01', 1, '2026-10-30 09:12+01');

-- Support wanted to find people by a part of their name. The function runs as its owner, reads all columns and
-- trusts the caller's search_path; and since nobody revoked it, PUBLIC may call it.
CREATE FUNCTION crm.find_customer(part text) RETURNS SETOF crm.customers LANGUAGE plpgsql SECURITY DEFINER
  AS $$ BEGIN RETURN QUERY SELECT * FROM crm.customers WHERE lower(name) LIKE '%' || lower(part) || '%'; END $$;

-- ── sales: carts, orders, refunds ──────────────────────────────────────────────────────────────────────────────

CREATE SEQUENCE sales.order_number START 10001;

CREATE TABLE sales.carts (id uuid PRIMARY KEY, customer_id integer REFERENCES crm.customers, started timestamptz);
CREATE TABLE sales.cart_items (cart_id uuid REFERENCES sales.carts, product_id integer REFERENCES web.products,
  quantity integer NOT NULL, PRIMARY KEY (cart_id, product_id));
CREATE TABLE sales.coupons (code text PRIMARY KEY, percent integer NOT NULL, ends date);
CREATE TABLE sales.orders (
  id integer PRIMARY KEY DEFAULT nextval('sales.order_number'),
  customer_id integer NOT NULL REFERENCES crm.customers,
  placed timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'placed',
  coupon text REFERENCES sales.coupons
);
CREATE TABLE sales.order_lines (order_id integer REFERENCES sales.orders, line integer,
  product_id integer NOT NULL REFERENCES web.products, quantity integer NOT NULL, price numeric(10, 2) NOT NULL,
  PRIMARY KEY (order_id, line));
CREATE TABLE sales.refunds (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id integer NOT NULL REFERENCES sales.orders,
  amount numeric(10, 2) NOT NULL,
  reason text NOT NULL,
  approved_by name  -- empty until somebody else than the one who entered it approves
);

-- What happened to an order, by year. Each partition is a table with an ACL of its own; a grant on the parent
-- does not reach them, so some were granted by hand and the newest was forgotten (grants.sql).
CREATE TABLE sales.order_events (order_id integer NOT NULL, at timestamptz NOT NULL, event text NOT NULL)
  PARTITION BY RANGE (at);
CREATE TABLE sales.order_events_2024 PARTITION OF sales.order_events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE sales.order_events_2025 PARTITION OF sales.order_events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE sales.order_events_2026 PARTITION OF sales.order_events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

CREATE VIEW sales.open_orders AS
  SELECT o.id, o.customer_id, o.placed FROM sales.orders o WHERE o.state IN ('placed', 'paid');

CREATE FUNCTION sales.order_total(order_id integer) RETURNS numeric LANGUAGE sql STABLE
  AS $$ SELECT sum(l.quantity * l.price) FROM sales.order_lines l WHERE l.order_id = $1 $$;
CREATE FUNCTION sales.note_event() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO sales.order_events VALUES (NEW.id, NEW.placed, NEW.state); RETURN NEW; END $$;
CREATE TRIGGER note_event AFTER INSERT OR UPDATE OF state ON sales.orders
  FOR EACH ROW EXECUTE FUNCTION sales.note_event();

INSERT INTO sales.coupons VALUES ('SPRING', 10, '2025-05-31'), ('SORRY', 20, NULL);
INSERT INTO sales.orders (customer_id, placed, state, coupon) VALUES
  (1, '2024-06-02 10:00+02', 'shipped', NULL), (2, '2025-04-11 18:30+02', 'shipped', 'SPRING'),
  (3, '2025-12-01 07:45+01', 'paid', NULL), (1, '2026-02-14 21:05+01', 'placed', 'SORRY');
INSERT INTO sales.order_lines VALUES (10001, 1, 1, 1, 24.90), (10001, 2, 5, 1, 45.00), (10002, 1, 2, 2, 39.00),
  (10003, 1, 3, 1, 59.00), (10004, 1, 5, 1, 45.00);
INSERT INTO sales.refunds (order_id, amount, reason, approved_by) VALUES
  (10001, 45.00, 'Bent spade', 'support_lead'), (10002, 39.00, 'One knife too many', NULL);
INSERT INTO sales.carts VALUES ('0c6f6a7e-27d4-4f0d-8a2f-5a9de2a9b001', 2, '2026-11-01 12:00+01');
INSERT INTO sales.cart_items VALUES ('0c6f6a7e-27d4-4f0d-8a2f-5a9de2a9b001', 4, 1);

-- ── finance: invoices, payments, the books ─────────────────────────────────────────────────────────────────────

CREATE SEQUENCE finance.invoice_number START 5001;

CREATE TABLE finance.tax_rates (country char(2) PRIMARY KEY, percent numeric(4, 2) NOT NULL);
CREATE TABLE finance.invoices (
  id integer PRIMARY KEY DEFAULT nextval('finance.invoice_number'),
  order_id integer NOT NULL REFERENCES sales.orders,
  issued date NOT NULL,
  total numeric(10, 2) NOT NULL
);
CREATE TABLE finance.payments (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id integer NOT NULL REFERENCES finance.invoices,
  amount numeric(10, 2) NOT NULL,
  card_last_four char(4)
);
CREATE TABLE finance.payouts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  to_iban text NOT NULL, amount numeric(10, 2) NOT NULL, entered_by name NOT NULL, approved_by name
);
CREATE TABLE finance.accounts (number integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE finance.bookings (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  debit integer NOT NULL REFERENCES finance.accounts, credit integer NOT NULL REFERENCES finance.accounts,
  amount numeric(12, 2) NOT NULL, booked date NOT NULL
);
CREATE TABLE finance.salaries (person name PRIMARY KEY, monthly numeric(10, 2) NOT NULL);

CREATE MATERIALIZED VIEW finance.revenue_by_month AS
  SELECT date_trunc('month', placed)::date AS month, sum(l.quantity * l.price) AS revenue
  FROM sales.orders o JOIN sales.order_lines l ON l.order_id = o.id GROUP BY 1;

-- Two routines of one name: a grant names the one it means by its argument types.
CREATE FUNCTION finance.tax(amount numeric, country text) RETURNS numeric LANGUAGE sql STABLE
  AS $$ SELECT round(amount * r.percent / 100, 2) FROM finance.tax_rates r WHERE r.country = $2 $$;
CREATE FUNCTION finance.tax(amount numeric) RETURNS numeric LANGUAGE sql STABLE
  AS $$ SELECT finance.tax(amount, 'DE') $$;
CREATE PROCEDURE finance.book(debit integer, credit integer, amount numeric) LANGUAGE sql
  AS $$ INSERT INTO finance.bookings (debit, credit, amount, booked) VALUES (debit, credit, amount, current_date) $$;

INSERT INTO finance.tax_rates VALUES ('DE', 19), ('AT', 20);
INSERT INTO finance.invoices (order_id, issued, total) VALUES
  (10001, '2024-06-02', 69.90), (10002, '2025-04-11', 70.20), (10003, '2025-12-01', 59.00);
INSERT INTO finance.payments (invoice_id, amount, card_last_four) VALUES (5001, 69.90, '4242'), (5002, 70.20, '1881');
INSERT INTO finance.payouts (to_iban, amount, entered_by, approved_by) VALUES
  ('DE02120300000000202051', 45.00, 'erin', 'erin');  -- entered and approved by one person
INSERT INTO finance.accounts VALUES (1200, 'Bank'), (8400, 'Sales'), (8700, 'Refunds');
INSERT INTO finance.bookings (debit, credit, amount, booked) VALUES
  (1200, 8400, 69.90, '2024-06-03'), (1200, 8400, 70.20, '2025-04-12'), (8700, 1200, 45.00, '2024-06-20');
INSERT INTO finance.salaries VALUES ('alice', 5200), ('bob', 5600), ('carol', 3700), ('erin', 4900), ('frank', 4100);
REFRESH MATERIALIZED VIEW finance.revenue_by_month;

-- One line per customer for the start page of support. A view reads as its owner, so whoever may select from this
-- one sees what customers have paid without any right on finance.
CREATE VIEW crm.customer_overview AS
  SELECT c.id, c.name, c.email, c.iban, count(o.id) AS orders, sum(i.total) AS invoiced
  FROM crm.customers c
  LEFT JOIN sales.orders o ON o.customer_id = c.id
  LEFT JOIN finance.invoices i ON i.order_id = o.id
  GROUP BY c.id;

-- The warehouse's tables refer to products.
GRANT USAGE ON SCHEMA web TO warehouse_app;
GRANT SELECT, REFERENCES ON web.products TO warehouse_app;
RESET ROLE;

-- ── warehouse: of another owner, who never heard of the others' groups ─────────────────────────────────────────

SET ROLE warehouse_app;
CREATE TABLE warehouse.sites (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, city text NOT NULL);
CREATE TABLE warehouse.bins (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES warehouse.sites, label text NOT NULL);
CREATE TABLE warehouse.stock (bin_id integer REFERENCES warehouse.bins, product_id integer REFERENCES web.products,
  quantity integer NOT NULL CHECK (quantity >= 0), PRIMARY KEY (bin_id, product_id));
CREATE TABLE warehouse.movements (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id integer NOT NULL, bin_id integer NOT NULL, change integer NOT NULL, at timestamptz NOT NULL);
CREATE TABLE warehouse.suppliers (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, iban text);
CREATE TABLE warehouse.purchases (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  supplier_id integer NOT NULL REFERENCES warehouse.suppliers, ordered date NOT NULL);
CREATE TABLE warehouse.parcels (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id integer NOT NULL,
  tracking text NOT NULL, sent timestamptz);

CREATE VIEW warehouse.low_stock AS
  SELECT product_id, sum(quantity) AS quantity FROM warehouse.stock GROUP BY product_id HAVING sum(quantity) < 5;

CREATE FUNCTION warehouse.move_stock(product integer, bin integer, change integer) RETURNS void LANGUAGE sql
  AS $$
    UPDATE warehouse.stock s SET quantity = s.quantity + change WHERE s.product_id = product AND s.bin_id = bin;
    INSERT INTO warehouse.movements (product_id, bin_id, change, at) VALUES (product, bin, change, now());
  $$;

INSERT INTO warehouse.sites (city) VALUES ('Leipzig');
INSERT INTO warehouse.bins (site_id, label) VALUES (1, 'A1'), (1, 'A2'), (1, 'B1');
INSERT INTO warehouse.stock VALUES (1, 1, 40), (1, 2, 3), (2, 3, 18), (3, 4, 25), (3, 5, 2);
INSERT INTO warehouse.movements (product_id, bin_id, change, at) VALUES (1, 1, 40, '2026-01-10'), (5, 3, -1, '2026-02-15');
INSERT INTO warehouse.suppliers (name, iban) VALUES ('Forge & Sons', 'DE02300209000106531065');
INSERT INTO warehouse.purchases (supplier_id, ordered) VALUES (1, '2026-01-02');
INSERT INTO warehouse.parcels (order_id, tracking, sent) VALUES (10001, 'PX-1', '2024-06-03'), (10002, 'PX-2', '2025-04-12');
RESET ROLE;

-- ── public: what people left lying about ───────────────────────────────────────────────────────────────────────

-- PostgreSQL 15 closed this schema to the public; the database was upgraded from 9.4, where it was open.
GRANT CREATE ON SCHEMA public TO PUBLIC;

-- A copy of the customers that dave made in 2021 for a mail merge. He is gone; the copy is his still.
SET ROLE dave;
CREATE TABLE public.customers_export_2021 AS SELECT name, email, iban FROM crm.customers;
RESET ROLE;

SET ROLE shop;
CREATE TABLE public.schema_migrations (version text PRIMARY KEY, applied timestamptz NOT NULL);
INSERT INTO public.schema_migrations VALUES ('2014-03-01', '2014-03-01'), ('2026-10-01', '2026-10-01');
RESET ROLE;
