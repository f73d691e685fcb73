//! Rust sources as the compiler reads them: as tokens, in which a comment is nothing and a text is a text. Items under
//! `#[cfg(test)]` are left out.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// What the tests of this suite ask of a source.
#[derive(Default)]
pub struct Source {
    pub path: PathBuf,
    /// Every name with what stands before it, in order: `use a::{b, c::D};` gives `a::b` and `a::c::D`. A macro's name
    /// ends with `!`.
    pub paths: Vec<Vec<String>>,
    /// The values of the string literals.
    pub texts: Vec<String>,
    /// The modules in other files that are for tests alone.
    test_modules: Vec<String>,
}

impl Source {
    pub fn of(code: &str) -> Self {
        let mut source = Self::default();
        let tokens: TokenStream = code.parse().unwrap_or_else(|error| panic!("{error} in\n{code}"));
        source.walk(tokens);
        source
    }

    /// Every source below a directory of `src`; without those that are for tests alone unless `with_tests` is set.
    pub fn below(directory: &str, with_tests: bool) -> Vec<Self> {
        let mut paths = Vec::new();
        files(&root().join(directory), &mut paths);
        paths.retain(|path| path.extension().is_some_and(|end| end == "rs"));
        let read = |path: PathBuf| {
            let code = std::fs::read_to_string(&path).expect("a source");
            Self { path, ..Self::of(&code) }
        };
        let mut sources: Vec<Self> = paths.into_iter().map(read).collect();
        let for_tests: Vec<PathBuf> = sources.iter().flat_map(Self::test_files).collect();
        sources.retain(|source| with_tests || !for_tests.iter().any(|path| source.path.starts_with(path)));
        sources
    }

    /// The files, or the directories, of the modules that are for tests alone.
    fn test_files(&self) -> Vec<PathBuf> {
        let own =
            if self.path.ends_with("mod.rs") { self.path.with_file_name("") } else { self.path.with_extension("") };
        self.test_modules.iter().flat_map(|name| [own.join(name), own.join(format!("{name}.rs"))]).collect()
    }

    /// The first-level module that the file belongs to.
    pub fn module(&self) -> &str {
        let inside = self.path.strip_prefix(root()).expect("below src").to_str().expect("UTF-8");
        inside.split(['/', '.']).next().unwrap_or_default()
    }

    /// True when a path holds these names one after the other: `std::fs`. The last may be the start of one: `net::Tcp*`.
    pub fn names(&self, pattern: &str) -> bool {
        let wanted: Vec<&str> = pattern.split("::").collect();
        let is = |name: &String, wanted: &&str| match wanted.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == wanted,
        };
        let here = |names: &[String]| names.iter().zip(&wanted).all(|(name, wanted)| is(name, wanted));
        self.paths.iter().any(|path| path.windows(wanted.len()).any(here))
    }

    /// The first-level modules of this crate that are named by `crate::`, `halo_onboard::` or enough `super::`.
    pub fn uses(&self) -> Vec<&str> {
        let inside = self.path.strip_prefix(root()).unwrap_or(&self.path).with_extension("");
        let depth = inside.iter().filter(|part| *part != "mod").count();
        let used = |path: &'_ Vec<String>| {
            let above = path.iter().take_while(|name| *name == "super").count();
            let from_root = ["crate", "halo_onboard"].contains(&path[0].as_str());
            let at = if from_root { 1 } else { above };
            (from_root || (above > 0 && above >= depth)).then_some(at)
        };
        self.paths.iter().filter_map(|path| path.get(used(path)?).map(String::as_str)).collect()
    }

    fn walk(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            at = match tree {
                TokenTree::Ident(_) => self.path_at(&trees, at, &[]),
                TokenTree::Punct(mark) if mark.as_char() == '#' => self.attribute_at(&trees, at),
                TokenTree::Group(group) => {
                    self.walk(group.stream());
                    at + 1
                }
                TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal.clone()) {
                        self.texts.push(text.value());
                    }
                    at + 1
                }
                TokenTree::Punct(_) => at + 1,
            };
        }
    }

    /// Takes in the path that begins here, behind `before`; gives the place behind it.
    fn path_at(&mut self, trees: &[TokenTree], at: usize, before: &[String]) -> usize {
        let mut names = before.to_vec();
        names.push(trees[at].to_string());
        let (goes_on, next) = (is_mark(trees, at + 1, ':') && is_mark(trees, at + 2, ':'), at + 3);
        match trees.get(next).filter(|_| goes_on) {
            Some(TokenTree::Ident(_)) => return self.path_at(trees, next, &names),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                self.branches(group, &names);
                return next + 1;
            }
            _ => {}
        }
        if is_mark(trees, at + 1, '!') && !is_mark(trees, at + 2, '=') {
            names.last_mut().expect("just pushed").push('!');
        }
        self.paths.push(names);
        at + 1
    }

    /// The paths of `{a, b::c}` behind `before`.
    fn branches(&mut self, group: &Group, before: &[String]) {
        let trees: Vec<TokenTree> = group.stream().into_iter().collect();
        for branch in trees.split(|tree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == ',')) {
            if let Some(TokenTree::Ident(_)) = branch.first() {
                self.path_at(branch, 0, before);
            }
        }
    }

    /// Takes in an attribute; gives the place behind it, or behind the item that is for tests alone. A comment for the
    /// documentation is an attribute too.
    fn attribute_at(&mut self, trees: &[TokenTree], at: usize) -> usize {
        let at = if is_mark(trees, at + 1, '!') { at + 2 } else { at + 1 };
        let Some(TokenTree::Group(group)) = trees.get(at) else { return at };
        let text = group.stream().to_string().replace(' ', "");
        if text == "cfg(test)" || text.starts_with("cfg(all(test,") {
            let end = |tree: &TokenTree| match tree {
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                tree => tree.to_string() == ";",
            };
            let item = &trees[at + 1..];
            let length = item.iter().position(end).map_or(item.len(), |end| end + 1);
            if item[..length].first().is_some_and(|tree| tree.to_string() == "mod") {
                self.test_modules.push(item[1].to_string());
            }
            return at + 1 + length;
        }
        if !text.starts_with("doc=") {
            self.walk(group.stream());
        }
        at + 1
    }
}

fn is_mark(trees: &[TokenTree], at: usize, mark: char) -> bool {
    matches!(trees.get(at), Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

pub fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The reader of these tests sees what it should.
#[test]
fn the_reader_sees_paths_and_texts_and_leaves_out_tests_and_comments() {
    let source = Source::of(
        "//! crate::no
        /// crate::no \"no\"
        #[derive(Debug)] use crate::{app, tui::{x, y as z}}; // crate::no
        fn f(s: &'static mut crate::app::State) { let a = std::net::TcpStream::connect(\"a \\\"b\\\" \\\n  c//d\"); }
        #[cfg(test)] mod tests { use crate::no; }
        #[cfg(test)] mod cases;
        fn g() { println!(\"{}\", domain::h(r#\"raw\"#)); assert!(a != '\"') }",
    );
    for path in ["crate::app", "crate::tui::x", "crate::tui::y", "net::Tcp*", "std::net", "println!", "domain::h"] {
        assert!(source.names(path), "{path} is not in {:?}", source.paths);
    }
    for path in ["no", "crate::x", "Tcp", "net::Udp*", "tests", "print!"] {
        assert!(!source.names(path), "{path} is in {:?}", source.paths);
    }
    assert_eq!(source.uses(), ["app", "tui", "tui", "app"]);
    assert_eq!(source.texts, ["a \"b\" c//d", "{}", "raw"]);
    assert_eq!(source.test_modules, ["tests", "cases"]);
    let deep = Source {
        path: root().join("probe/http/tls.rs"),
        ..Source::of("use super::a; use super::super::super::store::b;")
    };
    assert_eq!(deep.uses(), ["store"]);
}
