//! Table of the settings: the patch that one source provides, and the values that result once all sources have been
//! applied.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::print_config;
use crate::domain::profile::Profile;
use crate::domain::secret_destination::{Destination, SourcedValue};

/// The table `[keys]`: the keys of each action, with their positions in the file.
pub type KeyTable = BTreeMap<Spanned<String>, Vec<Spanned<String>>>;

/// Source of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// No source provides the value.
    #[default]
    Default,
    /// The configuration file.
    File(PathBuf),
    /// A profile of the configuration file.
    Profile(String),
    /// An environment variable.
    Environment,
    /// The command line.
    Flag,
}

/// An optional value and its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value<T> {
    /// The value.
    pub value: Option<T>,
    /// Where it came from.
    pub source: Source,
}

impl<T> Value<T> {
    fn put(&mut self, value: Option<T>, source: &Source) {
        if value.is_some() {
            *self = Self { value, source: source.clone() };
        }
    }
}

impl<T: Clone + Default> Value<T> {
    /// Returns the value, or the type's default.
    pub fn get(&self) -> T {
        self.value.clone().unwrap_or_default()
    }
}

/// Row of the table, for `--print-config`.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Name of the setting, as in the file.
    pub key: &'static str,
    /// The value in TOML.
    pub value: Option<toml::Value>,
    /// Where it came from.
    pub source: Source,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr;)*) => {
        /// The settings of one source, as a patch.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Layer { $($(#[$doc])* pub $name: Option<$type>,)* }

        /// The configuration file: the same settings, and the profiles.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct File {
            /// Version of the file; `store::profiles` has checked it.
            pub version: Option<u32>,
            $($(#[$doc])* pub $name: Option<$type>,)*
            /// Custom keys of the interface; `tui::keymap` validates them.
            pub keys: KeyTable,
            /// Tenants by name.
            pub profiles: BTreeMap<String, Profile>,
        }

        impl File {
            /// The keys that are allowed in the file besides the version and the profiles.
            pub const KNOWN: &'static [&'static str] = &[$(stringify!($name),)* "keys"];

            /// The file's own settings, without the profiles.
            pub fn layer(&self) -> Layer {
                Layer { $($name: self.$name.clone(),)* }
            }
        }

        /// The resulting settings.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Settings { $($(#[$doc])* pub $name: Value<$type>,)* }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($name: Value { value: $default, source: Source::Default },)* }
            }
        }

        impl Settings {
            /// Applies a source over the current values.
            pub fn apply(&mut self, layer: Layer, source: &Source) {
                $(self.$name.put(layer.$name, source);)*
            }

            /// Returns the rows in order of display.
            pub fn rows(&self) -> Vec<Row> {
                vec![$(Row {
                    key: stringify!($name),
                    value: self.$name.value.as_ref().and_then(|value| toml::Value::try_from(value).ok()),
                    source: self.$name.source.clone(),
                },)*]
            }
        }
    };
}

settings! {
    /// Resource Server.
    url: String = None;
    /// Tenant.
    tenant: String = None;
    /// Client ID.
    client_id: String = None;
    /// Scopes to request; automatic if absent.
    scope: String = None;
    /// Authorisation Server as Halo shows it, for a Halo whose discovery names none.
    auth_url: String = None;
    /// Origins, besides the resource server's, that may receive the secret.
    allow_auth_origin: Vec<String> = Some(Vec::new());
    /// Command that prints the secret, as an argument list; no shell is involved.
    secret_command: Vec<String> = Some(Vec::new());
    /// The profile to use.
    profile: String = None;
    /// Path of a guide that replaces the built-in one.
    guide: PathBuf = None;
    /// File of certificates that are trusted in addition to the platform's.
    ca_file: PathBuf = None;
    /// Proxy; taken from the environment if absent.
    proxy: String = None;
    /// Timeout of one HTTP request, in seconds.
    timeout: Timeout = Some(Timeout::default());
    /// No colour.
    no_color: bool = Some(false);
    /// ASCII characters only.
    ascii: bool = Some(false);
    /// Plain mode: prompts and lines instead of a full screen.
    plain: bool = Some(false);
    /// Output format of `check`.
    format: Format = Some(Format::Human);
}

impl Settings {
    /// Returns the effective address and Client ID, each with its source.
    pub fn destination(&self) -> Destination {
        let given =
            |key, value: &Value<String>| SourcedValue::new(value.get(), print_config::source_words(key, &value.source));
        Destination { url: given("url", &self.url), client_id: given("client_id", &self.client_id) }
    }
}

impl Layer {
    /// Returns the patch without the settings of a connection and its secret.
    pub fn without_connection(self) -> Self {
        Self {
            url: None,
            tenant: None,
            client_id: None,
            scope: None,
            auth_url: None,
            allow_auth_origin: None,
            secret_command: None,
            profile: None,
            ..self
        }
    }
}

impl From<&Profile> for Layer {
    fn from(profile: &Profile) -> Self {
        let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
        Self {
            url: profile.url.clone(),
            tenant: profile.tenant.clone(),
            client_id: profile.client_id.clone(),
            scope: profile.scope.clone(),
            auth_url: profile.auth_url.clone(),
            allow_auth_origin: some(&profile.allow_auth_origin),
            secret_command: some(&profile.secret_command),
            guide: profile.guide.clone(),
            ..Self::default()
        }
    }
}

/// Output format of `check`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people: a line per check, the fixes, one verdict line last
    #[default]
    Human,
    /// One JSON object (schemas/report.v1.json)
    Json,
    /// One JSON object a line: the events as they happen, the report last
    Jsonl,
    /// JUnit XML, for CI
    Junit,
    /// Text for Prometheus' textfile collector
    Prometheus,
    /// For a ticket or a hand-over
    Markdown,
}

/// Timeout of one HTTP request: 1 to 600 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "u64")]
pub struct Timeout(u64);

impl Default for Timeout {
    fn default() -> Self {
        Self(15)
    }
}

impl TryFrom<u64> for Timeout {
    type Error = String;

    fn try_from(seconds: u64) -> Result<Self, String> {
        match seconds {
            1..=600 => Ok(Self(seconds)),
            _ => Err(format!("timeout is {seconds}; it must be from 1 to 600 (seconds)")),
        }
    }
}

impl std::str::FromStr for Timeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse::<u64>().map_err(|_| "a whole number of seconds, 1 to 600".to_owned())?.try_into()
    }
}

impl From<Timeout> for Duration {
    fn from(timeout: Timeout) -> Self {
        Self::from_secs(timeout.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stronger_sources_win_and_silence_changes_nothing() {
        let mut settings = Settings::default();
        let says = |url: Option<&str>, no_color| Layer { url: url.map(str::to_owned), no_color, ..Layer::default() };
        for (layer, source) in [
            (says(Some("https://file.example"), Some(true)), Source::File("c.toml".into())),
            (says(Some("https://profile.example"), None), Source::Profile("acme".into())),
            (says(None, None), Source::Environment),
            (says(Some("https://flag.example"), None), Source::Flag),
        ] {
            settings.apply(layer, &source);
        }
        assert_eq!(settings.url.get(), "https://flag.example");
        assert_eq!(settings.url.source, Source::Flag);
        assert_eq!((settings.no_color.get(), &settings.no_color.source), (true, &Source::File("c.toml".into())));
        assert_eq!(settings.timeout, Settings::default().timeout);
    }

    #[test]
    fn timeouts_have_bounds() {
        for (text, fine) in [("1", true), ("600", true), ("0", false), ("601", false), ("-1", false), ("1.5", false)] {
            assert_eq!(text.parse::<Timeout>().is_ok(), fine, "{text}");
        }
    }
}
