//! The JSON Schema that editors complete and check model files with, made from the shape that files are checked
//! against.

use crate::shape::{MODEL, Object, Shape};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of a model file, as indented JSON.
#[must_use]
pub fn schema() -> String {
    let mut definitions = Map::new();
    let mut root = object(&MODEL, &mut definitions);
    if let Value::Object(root) = &mut root {
        root.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("title".into(), json!("Rolewright model"));
        root.insert("$defs".into(), Value::Object(definitions));
    }
    format!("{root:#}\n")
}

fn shape(shape: &Shape, definitions: &mut Map<String, Value>) -> Value {
    match shape {
        // What is a number or a truth value to YAML is a text to the language where it asks for one.
        Shape::Text => json!({ "type": ["string", "number", "boolean"] }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count => json!({ "type": "integer", "minimum": 0 }),
        Shape::Limit => json!({ "type": "integer", "minimum": -1 }),
        Shape::Day => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Shape::Instant => json!({
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}(:[0-9]{2}){0,2}(Z|[+-][0-9]{2}(:[0-9]{2}){0,2}))?$"
        }),
        Shape::Days => json!({ "type": "string", "pattern": "^[1-9][0-9]*d$" }),
        Shape::Word(["1"]) => json!({ "const": 1 }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::List(item) => json!({ "type": ["array", "null"], "items": self::shape(item, definitions) }),
        Shape::OneOrMore(item) => {
            let item = self::shape(item, definitions);
            json!({ "anyOf": [item, { "type": ["array", "null"], "items": item }] })
        }
        Shape::Map(item) => {
            json!({ "type": ["object", "null"], "additionalProperties": self::shape(item, definitions) })
        }
        Shape::Short(long) => {
            let long = reference(long, definitions);
            json!({ "anyOf": [{ "type": "string" }, long] })
        }
        Shape::Flags => json!({
            "anyOf": [
                { "type": "array", "items": { "type": "string" } },
                { "type": "object", "additionalProperties": { "type": "boolean" } }
            ]
        }),
        Shape::Object(object) => reference(object, definitions),
    }
}

fn reference(of: &'static Object, definitions: &mut Map<String, Value>) -> Value {
    let name = of.name.split_once(' ').map_or(of.name, |(_, noun)| noun).replace([' ', '\''], "-");
    if !definitions.contains_key(&name) {
        definitions.insert(name.clone(), Value::Null);
        let definition = object(of, definitions);
        definitions.insert(name.clone(), definition);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn object(object: &'static Object, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in object.keys {
        let mut value = shape(&key.shape, definitions);
        if let Value::Object(value) = &mut value {
            value.insert("description".into(), json!(key.about));
        }
        properties.insert(key.name.to_owned(), value);
    }
    let required: Vec<&str> = object.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let nothing_needed = required.is_empty();
    let mut schema = json!({
        "type": if nothing_needed { json!(["object", "null"]) } else { json!("object") },
        "additionalProperties": false,
        "properties": properties,
    });
    if let (Value::Object(schema), false) = (&mut schema, nothing_needed) {
        schema.insert("required".into(), json!(required));
    }
    schema
}
