//! Writing of a report to a new file, refused if the text contains the secret.

use crate::app::Format;
use crate::domain::secret_text::{find_spelling, spellings};
use crate::secret::Secret;
use crate::store::{Paths, report_files};

/// Writes a report into the reports directory and returns the file's path.
///
/// # Errors
/// The secret was found in the text, or the file could not be written.
pub fn write(paths: &Paths, host: &str, format: Format, text: &str, secret: &Secret) -> Result<String, String> {
    if holds_secret(text, secret) {
        return Err("the client secret was found in the report. This is a bug in halo-onboard; please report it".into());
    }
    let name = format!("{}{}", plain(host), jiff::ZonedDateTime::now().strftime("%Y%m%d-%H%M%S"));
    let path =
        report_files::create(paths, &name, format.extension(), text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(path.display().to_string())
}

/// Turns a host into a file-name prefix.
fn plain(host: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' };
    let fit: String = host.chars().map(fit).collect();
    // Trimmed after the mapping: `[::1]:8080` begins and ends with what no name may.
    let name: String = fit.trim_start_matches(['.', '-']).chars().take(40).collect();
    let name = name.trim_end_matches(['.', '-']);
    if name.is_empty() { String::new() } else { format!("{name}-") }
}

/// Returns true if the text contains the secret in any usual encoding.
fn holds_secret(text: &str, secret: &Secret) -> bool {
    spellings(secret.expose()).iter().any(|spelling| find_spelling(text, spelling).is_some())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const SECRET: &str = "5b21&3c4<0d6e\"4f87'9a10%b2c3+d4e5/f607";

    #[test]
    fn the_secret_is_found_in_every_form() {
        let secret = Secret::new(SECRET.into());
        for form in spellings(SECRET) {
            let text = format!("# Report\nsomething {} more\n", form.as_str());
            assert!(holds_secret(&text, &secret), "{}", form.as_str());
        }
        assert!(!holds_secret("# Report\nnothing of it\n", &secret));
        assert!(!holds_secret("a report", &Secret::new("a".into())), "one letter stands in any report");
        assert!(!holds_secret("a report", &Secret::new(String::new())));
    }

    fn paths(dir: &tempfile::TempDir) -> Paths {
        Paths::at(dir.path().join("config.toml"), dir.path().join("state"))
    }

    #[test]
    fn a_report_with_the_secret_is_not_written() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let secret = Secret::new(SECRET.into());
        let text = format!("x{SECRET}x");
        let refused = write(&paths(&dir), "h", Format::Json, &text, &secret).expect_err("refused");
        assert!(refused.contains("secret was found") && !refused.contains(SECRET), "{refused}");
        assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 0);
    }

    proptest::proptest! {
        #[test]
        fn every_host_makes_a_name(host in "\\PC{0,60}", address: std::net::Ipv6Addr, port: u16) {
            for host in [host, format!("[{address}]:{port}"), address.to_string()] {
                let name = format!("{}20261128-101500", plain(&host));
                proptest::prop_assert!(crate::domain::profile::is_name(&name), "{host:?} {name:?}");
            }
        }
    }

    #[test]
    fn files_are_new_and_their_names_are_tame() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let none = Secret::new(String::new());
        let long = "x".repeat(300);
        for host in [
            "acme.example:8443/../x",
            "",
            "-rf",
            &long,
            "münchen.example",
            "[::1]:8080",
            "[2001:db8::7]",
            "::",
            "..",
            "_",
        ] {
            let written = || write(&paths(&dir), host, Format::Markdown, "text", &none).expect("written");
            let (one, two) = (written(), written());
            assert_ne!(one, two, "nothing is written over");
            assert!(one.ends_with(".md") && Path::new(&one).starts_with(dir.path().join("state")), "{one}");
        }
    }
}
