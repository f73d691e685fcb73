//! Web pages where JSON was due: recognised by what they hold, since the content type is a hint and no proof.

/// Size of the searched start of a page.
const HEAD: usize = 16 * 1024;
/// Longest title that is shown.
const TITLE: usize = 120;

/// Returns true for a web page.
pub(in crate::probe) fn looks_like_html(body: &[u8], content_type: Option<&str>) -> bool {
    let head = lowercase_head(body);
    let head = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !head.starts_with('<') || head.starts_with("<?xml") && !head.contains("<html") {
        return false;
    }
    content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
        || ["<!doctype html", "<html", "<head", "<body", "<title", "<script", "<h1", "<div", "<center"]
            .iter()
            .any(|tag| head.contains(tag))
}

/// The page's title, on one line.
pub(in crate::probe) fn title(body: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&body[..body.len().min(HEAD)]).into_owned();
    // ASCII only: the offsets must stay those of the original.
    let lower = head.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let begin = open + lower[open..].find('>')? + 1;
    let end = begin + lower[begin..].find("</title").unwrap_or(lower.len() - begin);
    let words: Vec<&str> = head[begin..end].split_whitespace().collect();
    let title: String = entities(&words.join(" ")).chars().take(TITLE).collect();
    (!title.is_empty()).then_some(title)
}

fn entities(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&ndash;", "-"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn lowercase_head(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(HEAD)]).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_recognised_by_content() {
        for (body, content_type, page) in [
            ("<!DOCTYPE html><html></html>", None, true),
            ("\u{feff}\n <HTML>", None, true),
            ("<!-- hello --><head>", None, true),
            ("<p>x</p>", Some("text/html; charset=utf-8"), true),
            ("<?xml version=\"1.0\"?><!DOCTYPE html><html xmlns=\"x\">", None, true),
            ("<?xml version=\"1.0\"?><Error/>", Some("application/xml"), false),
            ("<string>x</string>", None, false),
            ("{\"html\":\"<html>\"}", Some("text/html"), false),
            ("", Some("text/html"), false),
        ] {
            assert_eq!(looks_like_html(body.as_bytes(), content_type), page, "{body}");
        }
    }

    #[test]
    fn titles() {
        for (body, wanted) in [
            ("<title>Log in</title>", Some("Log in")),
            ("<TITLE lang=en>\n  Sign&nbsp;in &amp; go\n</TITLE >", Some("Sign in & go")),
            ("<title>never ends", Some("never ends")),
            ("<title></title>", None),
            ("<title", None),
            ("\u{130}\u{130}<title>\u{130}</title>", Some("\u{130}")),
            ("no page", None),
        ] {
            assert_eq!(title(body.as_bytes()).as_deref(), wanted, "{body}");
        }
        assert_eq!(title(format!("<title>{}", "x".repeat(9999)).as_bytes()).map(|t| t.len()), Some(TITLE));
    }
}
