//! The page as its reader sees it, in lines of text: for the preview, which has no browser. It is made from the page
//! itself, so that nothing is on the one and not on the other.

use unicode_width::UnicodeWidthStr;

/// Wider columns come last and are not padded.
const COLUMN: usize = 24;

/// The text of a page that this program wrote; it knows the tags of that page only.
pub(super) fn text_of_page(page: &str) -> String {
    let body = page.split_once("<body>").map_or(page, |(_, body)| body);
    let mut reader = Reader::default();
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        reader.tag(tag.split(' ').next().unwrap_or_default());
        reader.line.push_str(&unescaped(text).replace('\n', " "));
    }
    reader.flush();
    reader.lines.join("\n").trim().to_owned() + "\n"
}

#[derive(Default)]
struct Reader {
    lines: Vec<String>,
    /// The text since the last line or cell.
    line: String,
    indent: &'static str,
    items: usize,
    rows: Vec<Vec<String>>,
}

impl Reader {
    fn tag(&mut self, tag: &str) {
        match tag {
            "h2" | "dl" | "footer" => {
                self.flush();
                self.lines.push(String::new());
            }
            "li" => {
                self.flush();
                self.items += 1;
                self.line = format!("{}. ", self.items);
            }
            "p" => {
                self.flush();
                self.indent = if self.items > 0 { "   " } else { "" };
            }
            "/dt" => self.line = format!("{:<22}", format!("{}:", self.line.trim())),
            "/ol" => (self.items, self.indent) = (0, ""),
            "/p" | "/h1" | "/h2" | "/small" | "/dd" | "/li" | "/footer" => self.flush(),
            "tr" => self.rows.push(Vec::new()),
            "td" | "th" => self.line.clear(),
            "/td" | "/th" => {
                let cell = std::mem::take(&mut self.line);
                self.rows.last_mut().into_iter().for_each(|row| row.push(cell.trim().to_owned()));
            }
            "/table" => self.table(),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() {
            self.lines.push(format!("{}{}", self.indent, line.trim()));
        }
        self.indent = "";
    }

    /// The table's narrow columns side by side, the wide ones after them.
    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let widest = |column: usize| rows.iter().filter_map(|row| Some(row.get(column)?.width())).max().unwrap_or(0);
        let mut order: Vec<(usize, usize)> = (0..columns).map(|column| (column, widest(column))).collect();
        order.sort_by_key(|(_, width)| *width > COLUMN);
        for row in &rows {
            let mut line = String::new();
            for (column, width) in &order {
                let cell = row.get(*column).map_or("", String::as_str);
                let gap = if *width > COLUMN { 0 } else { width - cell.width() };
                line.push_str(&format!("{cell}{}  ", " ".repeat(gap)));
            }
            self.lines.push(line.trim_end().to_owned());
        }
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_line_by_line() {
        let page = "<html><head><title>no</title></head><body>\n<header class=\"x\"><h1><small>T &amp; H</small>READY</h1>\
            </header>\n<p class=\"demo\">DEMO</p>\n<dl>\n<dt>Tenant</dt><dd>a&lt;b</dd>\n</dl>\n<h2>What to do</h2>\n\
            <ol class=\"fixes\">\n<li class=\"note\"><strong>One.</strong> <code>a.b</code><p>step</p></li>\n</ol>\n\
            <div><section><h2>Checks</h2>\n<table>\n<tr><th>Result</th><th>Seen</th><th>Time</th></tr>\n\
            <tr><td class=\"s\">✓ ok</td><td>what was seen is a long text &amp;lt;</td><td>9 ms</td></tr>\n</table>\n\
            </section></div><footer>End.</footer></body></html>";
        let wanted = "T & H\nREADY\nDEMO\n\nTenant:               a<b\n\nWhat to do\n1. One. a.b\n   step\n\nChecks\n\
            Result  Time  Seen\n✓ ok    9 ms  what was seen is a long text &lt;\n\nEnd.\n";
        assert_eq!(text_of_page(page), wanted);
    }
}
