//! Text as HTML: whatever comes from a database or a page goes through [`escaped`], and through nothing else.

use crate::terminal::printable;

/// A text as it may stand anywhere in a page, between tags and in a quoted attribute. What would turn the text around
/// or steer a terminal is written out.
pub(crate) fn escaped(text: &str) -> String {
    let text = printable(text);
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// A section of a manual page. Pages are written in a small part of Markdown: paragraphs, lists, tables, fenced code,
/// and code within a sentence.
pub(crate) fn prose(page: &str) -> String {
    let mut html = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            html.push_str(&format!("<pre>{}</pre>\n", escaped(&code.join("\n"))));
        } else if line.starts_with('|') {
            let mut rows = row(line, "th");
            while let Some(next) = lines.next_if(|next| next.starts_with('|')) {
                rows.push_str(&if next.starts_with("|---") { String::new() } else { row(next, "td") });
            }
            html.push_str(&format!("<table>\n{rows}</table>\n"));
        } else if !line.is_empty() {
            let mut text = line.to_owned();
            while let Some(next) = lines.next_if(|next| continues(next)) {
                text.push(' ');
                text.push_str(next.trim_start());
            }
            html.push_str(&match text.strip_prefix("- ") {
                Some(item) => format!("<ul><li>{}</li></ul>\n", sentence(item)),
                None => format!("<p>{}</p>\n", sentence(&text)),
            });
        }
    }
    html.replace("</ul>\n<ul>", "\n")
}

/// True if the line goes on with the paragraph before it.
fn continues(line: &str) -> bool {
    !line.is_empty() && !["|", "```", "- "].iter().any(|begin| line.starts_with(begin))
}

fn row(line: &str, tag: &str) -> String {
    let cells =
        line.trim_matches('|').split('|').map(|cell| format!("<{tag}>{}</{tag}>", sentence(cell.trim())));
    format!("<tr>{}</tr>\n", cells.collect::<String>())
}

/// A sentence, in which backquotes stand around code.
fn sentence(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| {
            let part = escaped(part);
            if at % 2 == 1 { format!("<code>{part}</code>") } else { part }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{escaped, prose};

    #[test]
    fn nothing_gets_out_of_its_text() {
        assert_eq!(
            escaped("<script>\"a\" & 'b'</script>\u{202e}\u{1b}"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;\\u{202e}\\u{1b}"
        );
    }

    #[test]
    fn a_page_keeps_its_form() {
        let page = "One `a<b`\nsentence.\n\n- first\n- second,\n  longer\n\n```sql\nSELECT 1\n  < 2;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |";
        assert_eq!(
            prose(page),
            "<p>One <code>a&lt;b</code> sentence.</p>\n<ul><li>first</li>\n<li>second, longer</li></ul>\n\
             <pre>SELECT 1\n  &lt; 2;</pre>\n<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>2</td></tr>\n</table>\n"
        );
    }
}
