//! The token request's form. It holds the secret, so it is written once into one buffer that is overwritten when the last
//! holder lets go of it.

use bytes::Bytes;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// `grant_type`, `client_id`, `client_secret` and `scope`, form-encoded.
pub(super) fn form(client_id: &str, secret: &Secret, scope: &str) -> Bytes {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", secret.expose()),
        ("scope", scope),
    ];
    // Room for the worst encoding: growing would leave a copy behind.
    let room = fields.iter().map(|(name, value)| name.len() + 2 + 3 * value.len()).sum();
    let mut form = Zeroizing::new(Vec::with_capacity(room));
    for (name, value) in fields {
        if !form.is_empty() {
            form.push(b'&');
        }
        form.extend_from_slice(name.as_bytes());
        form.push(b'=');
        byte_serialize(value.as_bytes()).for_each(|part| form.extend_from_slice(part.as_bytes()));
    }
    Bytes::from_owner(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_arrive_as_they_were_typed() {
        let secret = "%&+=\"'\\ä \u{1f512}";
        let form = form("an id", &Secret::new(secret.into()), "read:tickets read:items");
        let read: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
        let wanted = [
            ("grant_type", "client_credentials"),
            ("client_id", "an id"),
            ("client_secret", secret),
            ("scope", "read:tickets read:items"),
        ];
        assert_eq!(read, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
