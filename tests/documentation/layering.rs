//! The map in src/lib.rs, held: who may use whom, and what stands in one place only.

use crate::source::{Source, files, root};

/// What each module may use of this crate. Whoever is missing here may use nothing.
const MAY_USE: &[(&str, &[&str])] = &[
    ("secret", &[]),
    ("platform", &[]),
    ("process_hardening", &["platform"]),
    ("sim", &[]),
    ("domain", &["secret"]),
    ("config", &["domain", "secret"]),
    ("store", &["domain", "platform", "secret"]),
    ("recording", &["domain"]),
    ("probe", &["domain", "platform", "recording", "secret"]),
    ("app", &["domain", "secret"]),
    ("runtime", &["app", "probe", "store", "domain", "secret"]),
    ("tui", &["app", "runtime", "domain", "platform", "secret"]),
    ("headless", &["probe", "domain", "secret"]),
    ("session", &["app", "config", "domain", "headless", "platform", "probe", "runtime", "secret", "sim", "store"]),
    ("exit_signals", &["headless", "platform", "session"]),
    (
        "plain",
        &[
            "app",
            "config",
            "domain",
            "exit_signals",
            "headless",
            "platform",
            "probe",
            "runtime",
            "secret",
            "session",
            "store",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "config",
            "domain",
            "exit_signals",
            "headless",
            "plain",
            "platform",
            "probe",
            "process_hardening",
            "recording",
            "runtime",
            "secret",
            "session",
            "sim",
            "store",
            "tui",
        ],
    ),
];

/// Words that may stand in the code of these modules alone.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("reqwest", &["probe"]),
    ("hyper", &["probe", "sim"]),
    ("hyper_util::server", &["sim"]),
    ("crossterm", &["tui", "app"]),
    ("crossterm_winapi", &["platform"]),
    ("rustix", &["platform"]),
    ("std::os::unix", &["platform"]),
    ("std::os::windows", &["platform"]),
    ("tokio::signal", &["platform"]),
    ("ratatui", &["tui"]),
    ("keyring_core", &["store"]),
    ("linux_keyutils", &["store"]),
    ("clap", &["cli", "config"]),
    ("print!", &["cli", "headless", "plain"]),
    ("println!", &["cli", "headless", "plain"]),
    ("eprint!", &["cli", "headless", "plain"]),
    ("eprintln!", &["cli", "headless", "plain"]),
];

/// Words that may not stand in the code of a module: it is pure.
const NEVER_IN: &[(&str, &[&str])] = &[
    ("domain", &["tokio", "std::fs", "net::Tcp*", "net::Udp*", "SystemTime", "Instant", "std::env", "Timestamp::now"]),
    (
        "recording",
        &["tokio", "std::fs", "net::Tcp*", "net::Udp*", "SystemTime", "Instant", "std::env", "Timestamp::now"],
    ),
    ("app", &["tokio", "std::fs", "std::net", "SystemTime", "Instant", "std::env", "Timestamp::now"]),
];

/// Every source; the tests that are files of their own keep the layers too.
fn sources() -> Vec<Source> {
    let sources = Source::below("", true);
    assert!(sources.len() > 50, "only {} sources were found", sources.len());
    sources
}

#[test]
fn modules_use_only_what_the_map_allows() {
    let mut seen = 0;
    for file in sources().iter().filter(|file| !matches!(file.module(), "lib" | "main")) {
        let module = file.module();
        let allowed = MAY_USE.iter().find(|(known, _)| *known == module);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("the map does not know the module {module}"));
        for used in file.uses() {
            let is_module = MAY_USE.iter().any(|(known, _)| *known == used);
            seen += u32::from(is_module);
            assert!(
                !is_module || used == module || allowed.contains(&used),
                "{} uses {used}, which the map does not allow",
                file.path.display()
            );
        }
    }
    assert!(seen > 500, "only {seen} uses were seen");
}

#[test]
fn some_words_stand_in_one_place_only() {
    let sources = sources();
    for (word, modules) in ONLY_IN {
        let places: Vec<&Source> = sources.iter().filter(|file| file.names(word)).collect();
        assert!(word.ends_with('!') || !places.is_empty(), "{word} stands nowhere: is it still spelt so?");
        for file in places {
            assert!(modules.contains(&file.module()), "{word} stands in {}", file.path.display());
        }
    }
    for (module, words) in NEVER_IN {
        for file in sources.iter().filter(|file| file.module() == *module) {
            for word in *words {
                assert!(!file.names(word), "{word} stands in {}", file.path.display());
            }
        }
    }
}

#[test]
fn the_view_cannot_change_the_state() {
    for file in sources().iter().filter(|file| file.module() == "tui") {
        let changes = file.paths.windows(2).any(|two| two[0] == ["mut"] && two[1].last().is_some_and(|n| n == "State"));
        assert!(!changes, "{} may change the state", file.path.display());
    }
}

#[test]
fn no_vendor_is_named_outside_its_guide() {
    let mut paths = Vec::new();
    files(&root(), &mut paths);
    let mut in_guides = 0;
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a source");
        let is_guide = path.parent().is_some_and(|dir| dir.ends_with("guides"));
        let named = text.contains("LaborCast");
        in_guides += u32::from(named && is_guide);
        assert!(!named || is_guide, "{} names a vendor", path.display());
    }
    assert_eq!(in_guides, 1, "the guide itself was not seen");
}

/// A text that names an option of this program must name one that exists.
#[test]
fn options_that_texts_name_exist() {
    use clap::CommandFactory;
    let mut cli = halo_onboard::cli::args::Cli::command();
    cli.build();
    let options: Vec<String> = std::iter::once(&cli)
        .chain(cli.get_subcommands())
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| argument.get_long().map(str::to_owned))
        .collect();
    // Options of curl, which the interface writes out, and of the compiler's test programs.
    let foreign = ["data-urlencode", "exact", "nocapture", "test-threads", "help"];
    let mut named = 0;
    for file in Source::below("", false).iter().filter(|file| !matches!(file.module(), "cli" | "config")) {
        for rest in file.texts.iter().flat_map(|text| text.split("--").skip(1)) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            let is_word = name.len() > 2 && !name.starts_with('-');
            named += u32::from(is_word);
            let known = options.contains(&name) || foreign.contains(&name.as_str());
            assert!(!is_word || known, "{} names --{name}, which does not exist", file.path.display());
        }
    }
    assert!(named > 5, "no text was read");
}
