//! Halo's scope names, and what one of them covers.

/// Scopes that the authorisation server adds by itself: they open nothing of Halo's data.
pub const ADDED_BY_SERVER: [&str; 5] = ["openid", "email", "profile", "offline_access", "roles"];

/// True when a token with `granted` may use an endpoint that needs `needed`.
///
/// `edit:X` includes `read:X` (seen by probes on a live tenant); `all` and `all:standard` include every reading scope
/// (from vendors' guides; how a live Halo echoes them is not known).
pub fn covers(granted: &str, needed: &str) -> bool {
    let granted = granted.to_ascii_lowercase();
    let needed = needed.to_ascii_lowercase();
    if granted == needed || granted == "all" || (granted == "all:standard" && !needed.starts_with("admin")) {
        return true;
    }
    matches!((granted.split_once(':'), needed.split_once(':')),
        (Some(("edit", have)), Some(("read", want))) if have == want)
}

/// True when any of the granted scopes covers the needed one.
pub fn any_covers<S: AsRef<str>>(granted: &[S], needed: &str) -> bool {
    granted.iter().any(|scope| covers(scope.as_ref(), needed))
}

/// The granted scopes that go beyond `wanted`, in the order given.
pub fn excess<'a, S: AsRef<str>>(granted: &'a [S], wanted: &[String]) -> Vec<&'a str> {
    granted
        .iter()
        .map(AsRef::as_ref)
        .filter(|scope| !ADDED_BY_SERVER.iter().any(|added| added.eq_ignore_ascii_case(scope)))
        .filter(|scope| !wanted.iter().any(|want| covers(want, scope)))
        .collect()
}

/// True when no scope of a list lets anything be changed.
pub fn only_reads(scopes: &[String]) -> bool {
    scopes.iter().all(|scope| scope.starts_with("read:") || scope == "all:teams")
}

/// Splits a scope text at blanks and commas; empty parts vanish.
pub fn split(text: &str) -> Vec<String> {
    text.split([' ', '\t', '\n', '\r', ',']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_includes_read_but_not_the_other_way() {
        assert!(covers("edit:tickets", "read:tickets"));
        assert!(!covers("read:tickets", "edit:tickets"));
        assert!(!covers("edit:tickets", "read:items"));
        assert!(!covers("editMine:timesheets", "read:timesheets"));
        assert!(covers("all", "read:invoices") && covers("all:standard", "read:invoices"));
        assert!(!covers("all:teams", "read:tickets") && !covers("all:standard", "admin:webhooks"));
    }

    #[test]
    fn what_the_server_adds_is_no_excess() {
        let wanted = vec!["read:tickets".to_owned()];
        let granted = ["openid", "roles", "read:tickets", "edit:tickets", "read:kb"];
        assert_eq!(excess(&granted, &wanted), ["edit:tickets", "read:kb"]);
        assert!(excess(&["edit:tickets"], &["all".to_owned()]).is_empty());
    }

    #[test]
    fn scope_text_is_split_at_any_blank() {
        assert_eq!(split(" read:tickets,read:items\n all "), ["read:tickets", "read:items", "all"]);
    }
}
