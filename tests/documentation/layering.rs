//! The map in src/lib.rs, held: who may use whom, and what stands in one place only.

use std::path::{Path, PathBuf};

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
    ("hyper::server", &["sim"]),
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
    ("domain", &["tokio", "std::fs", "std::net::Tcp", "SystemTime", "Instant", "std::env", "jiff::Timestamp::now"]),
    ("recording", &["tokio", "std::fs", "std::net::Tcp", "SystemTime", "Instant", "std::env", "jiff::Timestamp::now"]),
    ("app", &["tokio", "std::fs", "std::net", "SystemTime::now", "Instant::now", "std::env", "Timestamp::now"]),
];

struct File {
    path: PathBuf,
    module: String,
    /// The file without comments; its own tests count too, but for `#[cfg(test)]` at the end.
    code: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a directory of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn sources() -> Vec<File> {
    let mut paths = Vec::new();
    files(&root(), &mut paths);
    let sources: Vec<File> =
        paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")).map(read).collect();
    assert!(sources.len() > 50, "only {} sources were found", sources.len());
    sources
}

fn read(path: PathBuf) -> File {
    let whole = std::fs::read_to_string(&path).expect("a source");
    let inside = path.strip_prefix(root()).expect("below src").to_string_lossy().into_owned();
    let module = inside.split(['/', '.']).next().unwrap_or_default().to_owned();
    let code = whole.lines().map(without_comment).collect::<Vec<_>>().join("\n");
    let code = without_tests(&code).to_owned();
    File { path, module, code }
}

/// A file without its own tests.
fn without_tests(code: &str) -> &str {
    let starts = [
        "#[cfg(test)]\nmod tests {",
        "#[cfg(all(test, unix))]\nmod tests {",
        "#[cfg(all(test, target_os = \"linux\"))]\nmod tests {",
    ];
    let end = starts.iter().filter_map(|start| code.find(start)).min();
    &code[..end.unwrap_or(code.len())]
}

/// A line without what follows `//`, unless that is part of an address.
fn without_comment(line: &str) -> &str {
    let start = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':')).map(|(at, _)| at);
    &line[..start.unwrap_or(line.len())]
}

/// True when `word` stands in `code` as a word of its own.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let goes_on = part(after) && part(word.chars().next_back());
        !part(before) && !goes_on
    })
}

/// The modules of this crate that a text uses: `crate::X`, `crate::{X, Y}`, `halo_onboard::X`.
fn used(code: &str) -> Vec<String> {
    let flat: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for prefix in ["crate::", "halo_onboard::"] {
        for (at, _) in flat.match_indices(prefix) {
            found.extend(heads(&flat[at + prefix.len()..]));
        }
    }
    found
}

/// The first names of a path or of a group in braces.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    if !rest.starts_with('{') {
        return vec![name(rest)];
    }
    let mut depth = 0;
    let mut names = Vec::new();
    let mut start = 1;
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (c == ',' && depth == 1) || depth == 0 {
            names.push(name(&rest[start..at]));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn modules_use_only_what_the_map_allows() {
    for file in sources().iter().filter(|file| !matches!(file.module.as_str(), "lib" | "main")) {
        let allowed = MAY_USE.iter().find(|(module, _)| *module == file.module);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("the map does not know the module {}", file.module));
        for used in used(&file.code) {
            let is_module = MAY_USE.iter().any(|(module, _)| *module == used);
            assert!(
                !is_module || used == file.module || allowed.contains(&used.as_str()),
                "{} uses {used}, which the map does not allow",
                file.path.display()
            );
        }
    }
}

#[test]
fn some_words_stand_in_one_place_only() {
    for file in sources() {
        for (word, modules) in ONLY_IN {
            let found = has_word(&file.code, word);
            assert!(!found || modules.contains(&file.module.as_str()), "{word} stands in {}", file.path.display());
        }
        for (module, words) in NEVER_IN {
            for word in words.iter().filter(|_| file.module == *module) {
                assert!(!has_word(&file.code, word), "{word} stands in {}", file.path.display());
            }
        }
    }
}

#[test]
fn the_view_cannot_change_the_state() {
    for file in sources().iter().filter(|file| file.module == "tui") {
        assert!(!file.code.contains("&mut State"), "{} may change the state", file.path.display());
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

/// The reader of this test sees what it should.
#[test]
fn the_reader_sees_uses_and_words() {
    assert_eq!(used("use crate::domain::{a, b}; let x = crate::probe::Run;"), ["domain", "probe"]);
    assert_eq!(used("use crate::{\n  app,\n  tui::{x, y},\n};"), ["app", "tui"]);
    assert!(has_word("use reqwest::Client;", "reqwest") && !has_word("my_reqwest", "reqwest"));
    assert!(has_word("println!(\"\")", "println!") && !has_word("eprintln!(\"\")", "println!"));
    assert_eq!(without_comment("let a = \"https://x\"; // reqwest"), "let a = \"https://x\"; ");
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
    for file in sources().iter().filter(|file| !matches!(file.module.as_str(), "cli" | "config")) {
        for rest in file.code.split("--").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            let is_word = name.len() > 2 && !name.starts_with('-');
            named += u32::from(is_word);
            let known = options.contains(&name) || foreign.contains(&name.as_str());
            assert!(!is_word || known, "{} names --{name}, which does not exist", file.path.display());
        }
    }
    assert!(named > 5, "no text was read");
}
