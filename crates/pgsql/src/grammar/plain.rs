//! The head of a routine in types that every server has, so that the grammar takes its body without knowing its schema.

use std::collections::BTreeSet;

use pg_query::protobuf::{
    CreateFunctionStmt, DefElem, DefElemAction, FunctionParameter, FunctionParameterMode, List,
    String as Name, TypeName,
};
use pg_query::{Node, NodeEnum};

/// What the function of a trigger finds.
const OF_TRIGGER: [(&str, &str); 12] = [
    ("new", "record"),
    ("old", "record"),
    ("tg_argv", "text"),
    ("tg_level", "text"),
    ("tg_name", "text"),
    ("tg_nargs", "text"),
    ("tg_op", "text"),
    ("tg_relid", "text"),
    ("tg_relname", "text"),
    ("tg_table_name", "text"),
    ("tg_table_schema", "text"),
    ("tg_when", "text"),
];

/// What the function of an event trigger finds.
const OF_EVENT_TRIGGER: [(&str, &str); 2] = [("tg_event", "text"), ("tg_tag", "text")];

/// Gives a routine this source, and its parameters and result plain types; those in `rows` are rows.
pub(super) fn make(routine: &mut CreateFunctionStmt, source: &str, rows: &BTreeSet<String>) {
    // The body may put the routine's name before its parameters, and the grammar takes the first part for that.
    routine.funcname.drain(..routine.funcname.len().saturating_sub(1));
    let mut results = Vec::new();
    for node in &mut routine.parameters {
        let Some(NodeEnum::FunctionParameter(parameter)) = node.node.as_mut() else { continue };
        if parameter_is(parameter, FunctionParameterMode::FuncParamVariadic) {
            // An array, of whatever type, is a variable like any other inside.
            parameter.mode = FunctionParameterMode::FuncParamIn as i32;
        }
        let of_type = parameter_type(parameter, rows);
        if is_result(parameter) {
            results.push(of_type);
        }
        parameter.arg_type = Some(type_name(of_type));
        parameter.defexpr = None;
        if !parameter.name.is_empty() {
            // What writes the tree as text takes these names for plain ones.
            parameter.name = ["\"", &parameter.name.replace('"', "\"\""), "\""].concat();
        }
    }
    if let Some(result) = routine.return_type.as_mut() {
        let own = result.names.last().and_then(name_of).unwrap_or_default();
        let plain = match (results.as_slice(), own.as_str()) {
            // The grammar leaves holes where the variables of a trigger are, so these come as parameters.
            ([], "trigger") => {
                routine.parameters = variables(&OF_TRIGGER);
                "record"
            }
            ([], "event_trigger") => {
                routine.parameters = variables(&OF_EVENT_TRIGGER);
                "void"
            }
            ([], "void") => "void",
            ([], _) => "text",
            ([only], _) => only,
            _ => "record",
        };
        *result = TypeName { setof: result.setof, ..type_name(plain) };
    }
    routine.options = vec![
        option("language", string("plpgsql")),
        option("as", node(NodeEnum::List(List { items: vec![string(source)] }))),
    ];
}

fn variables(all: &[(&str, &str)]) -> Vec<Node> {
    let parameter = |&(name, of_type): &(&str, &str)| {
        node(NodeEnum::FunctionParameter(Box::new(FunctionParameter {
            name: name.to_owned(),
            arg_type: Some(type_name(of_type)),
            mode: FunctionParameterMode::FuncParamIn as i32,
            ..FunctionParameter::default()
        })))
    };
    all.iter().map(parameter).collect()
}

fn parameter_type(parameter: &FunctionParameter, rows: &BTreeSet<String>) -> &'static str {
    let own = parameter.arg_type.as_ref().and_then(|of_type| of_type.names.last()).and_then(name_of);
    match own.as_deref() {
        Some("refcursor") => "refcursor",
        Some("record") => "record",
        _ if rows.contains(&parameter.name) => "record",
        _ => "text",
    }
}

fn is_result(parameter: &FunctionParameter) -> bool {
    [
        FunctionParameterMode::FuncParamOut,
        FunctionParameterMode::FuncParamInout,
        FunctionParameterMode::FuncParamTable,
    ]
    .into_iter()
    .any(|mode| parameter_is(parameter, mode))
}

fn parameter_is(parameter: &FunctionParameter, mode: FunctionParameterMode) -> bool {
    parameter.mode == mode as i32
}

fn type_name(name: &str) -> TypeName {
    TypeName { names: vec![string("pg_catalog"), string(name)], typemod: -1, ..TypeName::default() }
}

fn option(name: &str, value: Node) -> Node {
    let element = DefElem {
        defname: name.to_owned(),
        arg: Some(Box::new(value)),
        defaction: DefElemAction::DefelemUnspec as i32,
        ..DefElem::default()
    };
    node(NodeEnum::DefElem(Box::new(element)))
}

fn string(text: &str) -> Node {
    node(NodeEnum::String(Name { sval: text.to_owned() }))
}

fn node(inside: NodeEnum) -> Node {
    Node { node: Some(inside) }
}

fn name_of(node: &Node) -> Option<String> {
    match node.node.as_ref()? {
        NodeEnum::String(name) => Some(name.sval.clone()),
        _ => None,
    }
}
