//! Properties: rules that hold whatever comes, tried here with quick random cases and with the corpora that fuzzing left.
//! `fuzz/` tries the same rules for longer.

mod cases;
mod rules;

use std::path::Path;

use proptest::prelude::*;

fn quick(cases: u32) -> ProptestConfig {
    // Failures are kept in the corpora, by hand, where fuzzing sees them too.
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(quick(256))]

    #[test]
    fn typed(bytes in cases::bytes(200)) {
        rules::typed(&bytes);
    }

    #[test]
    fn text(bytes in cases::bytes(300)) {
        rules::text(&bytes);
    }

    #[test]
    fn guide(bytes in cases::guide()) {
        rules::guide(&bytes);
    }

    #[test]
    fn config(bytes in cases::config()) {
        rules::config(&bytes);
    }

    #[test]
    fn token(bytes in cases::reply()) {
        rules::token(&bytes);
    }

    #[test]
    fn authinfo(bytes in cases::reply()) {
        rules::authinfo(&bytes);
    }

    #[test]
    fn agent(bytes in cases::reply()) {
        rules::agent(&bytes);
    }

    #[test]
    fn list(bytes in cases::reply()) {
        rules::list(&bytes);
    }
}

proptest! {
    #![proptest_config(quick(96))]

    #[test]
    fn interface(bytes in cases::bytes(400)) {
        rules::interface(&bytes);
    }
}

/// What fuzzing found worth keeping, inputs that once failed among them.
#[test]
fn corpora_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, rule) in rules::ALL {
        let files = std::fs::read_dir(folder.join(name)).unwrap_or_else(|error| panic!("corpus of {name}: {error}"));
        let mut tried = 0;
        for file in files {
            let path = file.expect("an entry").path();
            let bytes = std::fs::read(&path).expect("a readable file");
            let held = std::panic::catch_unwind(|| rule(&bytes));
            assert!(held.is_ok(), "{}", path.display());
            tried += 1;
        }
        assert!(tried > 0, "the corpus of {name} is empty");
    }
}
