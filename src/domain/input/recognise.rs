//! Recognises texts that are not values: unexpanded variables, references to a secret store, placeholders, masked
//! displays, tokens, hashes.

use super::encoded::{Encoded, encoded};
use super::placeholder::{is_masked, is_placeholder};

/// A text that is not a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongKindOfText {
    /// One sentence.
    pub what: &'static str,
    /// The next step.
    pub next: &'static str,
}

const EXPAND: &str =
    "Give the value itself: see that the shell, the template or the deployment puts it in. Nothing was sent.";
const RESOLVE: &str = "Have the store's own command print it, for instance by --secret-command, or give the value itself. Nothing was sent.";
const REPLACE: &str = "Put the real value in its place. Nothing was sent.";
const WHOLE: &str = "Copy the value from where it was noted when Halo showed it, which it does once. Nothing was sent.";
const DECODE_BASE64: &str = "Decode it first, for instance: base64 -d < FILE | halo-onboard check --secret-stdin (of a Kubernetes secret: kubectl get secret NAME -o jsonpath='{.data.KEY}' | base64 -d). Nothing was sent.";
const DECODE_HEX: &str =
    "Decode it first, for instance: xxd -r -p FILE | halo-onboard check --secret-stdin. Nothing was sent.";
const DECRYPT: &str = "Decrypt it first, for instance by --secret-command. Nothing was sent.";
const OTHER: &str = "Give the Client Secret of the application in Halo. Nothing was sent.";
const CONTENT: &str = "Give what stands in the file: halo-onboard check --secret-stdin < FILE. Nothing was sent.";

/// Recognises a whole text with a syntax of its own, including names and quotation marks.
pub fn syntax(text: &str) -> Option<WrongKindOfText> {
    let like = |what, next| Some(WrongKindOfText { what, next });
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let starts = |starts: &[&str]| starts.iter().any(|start| lower.starts_with(start));
    if starts(&[
        "-----begin pgp",
        "-----begin age",
        "age-encryption.org",
        "$ansible_vault",
        "enc[",
        "enc(",
        "{cipher}",
        "vault:v1:",
    ]) {
        return like("This is an encrypted text, not its value.", DECRYPT);
    }
    if starts(&["-----begin"]) {
        return like("This is a key or a certificate (PEM), not the value that belongs here.", OTHER);
    }
    if let Some(store) = store(&lower) {
        return like(store, RESOLVE);
    }
    if is_variable(text) {
        return like("This is a variable or a template that nobody expanded, not its value.", EXPAND);
    }
    if starts(&["bearer ", "basic ", "authorization:"]) && !lower.contains("client_secret") {
        return like("This is a header of another request, not the value that belongs here.", OTHER);
    }
    if is_path(text, &lower) {
        return like("This is the name of a file, not what stands in it.", CONTENT);
    }
    None
}

/// Recognises a value without its name and quotation marks.
pub fn value(text: &str) -> Option<WrongKindOfText> {
    let like = |what, next| Some(WrongKindOfText { what, next });
    if let Some(found) = syntax(text) {
        return Some(found);
    }
    if is_masked(text) {
        return like("This is a masked display (dots or stars in its place), not the value.", WHOLE);
    }
    if is_placeholder(text) {
        return like("This is a placeholder, not a value.", REPLACE);
    }
    if is_token(text) {
        return like("This is a token (a JWT), not the value that belongs here.", OTHER);
    }
    if is_hash(text) {
        return like("This is the hash of a password, from which no value can be had.", WHOLE);
    }
    if is_e_mail(text) {
        return like("This is an e-mail address.", OTHER);
    }
    match encoded(text) {
        Some(Encoded::Base64) => like("This is base64 of a text, not the text itself.", DECODE_BASE64),
        Some(Encoded::Hexadecimal) => {
            like("This is a text in hexadecimal digits (hex), not the text itself.", DECODE_HEX)
        }
        None => None,
    }
}

/// A reference to a store of secrets.
fn store(lower: &str) -> Option<&'static str> {
    const STORES: [(&str, &str); 24] = [
        ("op://", "This is a reference to 1Password, not the secret."),
        ("bws://", "This is a reference to Bitwarden, not the secret."),
        ("bw://", "This is a reference to Bitwarden, not the secret."),
        ("@microsoft.keyvault(", "This is a reference to Azure Key Vault that nobody resolved, not the secret."),
        ("keyvault:", "This is a reference to Azure Key Vault, not the secret."),
        ("azurekms:", "This is a reference to Azure, not the secret."),
        ("vault:", "This is a reference to Vault, not the secret."),
        ("vault://", "This is a reference to Vault, not the secret."),
        ("ref+", "This is a reference (vals) that nobody resolved, not the secret."),
        ("arn:aws", "This is the name of a secret at AWS (an ARN), not the secret."),
        ("awssm:", "This is a reference to AWS Secrets Manager, not the secret."),
        ("secretsmanager:", "This is a reference to AWS Secrets Manager, not the secret."),
        ("aws-sm://", "This is a reference to AWS Secrets Manager, not the secret."),
        ("ssm:/", "This is a reference to AWS Systems Manager, not the secret."),
        ("{{resolve:", "This is a reference of CloudFormation that nobody resolved, not the secret."),
        ("gcp:///", "This is a reference to Google Secret Manager, not the secret."),
        ("gcpsm:", "This is a reference to Google Secret Manager, not the secret."),
        ("sm://", "This is a reference to Google Secret Manager, not the secret."),
        ("keepass:", "This is a reference to KeePass, not the secret."),
        ("doppler://", "This is a reference to Doppler, not the secret."),
        ("infisical://", "This is a reference to Infisical, not the secret."),
        ("secret://", "This is a reference to a store of secrets, not the secret."),
        ("secrets.", "This is a reference to a store of secrets, not the secret."),
        ("keyring:", "This is a reference to a keyring, not the secret."),
    ];
    if lower.starts_with("projects/") && lower.contains("/secrets/") {
        return Some("This is the name of a secret at Google, not the secret.");
    }
    if lower.starts_with("https://") && lower.contains(".vault.azure.net/") {
        return Some("This is the address of a secret in Azure Key Vault, not the secret.");
    }
    STORES.iter().find(|(start, _)| lower.starts_with(start)).map(|(_, what)| *what)
}

/// A variable, a command or a template that was to be replaced by its value.
pub fn is_variable(text: &str) -> bool {
    const AROUND: [(&str, &str); 12] = [
        ("${", "}"),
        ("$(", ")"),
        ("$[", "]"),
        ("%(", ")s"),
        ("%env(", ")%"),
        ("{{", "}}"),
        ("<%", "%>"),
        ("#{", "}"),
        ("{%", "%}"),
        ("[[", "]]"),
        ("<<", ">>"),
        ("{$", "}"),
    ];
    let around = |(start, end): &(&str, &str)| {
        let inner = text.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        inner.is_some_and(|inner| !inner.is_empty())
    };
    let between = |mark: char| {
        let inner = text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        inner.is_some_and(is_name)
    };
    let written = [
        "$env:",
        "process.env",
        "os.environ",
        "ENV[",
        "System.getenv(",
        "os.getenv(",
        "getenv(",
        "!Ref ",
        "!Sub ",
        "!secret ",
        "!vault",
        "env:",
        "Fn::",
    ];
    AROUND.iter().any(around)
        || between('%')
        || between('!')
        || (between('@') && text.len() > 3)
        || text.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")).is_some_and(is_name)
        || text.strip_prefix('$').is_some_and(is_name)
        || (!text.contains('=') && written.iter().any(|start| text.starts_with(start)))
        || (text.len() > 4 && text.starts_with('`') && text.ends_with('`') && text.contains(' '))
}

/// A name as variables have.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':'))
}

fn is_path(text: &str, lower: &str) -> bool {
    const ROOTS: [&str; 17] = [
        "/run/",
        "/etc/",
        "/home/",
        "/var/",
        "/tmp/",
        "/opt/",
        "/root/",
        "/secrets/",
        "/mnt/",
        "/usr/",
        "/srv/",
        "/users/",
        "/dev/",
        "/proc/",
        "~/",
        "./",
        "../",
    ];
    let bare = lower.strip_prefix('@').or_else(|| lower.strip_prefix("file:")).unwrap_or(lower);
    let drive = bare.as_bytes().get(1) == Some(&b':')
        && bare.starts_with(|c: char| c.is_ascii_alphabetic())
        && matches!(bare.as_bytes().get(2), Some(b'\\' | b'/'));
    let one_line = !text.contains('\n');
    let ending = [".txt", ".json", ".env", ".yaml", ".yml", ".gpg", ".age", ".pem", ".key", ".secret"];
    one_line
        && (ROOTS.iter().any(|root| bare.starts_with(root))
            || drive
            || bare.starts_with("\\\\")
            || lower.starts_with("file:")
            || (ending.iter().any(|end| lower.ends_with(end)) && !lower.contains(' ') && !lower.contains("://")))
}

fn is_token(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    text.starts_with("eyJ") && matches!(parts.len(), 3 | 5) && !text.contains(' ')
}

fn is_hash(text: &str) -> bool {
    let crypt =
        ["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$argon2", "$pbkdf2", "$scrypt$", "{SSHA}", "{SHA}"];
    crypt.iter().any(|start| text.starts_with(start)) || text.starts_with("sha256:") || text.starts_with("pbkdf2_")
}

fn is_e_mail(text: &str) -> bool {
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'))
    };
    text.split_once('@').is_some_and(|(name, host)| {
        let ending = host.rsplit('.').next().unwrap_or_default();
        plain(name)
            && plain(host)
            && host.contains('.')
            && (2..=10).contains(&ending.len())
            && ending.chars().all(|c| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_value_is_named() {
        for (word, texts) in [
            (
                "variable",
                &[
                    "${HALO_CLIENT_SECRET}",
                    "$HALO_CLIENT_SECRET",
                    "%HALO_CLIENT_SECRET%",
                    "$(pass show halo)",
                    "{{ halo.secret }}",
                    "<%= ENV['X'] %>",
                    "${{ secrets.HALO }}",
                    "#{HaloSecret}",
                    "$env:HALO_CLIENT_SECRET",
                    "${X:-default}",
                    "!X!",
                    "@halo.secret@",
                    "__HALO_SECRET__",
                    "`pass show halo`",
                    "process.env.X",
                    "os.environ['X']",
                    "%(secret)s",
                    "!Ref Secret",
                    "[[ x ]]",
                    "$(HaloSecret)",
                    "%env(HALO)%",
                    "{$HALO}",
                    "<< x >>",
                ][..],
            ),
            ("1Password", &["op://vault/halo/password"]),
            (
                "Azure Key Vault",
                &[
                    "@Microsoft.KeyVault(SecretUri=https://x.vault.azure.net/secrets/y)",
                    "https://x.vault.azure.net/secrets/halo/1",
                ],
            ),
            ("Vault,", &["vault:secret/data/halo#secret"]),
            ("AWS", &["arn:aws:secretsmanager:eu-west-1:1:secret:halo", "ssm:/halo/secret"]),
            ("CloudFormation", &["{{resolve:secretsmanager:halo}}"]),
            ("Google", &["projects/1/secrets/halo/versions/latest"]),
            (
                "encrypted",
                &["-----BEGIN PGP MESSAGE-----", "ENC[AES256_GCM,data:x]", "$ANSIBLE_VAULT;1.1;AES256", "ENC(abc)"],
            ),
            ("PEM", &["-----BEGIN PRIVATE KEY-----"]),
            (
                "masked",
                &[
                    "•",
                    "••••••••",
                    "●●●●",
                    "********",
                    "…",
                    "abcd…wxyz",
                    "5b21a3c4-...-d5e6f7",
                    "****6f7",
                    "....",
                    "* * * *",
                    "5b21****f7",
                ],
            ),
            (
                "placeholder",
                &[
                    "<your-secret>",
                    "REPLACE_ME",
                    "changeme",
                    "xxxx",
                    "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX",
                    "your_client_secret_here",
                    "null",
                    "None",
                    "undefined",
                    "Not set",
                    "00000000-0000-0000-0000-000000000000",
                    "[client secret]",
                    "client_secret",
                    "{client_secret}",
                    "TODO",
                    "(sensitive value)",
                    "[hidden]",
                    "<insert secret>",
                    "N/A",
                    "---",
                    "????",
                    "12345678-1234-1234-1234-123456789012",
                    "changeit",
                    "Your secret here",
                    "PASTE_SECRET_HERE",
                    "<GUID>",
                    "(known after apply)",
                ],
            ),
            ("JWT", &["eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"]),
            ("hash", &["$2b$12$abcdefghijklmnopqrstuv", "{SSHA}abc", "$6$salt$hash"]),
            ("e-mail", &["api@acme.example"]),
            (
                "file",
                &[
                    "/run/secrets/halo",
                    "@secret.txt",
                    "~/.halo",
                    "C:\\secrets\\halo.txt",
                    "./secret",
                    "file:///etc/halo",
                    "secret.txt",
                    "\\\\server\\share\\halo",
                ],
            ),
            ("header", &["Bearer abc", "Authorization: Basic abcd"]),
        ] {
            for text in texts {
                let found = value(text).unwrap_or_else(|| panic!("{text} is taken for a value"));
                assert!(found.what.contains(word), "{text}: {}", found.what);
                assert!(found.next.ends_with("Nothing was sent.") && !found.next.contains("Generate"));
            }
        }
    }

    #[test]
    fn values_are_no_likeness() {
        for text in [
            "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7",
            "c9534241-dde9-4d04-9d45-32b1fbff22ed",
            "another kind of secret",
            "kJ8sQ2mZp0vXr4tYw7uBn1cD5fG9hL3e",
            "kJ8/Q2mZp0v+r4tYw7uBn1cD5fG9hL3eZZ==",
            "Tr0ub4dor&3%x!",
            "canary-4711",
            "$ecret!value",
            "a*b**c",
            "3f1c9a~Q8.xYz",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
