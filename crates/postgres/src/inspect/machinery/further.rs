//! What else of a target leads from one power to more: rules, keys, aggregates, languages, subscriptions.

use super::bodies;
use super::names::Names;
use crate::connect::Link;
use crate::inspect::rows::{self, letter, take};
use crate::words::{kind, operation};
use engine::EngineError;
use model::{Catalogue, DatabaseName, Key, Machinery, Name, Object, Operation, Place, Rewrite, RoleName};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio_postgres::Row;

/// What was read of one database, with the objects' numbers in place of their names.
#[derive(Debug)]
pub(super) struct Further {
    rules: Vec<(u32, Name, Operation, String)>,
    keys: Vec<(u32, Name, String)>,
    aggregates: Vec<(u32, u32)>,
    maintained: Vec<(u32, u32)>,
    show_verifiers: Vec<u32>,
    unconfined: Vec<Name>,
    filled: Vec<(u32, RoleName)>,
}

/// Asks one database.
pub(super) async fn ask(link: &Link) -> Result<Further, EngineError> {
    let (rules, keys, aggregates, maintained, verifiers, languages, filled) = tokio::try_join!(
        link.rows("rules", include_str!("../../../sql/machinery_rules.sql"), &[]),
        link.rows("keys", include_str!("../../../sql/machinery_keys.sql"), &[]),
        link.rows("aggregates", include_str!("../../../sql/machinery_aggregates.sql"), &[]),
        link.rows("maintenance", include_str!("../../../sql/machinery_maintained.sql"), &[]),
        link.rows("views of verifiers", include_str!("../../../sql/verifier_views.sql"), &[]),
        link.rows("languages", include_str!("../../../sql/unconfined_languages.sql"), &[]),
        link.rows("subscriptions", include_str!("../../../sql/machinery_subscriptions.sql"), &[]),
    )?;
    let two = |part: &'static str| {
        move |row: &Row| Ok::<_, EngineError>((take(part, row, 0)?, take(part, row, 1)?))
    };
    Ok(Further {
        rules: rules.iter().map(rule).collect::<Result<_, _>>()?,
        keys: keys.iter().map(key).collect::<Result<_, _>>()?,
        aggregates: aggregates.iter().map(two("aggregates")).collect::<Result<_, _>>()?,
        maintained: maintained.iter().map(two("maintenance")).collect::<Result<_, _>>()?,
        show_verifiers: verifiers
            .iter()
            .map(|row| take("views of verifiers", row, 0))
            .collect::<Result<_, _>>()?,
        unconfined: languages
            .iter()
            .map(|row| rows::name("languages", take("languages", row, 0)?))
            .collect::<Result<_, _>>()?,
        filled: filled.iter().map(fills).collect::<Result<_, _>>()?,
    })
}

fn rule(row: &Row) -> Result<(u32, Name, Operation, String), EngineError> {
    let part = "rules";
    let by = match letter(part, row, 2)? {
        '2' => operation::UPDATE,
        '3' => operation::INSERT,
        _ => operation::DELETE,
    };
    Ok((take(part, row, 0)?, rows::name(part, take(part, row, 1)?)?, by, take(part, row, 3)?))
}

fn key(row: &Row) -> Result<(u32, Name, String), EngineError> {
    let part = "keys";
    Ok((take(part, row, 0)?, rows::name(part, take(part, row, 1)?)?, take(part, row, 2)?))
}

fn fills(row: &Row) -> Result<(u32, RoleName), EngineError> {
    let part = "subscriptions";
    Ok((take(part, row, 0)?, rows::name(part, take(part, row, 1)?)?))
}

impl Further {
    /// Puts names in the place of numbers.
    pub(super) fn add_to(
        self,
        machinery: &mut Machinery,
        catalogue: &Catalogue,
        database: &DatabaseName,
        table: impl Fn(u32) -> Option<Arc<Object>>,
        routine: impl Fn(u32) -> Option<Arc<Object>>,
    ) {
        if !self.rules.is_empty() {
            let names = Names::of(catalogue, database, std::iter::empty());
            machinery.rules.extend(self.rules.into_iter().filter_map(|(on, name, by, definition)| {
                let does = bodies::of_rule(&definition, &names);
                Some(Rewrite { name, on: table(on)?, by, does })
            }));
        }
        machinery.keys.extend(self.keys.into_iter().filter_map(|(on, name, compared_as)| {
            let on = table(on)?;
            let path = on.path.iter().cloned().chain([name]).collect();
            Some(Key { column: Arc::new(Object::new(on.place.clone(), kind::COLUMN, path)), compared_as })
        }));
        machinery.aggregates.extend(
            self.aggregates.into_iter().filter_map(|(whole, part)| Some((routine(whole)?, routine(part)?))),
        );
        machinery.maintained.extend(
            self.maintained.into_iter().filter_map(|(on, called)| Some((table(on)?, routine(called)?))),
        );
        machinery.show_verifiers.extend(self.show_verifiers.into_iter().filter_map(&table));
        let place = Place::Database(database.clone());
        machinery.unconfined.extend(
            self.unconfined
                .into_iter()
                .map(|name| Arc::new(Object::new(place.clone(), kind::LANGUAGE, vec![name])))
                .collect::<BTreeSet<_>>(),
        );
        machinery.filled.extend(self.filled.into_iter().filter_map(|(on, role)| Some((table(on)?, role))));
    }
}
