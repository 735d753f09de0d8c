//! The one place where names and literals become SQL text.

/// Characters that stand for something in statements that are told before they are whole (`model::STATEMENT`, `model::QUOTE`). A name
/// or text that has one is written without it.
const RESERVED: [char; 2] = [model::STATEMENT, model::QUOTE];

/// A name as an identifier, quoted unless every version reads it the same without quotes.
#[must_use]
pub fn identifier(name: &str) -> String {
    if name.contains(RESERVED) {
        let escaped = name.replace('"', "\"\"").replace('\\', "\\\\");
        let written =
            |c: char| if RESERVED.contains(&c) { format!("\\{:04x}", u32::from(c)) } else { c.to_string() };
        return format!("U&\"{}\"", escaped.chars().map(written).collect::<String>());
    }
    let plain = |c: char| c.is_ascii_lowercase() || c == '_';
    if name.starts_with(plain)
        && name.chars().all(|c| plain(c) || c.is_ascii_digit())
        && KEYWORDS.binary_search(&name).is_err()
    {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a string literal that reads the same whatever `standard_conforming_strings` says.
#[must_use]
pub fn literal(text: &str) -> String {
    let escaped = text.contains('\\') || text.contains(RESERVED);
    let mut quoted = String::with_capacity(text.len() + 3);
    quoted.push_str(if escaped { "E'" } else { "'" });
    for c in text.chars() {
        if RESERVED.contains(&c) {
            quoted.push_str(&format!("\\{:03o}", u32::from(c)));
            continue;
        }
        if c == '\'' || (escaped && c == '\\') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

/// psql's command that goes on in another database. psql takes a name with `=` or `://` in it for a connection string, so
/// every name but the plainest is written as one. Inside single quotes it reads backslashes as C does, and then takes double
/// quotes away.
#[must_use]
pub fn psql_connect(database: &str) -> String {
    if !database.is_empty() && database.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return format!("\\connect {database}\n");
    }
    let value = database.replace('\\', "\\\\").replace('\'', "\\'");
    let mut quoted = String::with_capacity(value.len() + 16);
    for c in format!("dbname='{value}'").replace('"', "\"\"").chars() {
        match c {
            '\'' => quoted.push_str("''"),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\{:03o}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    format!("\\connect -reuse-previous=on '\"{quoted}\"'\n")
}

/// Every word that some version from 14 to 18 does not take as any kind of name without quotes
/// (`pg_get_keywords()`, all categories but the unreserved), in order.
#[rustfmt::skip]
pub(crate) const KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character",
    "check", "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create",
    "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct",
    "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign",
    "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike", "in",
    "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull",
    "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg",
    "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading",
    "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national",
    "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset",
    "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position",
    "precision", "primary", "real", "references", "returning", "right", "row", "select", "session_user",
    "setof", "similar", "smallint", "some", "substring", "symmetric", "system_user", "table",
    "tablesample", "then", "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union",
    "unique", "user", "using", "values", "varchar", "variadic", "verbose", "when", "where", "window",
    "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces",
    "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable"
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_quotes() {
        assert_eq!(identifier(r#"a"b"#), r#""a""b""#);
        assert_eq!(identifier("orders_2"), "orders_2");
        assert_eq!(identifier("Orders"), "\"Orders\"");
        assert_eq!(identifier("user"), "\"user\"");
        assert_eq!(identifier("2nd"), "\"2nd\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\'b"), r"E'a\\''b'");
        assert_eq!(psql_connect("Shop_2"), "\\connect Shop_2\n");
        assert_eq!(psql_connect("x=y 'z"), "\\connect -reuse-previous=on '\"dbname=''x=y \\\\''z''\"'\n");
        assert_eq!(psql_connect("a\nb"), "\\connect -reuse-previous=on '\"dbname=''a\\012b''\"'\n");
    }
}
