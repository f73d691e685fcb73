//! Writes a report into a new file that only its owner can read, unless the secret is found in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::app::Format;
use crate::secret::Secret;

/// Shorter texts stand in any report by chance.
const SHORTEST: usize = 6;
/// How many names are tried when files of the same second are there already.
const NAMES: u32 = 100;

/// Writes a report; the file's name.
///
/// # Errors
/// The secret was found in the text, or the file could not be written.
pub fn write(dir: &Path, host: &str, format: Format, text: &str, secret: &Secret) -> Result<String, String> {
    if holds_secret(text, secret) {
        return Err("the client secret was found in the report. That is this program's fault; please report it".into());
    }
    let stamp = jiff::ZonedDateTime::now().strftime("%Y%m%d-%H%M%S").to_string();
    let (path, mut file) = create(dir, &format!("halo-onboard-{}-{stamp}", plain(host)), format.extension())
        .map_err(|error| format!("{}: {error}", dir.display()))?;
    if let Err(error) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
        // Half a report is worse than none; when it cannot be removed either, the error below says enough.
        let _ = std::fs::remove_file(&path);
        return Err(format!("{}: {error}", path.display()));
    }
    Ok(path.display().to_string())
}

/// Makes a file that is not there yet, readable and writable by its owner alone.
fn create(dir: &Path, stem: &str, extension: &str) -> io::Result<(std::path::PathBuf, File)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for number in 1..NAMES {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let path = dir.join(format!("{stem}{more}.{extension}"));
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (path, file)),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// A host as part of a file's name.
fn plain(host: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' };
    host.chars().take(60).map(fit).collect::<String>().trim_start_matches(['.', '-']).to_owned()
}

/// Is the secret in the text: as it is, in halves, or as URL, JSON, HTML, base64 or hexadecimal write it?
fn holds_secret(text: &str, secret: &Secret) -> bool {
    let lower = Zeroizing::new(text.to_lowercase());
    forms(secret.expose())
        .iter()
        .any(|form| form.len() >= SHORTEST && (text.contains(form.as_str()) || lower.contains(&form.to_lowercase())))
}

fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let middle = secret.char_indices().nth(secret.chars().count() / 2).map_or(0, |(at, _)| at);
    let (first, second) = secret.split_at(middle);
    let mut forms = vec![secret.to_owned()];
    if first.len() >= 2 * SHORTEST {
        forms.extend([first.to_owned(), second.to_owned()]);
    }
    forms.push(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    forms.push(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
    forms.push(serde_json::to_string(secret).unwrap_or_default().trim_matches('"').to_owned());
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    forms.push(html.replace('"', "&quot;").replace('\'', "&#39;"));
    forms.extend([STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().map(|code| code.encode(secret)));
    forms.into_iter().map(Zeroizing::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "5b21&3c4<0d6e\"4f87'9a10%b2c3+d4e5/f607";

    #[test]
    fn the_secret_is_found_in_every_form() {
        let secret = Secret::new(SECRET.into());
        for form in forms(SECRET) {
            let text = format!("# Report\nsomething {} more\n", form.as_str());
            assert!(holds_secret(&text, &secret), "{}", form.as_str());
        }
        assert!(!holds_secret("# Report\nnothing of it\n", &secret));
        assert!(!holds_secret("a report", &Secret::new("a".into())), "one letter stands in any report");
        assert!(!holds_secret("a report", &Secret::new(String::new())));
    }

    #[test]
    fn a_report_with_the_secret_is_not_written() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let secret = Secret::new(SECRET.into());
        let refused = write(dir.path(), "h", Format::Json, &format!("x{SECRET}x"), &secret).expect_err("refused");
        assert!(refused.contains("secret was found") && !refused.contains(SECRET), "{refused}");
        assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 0);
    }

    #[test]
    fn files_are_new_and_private() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let secret = Secret::new(String::new());
        let names: Vec<String> = (0..3)
            .map(|_| write(dir.path(), "acme.example:8443/../x", Format::Markdown, "text", &secret).expect("written"))
            .collect();
        assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 3, "{names:?}");
        for name in &names {
            assert_eq!(Path::new(name).parent(), Some(dir.path()), "{name}");
            assert!(name.ends_with(".md") && name.contains("acme.example-8443"), "{name}");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = std::fs::metadata(name).expect("there").permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
            }
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let secret = Secret::new(String::new());
        let error = write(Path::new("/no/such/folder"), "h", Format::Json, "{}", &secret).expect_err("no folder");
        assert!(error.contains("/no/such/folder"), "{error}");
    }
}
