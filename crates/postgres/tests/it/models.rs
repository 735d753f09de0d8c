//! Models as text, for tests that read like one.

use manifest::Source;
use model::Intent;

/// The intent of a model on databases `shop` and `other` of one cluster. `text` begins with `roles:`.
pub(crate) fn intent(text: &str) -> Intent {
    let text = format!(
        "version: 1
clusters: {{ main: {{ engine: postgres, environments: {{ test: {{ url: 'postgres://h/shop' }} }} }} }}
databases: {{ shop: {{ cluster: main }}, other: {{ cluster: main }} }}
{text}"
    );
    let sources = [Source { name: "model.yaml".into(), text }];
    let checked = manifest::check(&sources, &[postgres::vocabulary()], None);
    let errors: Vec<_> = checked
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == manifest::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut targets = checked.model.unwrap().targets(None, &|_| None).unwrap();
    assert_eq!(targets.len(), 1);
    targets.remove(0).intent
}
