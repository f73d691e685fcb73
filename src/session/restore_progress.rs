//! Restores saved progress into a new session, and selects the values of a session that a profile saves.

use super::{progress_writer, time_format};
use crate::app::{Progress, Start};
use crate::domain::connection::{Typed, read_base, read_client_id, read_tenant, read_url};
use crate::domain::profile::{Profile, SecretStore};
use crate::secret::Secret;
use crate::store::StoreError;
use crate::store::progress::Progress as Saved;

/// Restores saved progress into a session that starts. If the progress is of another Halo than the named one, an
/// unnamed set-up is left as it is, neither restored nor overwritten, and the result is false; a profile restores the
/// ticks, but not the values.
pub fn restore_progress(start: &mut Start, given: Typed, saved: &Saved) -> bool {
    let kept = saved.form.typed();
    let origin = |url: &str| read_url(url).map(|(origin, _)| origin).ok();
    let another = !given.url.is_empty() && !kept.url.is_empty() && origin(&given.url) != origin(&kept.url);
    if another && start.profile.is_none() {
        start.shelf.warnings.push(format!(
            "There is an unnamed set-up of {}, which is left unchanged: this session is not saved until you give it a name.",
            origin(&kept.url).unwrap_or_default()
        ));
        start.typed = given;
        return false;
    }
    start.ticks = saved.ticks.iter().map(|tick| tick.as_str().to_owned()).collect();
    start.shelf.unfinished = saved.under_way.map(time_format::at);
    if another {
        start.typed = given;
        return true;
    }
    start.previous = progress_writer::previous(saved);
    let or = |given: String, kept: String| if given.is_empty() { kept } else { given };
    start.typed = Typed {
        url: or(given.url, kept.url),
        tenant: or(given.tenant, kept.tenant),
        client_id: or(given.client_id, kept.client_id),
        scope: or(given.scope, kept.scope),
        auth_url: or(given.auth_url, kept.auth_url),
        allowed_auth_origins: if given.allowed_auth_origins.is_empty() {
            kept.allowed_auth_origins
        } else {
            given.allowed_auth_origins
        },
    };
    true
}

/// Describes the opened profile in one log line.
pub fn words_of(start: &Start) -> Option<String> {
    let profile = start.profile.as_ref()?;
    let secret = match (&start.secret_source, &start.shelf.secret.command) {
        (Some(source), _) => format!("its secret comes from {source}"),
        (None, Some(program)) => format!("its secret comes from the command {program}"),
        (None, None) => "its secret must be entered".into(),
    };
    let good = start.previous.as_ref().map(|good| format!("; last good run {}", good.ago(0))).unwrap_or_default();
    Some(format!("profile {profile}: {secret}{good}"))
}

/// Returns the values of a session that a profile saves; invalid values are omitted.
pub fn values(progress: &Progress, before: Profile) -> Profile {
    let typed = progress.typed.clone();
    let some = |text: String| (!text.is_empty()).then_some(text);
    Profile {
        url: read_base(&typed.url).ok().map(|(url, _)| url),
        tenant: read_tenant(&typed.tenant).ok().and_then(|(tenant, _)| tenant),
        client_id: read_client_id(&typed.client_id).ok().map(|(id, _)| id),
        scope: some(typed.scope),
        auth_url: some(typed.auth_url),
        allow_auth_origin: typed.allowed_auth_origins,
        ..before
    }
}

/// Returns the kept secret, or a note if it should be kept but is gone.
pub fn told(
    kept: Result<Option<(SecretStore, Secret)>, StoreError>,
    remembered: Option<SecretStore>,
) -> (Option<(SecretStore, Secret)>, Option<String>) {
    match (kept, remembered) {
        (Ok(None), Some(keep)) => {
            let what =
                format!("The secret was kept in {} and is gone{}: enter it again.", keep.place(), why_gone(keep));
            (None, Some(what))
        }
        (Ok(kept), _) => (kept, None),
        (Err(error), _) => (None, Some(error.to_string())),
    }
}

fn why_gone(keep: SecretStore) -> &'static str {
    match keep {
        SecretStore::Session | SecretStore::User => " (12 hours, or a logout)",
        SecretStore::Keychain => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run_summary::ShortId;
    use crate::session::profile_service::empty;
    use crate::session::setting_sources::Session;
    use crate::store::Paths;
    use crate::store::progress::Form;

    const A: &str = "https://a.halopsa.com";
    const B: &str = "https://b.halopsa.com";

    fn saved(url: &str) -> Saved {
        let typed = Typed { url: url.into(), tenant: "acme".into(), client_id: "an-id".into(), ..Typed::default() };
        let form = Form::of(&typed, &Secret::new(String::new()));
        let ticks = ShortId::new("A1").into_iter().collect();
        Saved { form, ticks, ..Saved::default() }
    }

    fn recalled(profile: Option<&str>, given: &str, kept: &str) -> (Start, bool) {
        let mut start = empty(&Session::bare(Paths::nowhere())).expect("the built-in guide");
        start.profile = profile.map(str::to_owned);
        let given = Typed { url: given.into(), ..Typed::default() };
        let recalled = restore_progress(&mut start, given, &saved(kept));
        (start, recalled)
    }

    #[test]
    fn what_was_kept_fills_the_form_only_of_the_same_halo() {
        for (profile, given, kept, url, tenant, ticks, keeps) in [
            (None, "", A, A, "acme", 1, true),
            (None, A, A, A, "acme", 1, true),
            (None, "https://a.halopsa.com/api", A, "https://a.halopsa.com/api", "acme", 1, true),
            // Another Halo under no name: what is kept of the first one is not written over.
            (None, B, A, B, "", 0, false),
            (None, B, "", B, "acme", 1, true),
            // A profile's own address counts; its ticks are its own all the same.
            (Some("acme"), B, A, B, "", 1, true),
            (Some("acme"), A, A, A, "acme", 1, true),
        ] {
            let (start, recalled) = recalled(profile, given, kept);
            let found = (start.typed.url.as_str(), start.typed.tenant.as_str(), start.ticks.len(), recalled);
            assert_eq!(found, (url, tenant, ticks, keeps), "{profile:?} {given} {kept}");
            assert_eq!(start.shelf.warnings.is_empty(), keeps, "{:?}", start.shelf.warnings);
        }
    }

    #[test]
    fn a_secret_that_should_be_kept_and_is_not_is_told() {
        let secret = || Some((SecretStore::User, Secret::new("x".into())));
        let (found, says) = told(Ok(secret()), Some(SecretStore::User));
        assert!(found.is_some() && says.is_none());
        let (found, says) = told(Ok(None), Some(SecretStore::Session));
        assert!(found.is_none() && says.is_some_and(|says| says.contains("of this login and is gone")));
        assert_eq!(told(Ok(None), None).1, None, "nobody asked for it");
    }
}
