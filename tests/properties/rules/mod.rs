//! What must hold whatever comes: each rule takes bytes, makes its case of them and panics where it does not hold. The
//! quick twins in `tests/properties` and the fuzz targets in `fuzz/` share them.

mod evidence;
mod interface;
mod replies;
mod source;
mod text;
mod toml;
mod typed;

pub use interface::interface;
pub use replies::{agent, authinfo, list, token};
pub use text::text;
pub use toml::{config, guide};
pub use typed::typed;

/// A rule.
pub type Rule = fn(&[u8]);

/// Every rule by its name, which is its fuzz target's and its corpus's too.
pub const ALL: [(&str, Rule); 9] = [
    ("agent", agent),
    ("authinfo", authinfo),
    ("config", config),
    ("guide", guide),
    ("interface", interface),
    ("list", list),
    ("text", text),
    ("token", token),
    ("typed", typed),
];

/// A Client Secret that stands nowhere by chance.
pub const CANARY: &str = "c0ffee42-1dea-4bad-8bee-5eedcafe0001-c0ffee42-1dea-4bad-8bee-5eedcafe0002";

/// Panics when the Client Secret, or half of it, stands in what may be shown.
fn holds_no_canary(shown: &str) {
    for half in [&CANARY[..36], &CANARY[37..]] {
        assert!(!shown.contains(half), "the secret is in: {shown}");
    }
}

/// Panics when a text commands a terminal or hides something from its reader.
fn is_clean(text: &str) {
    for c in text.chars() {
        let hidden =
            matches!(c as u32, 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff | 0xe0000..=0xe007f);
        assert!(!c.is_control() && !hidden, "{:?} in {text:?}", c);
    }
}
