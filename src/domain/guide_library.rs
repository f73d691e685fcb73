//! The guides that are built in: one file for each integration, the default first.

use super::guide::Guide;

/// Names an integration's file once, as its id and as its text.
macro_rules! files {
    ($($id:literal),* $(,)?) => {
        &[$(($id, include_str!(concat!("../guides/", $id, ".toml")))),*]
    };
}

/// Id and text of each built-in guide. The first is the default; the others are in the order of their ids.
pub const FILES: &[(&str, &str)] = files![
    "laborcast",
    "365sentri",
    "adaptive-catalog",
    "alternative-payments",
    "billingbot",
    "cipp",
    "gradient-msp",
    "immybot",
    "infima",
    "lifecycle-insights",
    "limacharlie",
    "liongard",
    "managed-backup",
    "moovila",
    "mspcentric",
    "neo-agent",
    "perimeters",
    "rewst",
    "scalepad-lifecycle-manager",
    "threatlocker",
    "timezest",
];

/// The text of the built-in guide with this id.
pub fn text_of(id: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}

/// Every built-in guide.
///
/// # Panics
/// Never in a program that passed its tests: one of them reads these guides.
pub fn guides() -> Vec<Guide> {
    let read = |&(id, text): &(&str, &str)| match Guide::from_toml(text) {
        Ok(guide) => guide,
        Err(error) => unreachable!("the built-in guide {id} is broken at {error}"),
    };
    FILES.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guide::BUILT_IN;

    #[test]
    fn every_built_in_guide_is_read_and_has_the_id_of_its_file() {
        let guides = guides();
        assert!(guides.len() > 10, "{}", guides.len());
        for (guide, (id, _)) in guides.iter().zip(FILES) {
            assert_eq!(guide.id, *id);
        }
        assert_eq!(text_of("laborcast"), Some(BUILT_IN));
        assert_eq!(text_of("nobody"), None);
    }

    #[test]
    fn every_guide_besides_the_first_names_its_pages_and_the_day_they_were_read() {
        for guide in guides().iter().skip(1) {
            assert!(!guide.pages.is_empty(), "{}", guide.id);
            assert!(
                guide.pages.iter().all(|page| page.url.starts_with("https://") && !page.title.is_empty()),
                "{}",
                guide.id
            );
            assert_eq!(guide.read_on.len(), "2026-11-28".len(), "{}", guide.id);
        }
    }
}
