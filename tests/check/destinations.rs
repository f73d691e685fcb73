//! Which host receives which secret: sources of the secret × sources of the address and Client ID × outputs.

use crate::program_output::{Done, ID, Run};
use crate::recording_host::RecordingHost;

/// Another Client ID than [`ID`].
const OTHER_ID: &str = "0a1b2c3d-dde9-4d04-9d45-32b1fbff22ed";
/// A secret for each source, that is in no other's.
const OF_PROFILE: &str = "11111111-0d6e-4f87-9a10-b2c3d4e5f607-11111111-5c6d-4e7f-8091-a2b3c4d5e6f7";
const OF_FILE: &str = "22222222-0d6e-4f87-9a10-b2c3d4e5f607-22222222-5c6d-4e7f-8091-a2b3c4d5e6f7";
const OF_VARIABLE: &str = "33333333-0d6e-4f87-9a10-b2c3d4e5f607-33333333-5c6d-4e7f-8091-a2b3c4d5e6f7";
const OF_FLAG: &str = "44444444-0d6e-4f87-9a10-b2c3d4e5f607-44444444-5c6d-4e7f-8091-a2b3c4d5e6f7";
const OF_INPUT: &str = "55555555-0d6e-4f87-9a10-b2c3d4e5f607-55555555-5c6d-4e7f-8091-a2b3c4d5e6f7";
const SECRETS: [&str; 5] = [OF_PROFILE, OF_FILE, OF_VARIABLE, OF_FLAG, OF_INPUT];

/// What is expected of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    /// The other host receives this secret, the saved one nothing.
    Other(&'static str),
    /// The saved host receives this secret, the other one nothing.
    Saved(&'static str),
    /// Nobody receives anything; both of these sources are named.
    Refused(&'static str, &'static str),
}

use Expected::{Other, Refused, Saved};

/// The hosts: A is the one that was saved, B another one.
struct Hosts {
    a: RecordingHost,
    b: RecordingHost,
}

impl Hosts {
    fn start() -> Self {
        Self { a: RecordingHost::start(), b: RecordingHost::start() }
    }

    /// A text with the places of addresses and secrets filled in.
    fn fill(&self, text: &str) -> String {
        text.replace("{A}", &self.a.url())
            .replace("{A.port}", &self.a.port().to_string())
            .replace("{B}", &self.b.url())
            .replace("{ID}", ID)
            .replace("{ID2}", OTHER_ID)
    }

    /// The configuration, of lines in the file's head and lines of the profile `acme`.
    fn config(&self, file: &str, profile: &str) -> String {
        let secret =
            |text: &str, secret: &str| text.replace("COMMAND", &format!("secret_command = [\"echo\", \"{secret}\"]"));
        self.fill(&format!("{}\n[profiles.acme]\n{}\n", secret(file, OF_FILE), secret(profile, OF_PROFILE)))
    }

    fn run(&self, case: &Case, more: &[&str]) -> Done {
        let words = self.fill(case.words).replace("FLAG", &format!("--secret-command=echo\u{a0}{OF_FLAG}"));
        let words: Vec<String> = words.split(' ').map(|word| word.replace('\u{a0}', " ")).collect();
        let words: Vec<&str> =
            words.iter().map(String::as_str).filter(|word| !word.is_empty()).chain(more.iter().copied()).collect();
        let mut run =
            Run::words(&words).config(&self.config(case.file, case.profile)).input(format!("{OF_INPUT}\n").as_bytes());
        for variable in case.environment.split(' ').filter(|text| !text.is_empty()) {
            let (name, value) = variable.split_once('=').unwrap_or((variable, OF_VARIABLE));
            run = run.env(name, &self.fill(value));
        }
        run.done()
    }

    /// Holds what each host received against what was expected.
    fn assert(&self, case: &Case, done: &Done, format: &str) {
        let (at_a, at_b) = (self.a.take(), self.b.take());
        let received = |text: &str| SECRETS.into_iter().filter(|secret| text.contains(secret)).collect::<Vec<_>>();
        let wanted: (Vec<&str>, Vec<&str>) = match case.expected {
            Saved(secret) => (vec![secret], vec![]),
            Other(secret) => (vec![], vec![secret]),
            Refused(..) => (vec![], vec![]),
        };
        assert_eq!((received(&at_a), received(&at_b)), wanted, "{format} {case:?}\n{done:?}");
        assert!(SECRETS.iter().all(|secret| !done.all().contains(&secret[..18])), "{format} {case:?}\n{done:?}");
        match case.expected {
            Refused(one, two) => {
                assert_eq!(done.status, 78, "{format} {case:?}\n{done:?}");
                assert!(at_a.is_empty() && at_b.is_empty(), "{format} {case:?}: something was sent\n{at_a}{at_b}");
                let said = done.all();
                if format == "prometheus" && case.words.contains("--all-profiles") {
                    // Metrics of many tenants hold no sentence.
                    return;
                }
                assert!(said.contains(one) && said.contains(two), "{format} {case:?}\n{done:?}");
                assert!(said.contains("local.config_invalid"), "{format} {case:?}\n{done:?}");
            }
            _ => assert_eq!(done.status, 77, "the host knows no client: {format} {case:?}\n{done:?}"),
        }
    }
}

#[derive(Debug)]
struct Case {
    /// Lines above the profiles.
    file: &'static str,
    /// Lines of the profile.
    profile: &'static str,
    /// Variables; `HALO_CLIENT_SECRET` without a value has the variable's secret.
    environment: &'static str,
    words: &'static str,
    expected: Expected,
}

/// One line of the table.
const fn case(
    file: &'static str,
    profile: &'static str,
    environment: &'static str,
    words: &'static str,
    expected: Expected,
) -> Case {
    Case { file, profile, environment, words, expected }
}

const WHOLE: &str = "url = \"{A}\"\nclient_id = \"{ID}\"\nCOMMAND";
const BARE: &str = "url = \"{A}\"\nclient_id = \"{ID}\"";
const ACME: &str = "check --profile acme";

const CASES: &[Case] = &[
    // The profile's own values: its secret, and those that are given beside it.
    case("", WHOLE, "", ACME, Saved(OF_PROFILE)),
    case("", WHOLE, "HALO_CLIENT_SECRET", ACME, Saved(OF_VARIABLE)),
    case("", WHOLE, "HALO_CLIENT_SECRET", "check --profile acme --secret-stdin", Saved(OF_INPUT)),
    case("", WHOLE, "HALO_CLIENT_SECRET", "check --profile acme FLAG", Saved(OF_FLAG)),
    // The same origin and Client ID, spelled in another way.
    case("", WHOLE, "HALO_URL={A}/", ACME, Saved(OF_PROFILE)),
    case("", WHOLE, "HALO_URL=HTTP://127.0.0.1:{A.port}/api", ACME, Saved(OF_PROFILE)),
    case("", WHOLE, "HALO_CLIENT_ID=C9534241-DDE9-4D04-9D45-32B1FBFF22ED", ACME, Saved(OF_PROFILE)),
    // Another address, or another Client ID, from the environment or a flag.
    case("", WHOLE, "HALO_URL={B}", ACME, Refused("profile acme", "HALO_URL")),
    case("", WHOLE, "", "check --profile acme --url {B}", Refused("profile acme", "--url")),
    case("", WHOLE, "HALO_CLIENT_ID={ID2}", ACME, Refused("profile acme", "HALO_CLIENT_ID")),
    case("", WHOLE, "", "check --profile acme --client-id {ID2}", Refused("profile acme", "--client-id")),
    case("", WHOLE, "HALO_URL={A}", "check --profile acme --url {B}", Refused("profile acme", "--url")),
    case("profile = \"acme\"", WHOLE, "HALO_URL={B}", "check", Refused("profile acme", "HALO_URL")),
    // A flag that gives the saved address again beats the variable of another.
    case("", WHOLE, "HALO_URL={B}", "check --profile acme --url {A}", Saved(OF_PROFILE)),
    // A secret that is given no less strongly than the address is used.
    case("", WHOLE, "HALO_URL={B} HALO_CLIENT_SECRET", ACME, Other(OF_VARIABLE)),
    case("", WHOLE, "HALO_CLIENT_SECRET", "check --profile acme --url {B}", Other(OF_VARIABLE)),
    case("", WHOLE, "HALO_URL={B}", "check --profile acme --secret-stdin", Other(OF_INPUT)),
    case("", WHOLE, "", "check --profile acme --url {B} --secret-stdin", Other(OF_INPUT)),
    case("", WHOLE, "HALO_URL={B}", "check --profile acme FLAG", Other(OF_FLAG)),
    case("", WHOLE, "", "check --profile acme --client-id {ID2} --url {B} FLAG", Other(OF_FLAG)),
    // The variable belongs to the address that the environment gives with it.
    case("", BARE, "HALO_URL={A} HALO_CLIENT_SECRET", "check --url {B} --client-id {ID}", Refused("HALO_URL", "--url")),
    case(
        "",
        BARE,
        "HALO_URL={B} HALO_CLIENT_ID={ID} HALO_CLIENT_SECRET",
        "check --client-id {ID2}",
        Refused("HALO_CLIENT_ID", "--client-id"),
    ),
    case("", WHOLE, "HALO_URL={B} HALO_CLIENT_SECRET", "check --profile acme --url {A}", Saved(OF_PROFILE)),
    // The command at the head of the file belongs to the values beside it; without any, to none.
    case(WHOLE, "", "", "check", Saved(OF_FILE)),
    case(WHOLE, "", "HALO_URL={B}", "check", Refused("config.toml", "HALO_URL")),
    case(WHOLE, "", "", "check --url {B}", Refused("config.toml", "--url")),
    case(WHOLE, "", "", "check --client-id {ID2}", Refused("config.toml", "--client-id")),
    case(WHOLE, "url = \"{B}\"", "", ACME, Refused("config.toml", "profile acme")),
    case("COMMAND", BARE, "", ACME, Saved(OF_FILE)),
    case("COMMAND", "", "HALO_URL={B} HALO_CLIENT_ID={ID}", "check", Other(OF_FILE)),
    case(BARE, "COMMAND", "", ACME, Saved(OF_PROFILE)),
    case(BARE, "COMMAND", "HALO_URL={B}", ACME, Refused("profile acme", "HALO_URL")),
    // Another command than the file's is the profile's own, whose address it is.
    case("url = \"{B}\"\nclient_id = \"{ID}\"\nCOMMAND", WHOLE, "", ACME, Saved(OF_PROFILE)),
    // The tenant names no other host: the same server gets the same secret.
    case("", WHOLE, "HALO_TENANT=acme", ACME, Saved(OF_PROFILE)),
    // What the profile says of its authorisation server is not said of another Halo.
    case("", "url = \"{A}\"\nclient_id = \"{ID}\"\nauth_url = \"{A}/auth\"\nCOMMAND", "", ACME, Saved(OF_PROFILE)),
    case(
        "",
        "url = \"{A}\"\nclient_id = \"{ID}\"\nauth_url = \"{A}/auth\"\nallow_auth_origin = [\"{A}\"]",
        "HALO_URL={B} HALO_CLIENT_SECRET",
        ACME,
        Other(OF_VARIABLE),
    ),
    // Many tenants: each gets its own, and the variables of another address are for none of them.
    case("", WHOLE, "HALO_URL={B}", "check --all-profiles", Saved(OF_PROFILE)),
    case("", WHOLE, "HALO_URL={B} HALO_CLIENT_SECRET", "check --all-profiles", Saved(OF_PROFILE)),
    case("", WHOLE, "HALO_CLIENT_SECRET", "check --all-profiles", Saved(OF_VARIABLE)),
    case(WHOLE, "url = \"{B}\"", "", "check --all-profiles", Refused("config.toml", "profile acme")),
];

#[test]
fn each_host_receives_the_secret_that_was_meant_for_it_and_no_other() {
    let hosts = Hosts::start();
    for case in CASES {
        let done = hosts.run(case, &["--format=json"]);
        hosts.assert(case, &done, "json");
        done.json();
    }
}

#[test]
fn a_secret_that_was_not_used_is_told_of_in_every_format_and_by_the_watch() {
    let hosts = Hosts::start();
    for case in CASES.iter().filter(|case| matches!(case.expected, Refused(..))) {
        for format in ["human", "jsonl", "junit", "prometheus", "markdown"] {
            let done = hosts.run(case, &["--format", format]);
            hosts.assert(case, &done, format);
        }
    }
    for case in [
        case("", WHOLE, "HALO_URL={B}", ACME, Refused("profile acme", "HALO_URL")),
        case(WHOLE, "", "", "check --url {B}", Refused("config.toml", "--url")),
    ] {
        let done = hosts.run(&case, &["--watch", "1", "--deadline", "3"]);
        hosts.assert(&case, &done, "watch");
    }
}
