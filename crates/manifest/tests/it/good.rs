//! Models that are as they should be, and what becomes of them.

use crate::clean;

const SHOP: &str = r#"
version: 1
databases:
  shop:
    engine: postgres
    environments:
      prod:    { url: "${SHOP_PROD_URL}" }
      staging: { url: "${SHOP_STAGING_URL}" }
external_roles: [app_owner]
roles:
  orders_reader:
    purpose: Support staff look up a customer's orders.
    owner: commerce@acme.example
    boundary: reader
    serves: [backoffice/view-order]
    grants:
      shop:
        - usage on schema sales
        - select on table sales.*, future by app_owner    # those that exist, and those app_owner will create
        - select (id, name) on table crm.customers
  orders_writer:
    purpose: The checkout service records orders.
    owner: commerce@acme.example
    boundary: writer
    inherits: [orders_reader]
    grants:
      shop: [ "insert, update on table sales.orders, sales.order_lines" ]
  refund_writer:
    purpose: Support staff refund an order.
    owner: commerce@acme.example
    boundary: writer
    grants: { shop: [ "insert on table finance.refunds" ] }
  refund_approver:
    purpose: Finance approves a refund.
    owner: finance@acme.example
    boundary: writer
    grants: { shop: [ "update (approved) on table finance.refunds" ] }
applications:
  backoffice:
    level: both
    functions:
      view-order:   { roles: [orders_reader] }
      place-order:   { roles: [orders_writer] }
      refund-order: { roles: [refund_writer], risk: high }
      approve-refund: { roles: [refund_approver], risk: high }
separation_of_duties:
  - { name: refund-two-people, why: Nobody issues and approves one refund., static: { roles: [refund_writer, refund_approver], cardinality: 2 } }
  - { name: pay-and-approve, why: One pair of eyes is not enough., static: { permissions: ["shop: insert on table finance.payments", "shop: update (approved) on table finance.payments"], cardinality: 2 } }
dual_control:
  - { name: prod-destructive, on: shop/prod, operations: [drop, truncate, "alter table"], approvers: [refund_approver], approvals: 1 }
people:            { alice: { accounts: [alice@acme.example, adm-alice@acme.example] } }
groups:            { support: { roles: [orders_reader], environments: { prod: {}, staging: { also: [orders_writer], why: Support rehearses here. } } } }
users:             { alice@acme.example: { groups: [support] } }   # or from SCIM, LDAP, OIDC
service_accounts:  { checkout: { owner: commerce@acme.example, roles: [orders_writer], login: shop } }
policy: { inactive_after: 90d, review_every: 180d, longest_temporary: 7d }
tests:
  - { name: support cannot change an order, user: alice@acme.example, env: prod, can: ["shop: select on table sales.orders"], cannot: ["shop: update on table sales.orders"] }
"#;

#[test]
fn the_model_of_the_manual_is_clean_and_becomes_an_intent() {
    let model = clean(SHOP);
    let lookup = |name: &str| Some(format!("postgres://{}/shop_db", name.to_lowercase()));
    let targets = model.targets(Some("prod"), &lookup).unwrap();
    insta::assert_debug_snapshot!(targets);
}
