//! Output of `--print-config`: every value and its source, as valid TOML for the configuration file. It never contains
//! a secret.

use std::fmt::Write;

use super::{Settings, Source};

/// Returns the environment variable of a setting, if there is one.
pub fn variable(key: &str) -> Option<&'static str> {
    match key {
        "url" => Some("HALO_URL"),
        "tenant" => Some("HALO_TENANT"),
        "client_id" => Some("HALO_CLIENT_ID"),
        "no_color" => Some("NO_COLOR"),
        "plain" => Some("ACCESSIBLE"),
        _ => None,
    }
}

/// Formats the table. `secret` is a description of the secret's source.
pub fn print(settings: &Settings, secret: &str) -> String {
    let mut out = String::new();
    for row in settings.rows() {
        let from = source_words(row.key, &row.source);
        let line = match row.value {
            Some(value) => format!("{} = {}", row.key, without_credentials(&value.to_string())),
            None => format!("# {} is not set", row.key),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{line:<56} # {from}");
    }
    let _ = writeln!(out, "{:<56} # {secret}", "# the secret is never shown");
    out
}

/// Describes the source of a setting to the operator: `HALO_URL`, `--client-id`, `profile acme`, or the path of the
/// file.
pub fn source_words(key: &str, source: &Source) -> String {
    match source {
        Source::Default => "default".into(),
        Source::File(path) => format!("{}", path.display()),
        Source::Profile(name) => format!("profile {name}"),
        Source::Environment => variable(key).unwrap_or("environment").to_owned(),
        Source::Flag => format!("--{}", key.replace('_', "-")),
    }
}

/// Hides a user name and password in an address; a proxy's address often contains them.
pub fn without_credentials(text: &str) -> String {
    let Some(start) = text.find("://").map(|at| at + 3) else { return text.to_owned() };
    let end = text[start..].find(['/', '?', '#', '"']).map_or(text.len(), |at| start + at);
    match text[start..end].rfind('@') {
        Some(at) => format!("{}[hidden]{}", &text[..start], &text[start + at..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layer;

    #[test]
    fn each_value_shows_its_source_and_no_password() {
        let mut settings = Settings::default();
        let layer = Layer {
            url: Some("https://acme.halopsa.com".into()),
            proxy: Some("http://me:canary@proxy:3128/".into()),
            ..Layer::default()
        };
        settings.apply(layer, &Source::Flag);
        settings.apply(Layer { tenant: Some("acme".into()), ..Layer::default() }, &Source::Environment);
        let shown = print(&settings, "from HALO_CLIENT_SECRET");
        let has = |key: &str, rest: &str| {
            assert!(shown.lines().any(|line| line.starts_with(key) && line.ends_with(rest)), "{key}: {shown}");
        };
        has("url = \"https://acme.halopsa.com\"", "# --url");
        has("tenant = \"acme\"", "# HALO_TENANT");
        has("timeout = 15", "# default");
        has("# client_id is not set", "# default");
        has("proxy = \"http://[hidden]@proxy:3128/\"", "# --proxy");
        has("# the secret is never shown", "# from HALO_CLIENT_SECRET");
        assert!(!shown.contains("canary"));
        assert!(toml::from_str::<crate::config::File>(&shown).is_ok(), "it is TOML again");
    }
}
