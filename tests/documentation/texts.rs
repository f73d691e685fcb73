//! What the texts name exists: screens and switches in the guide or among Halo's known words, commands and options in the
//! command line, keys in the table of keys.

use std::collections::BTreeSet;
use std::path::Path;

use clap::CommandFactory;
use halo_onboard::domain::codes::explain::explanations;
use halo_onboard::domain::guide::Guide;

use crate::source::{Source, root};

/// Words on Halo's screens that the guide does not name; each was seen in Halo's own pages or in a vendor's.
const HALO: &[&str] = &[
    "API Details",
    "Resource Server",
    "Authorisation Server",
    "Tenant",
    "Not set",
    "Integrations > HaloPSA API",
    "HaloPSA API",
    "Edit",
    "Edit > Permissions",
    "Permissions",
    "Details",
    "Save",
    "Generate",
    "Client ID",
    "Client Secret",
    "Client ID and Secret (Services)",
    "Login Type",
    "Agent to log in as",
    "Agents that have this role",
    "Authentication Method",
    "Active",
    "Account Active",
    "Departments & Teams",
    "View all",
    "Allow use of all Ticket Types",
    "Allow use of all Customers",
    "Access Level",
    "No Access",
    "Administrator",
    "Agent",
    "Username",
    "Role Name",
    "Roles",
    "All",
    "Yes",
    "No",
];

/// Names that stand on no screen of Halo's, and the headings of our own reports.
const NAMES: &[&str] = &[
    "Halo",
    "API",
    "HTTP",
    "HTTPS",
    "JSON",
    "TLS",
    "URL",
    "VPN",
    "SSH",
    "CA",
    "GUID",
    "GUIDs",
    "DNS",
    "CBC",
    "RSA",
    "ECDHE",
    "AES-GCM",
    "Windows",
    "Linux",
    "OAuth",
    "OpenIddict",
    "ID2052",
    "ID2055",
    "POST",
    "CONNECT",
    "Basic",
    "Negotiate",
    "NTLM",
    "Digest",
    "GET",
    "Esc",
    "Ctrl-C",
    "TERM",
    "HALO_URL",
    "HALO_TENANT",
    "HALO_CLIENT_ID",
    "HALO_CLIENT_SECRET",
    "HALO_ONBOARD_CONFIG",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "Authorization",
    "Retry-After",
    "Date",
    "English",
    "IDs",
    "ID",
    "I",
    "HTML",
    "SSL_CERT_FILE",
    "D-Bus",
    "PEM",
    "IP",
    "TCP",
    "OK",
    "Not proved",
    "Asked",
];

/// Where a secret may come from in place of itself, how a text may be written, and words of the commands that are shown.
const FORMS_AND_VAULTS: &[&str] = &[
    "ASCII",
    "UTF-16",
    "UTF-32",
    "Greek",
    "Cyrillic",
    "XML",
    "JWT",
    "ARN",
    "FILE",
    "NAME",
    "AWS",
    "AWS Secrets Manager",
    "AWS Systems Manager",
    "Azure",
    "Azure Key Vault",
    "Bitwarden",
    "CloudFormation",
    "Doppler",
    "Google",
    "Google Secret Manager",
    "Infisical",
    "KeePass",
    "Kubernetes",
    "Vault",
];

/// Every word on Halo's screens that is known, the longest first.
fn known() -> Vec<String> {
    let guide = Guide::built_in();
    let screens = &guide.screens;
    let mut all: BTreeSet<String> =
        HALO.iter().chain(NAMES).chain(FORMS_AND_VAULTS).map(|word| (*word).to_owned()).collect();
    all.extend([&screens.agents, &screens.roles, &screens.api, &screens.applications].into_iter().flatten().cloned());
    for line in guide.lines() {
        all.extend([line.label.clone(), line.expected.clone()]);
        all.extend(line.aliases.iter().cloned());
    }
    all.extend(guide.steps.iter().flat_map(|step| [step.open.clone(), step.then.clone()]));
    all.extend([guide.vendor, guide.test_button, guide.agent.name, guide.role.name, guide.application.name]);
    let mut all: Vec<String> = all.into_iter().filter(|word| !word.is_empty()).collect();
    all.sort_by_key(|word| std::cmp::Reverse(word.len()));
    all
}

/// A placeholder of a format: whatever comes there comes from the guide or from a server.
const HOLE: char = '\u{0}';

/// The texts of the diagnoses and of the refusals of the form, as they stand in the source, with holes.
fn literals() -> Vec<(String, String)> {
    let sources = ["domain/verdict", "domain/input"].map(|directory| Source::below(directory, false));
    let named = |source: &Source| source.path.strip_prefix(root()).expect("below src").display().to_string();
    let texts = |source: &Source| {
        let name = named(source);
        source.texts.iter().map(|text| (name.clone(), holes(text))).collect::<Vec<_>>()
    };
    let out: Vec<(String, String)> = sources.iter().flatten().flat_map(texts).collect();
    assert!(out.len() > 200, "only {} texts were found", out.len());
    out
}

fn holes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push(HOLE);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// Capitalised words in the middle of a sentence that nobody knows.
fn unknown_words(text: &str, known: &[String]) -> Vec<String> {
    let mut unknown = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let before = text[..at].chars().next_back();
        let begins = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\''));
        let found = known.iter().find(|word| {
            let after = text[at..].strip_prefix(word.as_str());
            after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        });
        if let (true, Some(word)) = (begins, found) {
            at += word.len();
            continue;
        }
        if begins && c.is_uppercase() && !begins_a_sentence(&text[..at]) {
            unknown.push(text[at..].chars().take(40).collect());
        }
        at += c.len_utf8();
    }
    unknown
}

fn begins_a_sentence(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '"', '(']);
    before.is_empty() || before.ends_with(['.', ':', '!', '?', '\n', HOLE])
}

#[test]
fn every_screen_and_switch_that_a_text_names_is_known() {
    let known = known();
    let mut texts: Vec<(String, String)> = literals();
    for entry in explanations() {
        for part in entry.paragraphs() {
            texts.push((entry.id.clone(), part.text));
        }
    }
    let mut wrong = Vec::new();
    for (place, text) in &texts {
        wrong.extend(unknown_words(text, &known).into_iter().map(|word| format!("{place}: {word:?} in {text:?}")));
        wrong.extend(unknown_switches(text, &known).into_iter().map(|word| format!("{place}: {word:?} in {text:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What stands after "set", "press" and beside ">" must be a known word whole, or a hole.
fn unknown_switches(text: &str, known: &[String]) -> Vec<String> {
    let is_known = |rest: &str| rest.starts_with(HOLE) || known.iter().any(|word| rest.starts_with(word.as_str()));
    let ends_known = |head: &str| head.ends_with(HOLE) || known.iter().any(|word| head.ends_with(word.as_str()));
    let mut unknown = Vec::new();
    if text == " > " {
        return unknown;
    }
    for verb in ["set ", "Set ", "press ", "Press ", "untick ", "see that ", " > "] {
        for (at, _) in text.match_indices(verb) {
            let rest = &text[at + verb.len()..];
            let named = rest.starts_with(|c: char| c.is_uppercase() || c == HOLE) || verb == " > ";
            let joined = verb != " > " || ends_known(&text[..at]);
            if named && !(is_known(rest) && joined) {
                unknown.push(text[at..].chars().take(50).collect());
            }
        }
    }
    unknown
}

/// The reader of these tests sees what it should.
#[test]
fn the_reader_sees_what_is_unknown() {
    let known = known();
    let unknown = |text: &str| unknown_words(text, &known).len() + unknown_switches(text, &known).len();
    assert_eq!(unknown("Open the application and set Login Type to Agent, then Save."), 0);
    assert_eq!(unknown("Open the application and set Login Kind to Agent."), 3);
    assert_eq!(unknown("Configuration > Advanced > Integrations"), 0);
    assert_eq!(unknown("Configuration > Extended > Integrations"), 3);
    assert_eq!(holes("a {b} c {}"), "a \0 c \0");
}

/// Commands and options in the documents of the project.
#[test]
fn every_command_and_option_that_a_document_names_exists() {
    let mut cli = halo_onboard::cli::args::Cli::command();
    cli.build();
    let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    let mut options: Vec<&str> = vec!["help"];
    let mut stack: Vec<&clap::Command> = vec![&cli];
    while let Some(command) = stack.pop() {
        options.extend(command.get_arguments().filter_map(clap::Arg::get_long));
        stack.extend(command.get_subcommands());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for file in ["README.md", "docs/halo.md", "docs/guides.md", "config.example.toml"] {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
        for line in text.lines().filter(|line| !foreign(line)) {
            for rest in line.split("--").skip(1) {
                let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
                let is_word = name.len() > 2 && !name.starts_with('-');
                named += u32::from(is_word);
                assert!(!is_word || options.contains(&name.as_str()), "{file}: --{name} does not exist: {line}");
            }
            for rest in line.split("halo-onboard ").skip(1) {
                let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
                let is_command = !name.is_empty() && !name.starts_with('-') && line.trim_start().starts_with("halo-");
                assert!(!is_command || commands.contains(&name.as_str()), "{file}: halo-onboard {name}: {line}");
            }
        }
    }
    assert!(named > 5, "no document was read");
}

/// Lines that show the commands of other programs.
fn foreign(line: &str) -> bool {
    ["cargo ", "`gh ", "git ", "docker ", "systemd", "install ", "install.sh", "install.ps1", "curl "]
        .iter()
        .any(|program| line.contains(program))
}
