//! Names of members, header fields and parameters whose values are secrets, as people and services call them.

use percent_encoding::percent_decode_str;

/// Anywhere in a name, whatever stands between its words: `access_token`, `X-Amz-Security-Token`, `clientSecret`.
const PARTS: [&str; 10] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "authorization",
    "credential",
    "apikey",
    "accesskey",
    "privatekey",
];
/// Alone, or as a word of a name; in longer ones they mean something else.
const WORDS: [&str; 6] = ["auth", "cookie", "jwt", "pass", "pwd", "assertion"];
/// Such words of parameters: who has a URL with them can use it (signed URLs of Amazon, Google and Azure; OAuth 2.0).
const WORDS_OF_PARAMETERS: [&str; 4] = ["signature", "sig", "code", "nonce"];
/// Private and symmetric members of a JSON Web Key (RFC 7518, section 6).
const OF_PRIVATE_KEYS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Whether a member of a document, or a header field, of this name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let letters: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    PARTS.iter().any(|part| letters.contains(part)) || has_word(name, &WORDS)
}

/// Whether a parameter of a URL of this name, perhaps percent-encoded, holds a secret.
pub(super) fn is_secret_parameter(name: &str) -> bool {
    let name = percent_decode_str(name).decode_utf8_lossy();
    is_secret(&name) || has_word(&name, &WORDS_OF_PARAMETERS)
}

/// Whether a member of a JSON Web Key is one of those that others may not see.
pub(super) fn is_of_private_key(name: &str) -> bool {
    OF_PRIVATE_KEYS.contains(&name)
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let is_one = |word: &str| words.iter().any(|own| word.eq_ignore_ascii_case(own));
    name.split(|letter: char| !letter.is_ascii_alphanumeric())
        .any(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for (name, member, parameter) in [
            ("token", true, true),
            ("Token", true, true),
            ("access_token", true, true),
            ("X-Amz-Security-Token", true, true),
            ("refreshToken", true, true),
            ("clientSecret", true, true),
            ("Authorization", true, true),
            ("Proxy-Authorization", true, true),
            ("X-Api-Key", true, true),
            ("apikey", true, true),
            ("X-Auth", true, true),
            ("Set-Cookie", true, true),
            ("aws_secret_access_key", true, true),
            ("%74oken", false, true),
            ("X-Amz-Signature", false, true),
            ("X-Goog-Signature", false, true),
            ("sig", false, true),
            ("code", false, true),
            // Of the API, and near to a word above.
            ("signature", false, true),
            ("signatures", false, false),
            ("releaseSignature", false, false),
            ("author", false, false),
            ("key", false, false),
            ("kid", false, false),
            ("path", false, false),
            ("passes", false, false),
            ("expires", false, false),
            ("", false, false),
        ] {
            assert_eq!(is_secret(name), member, "{name}");
            assert_eq!(is_secret_parameter(name), parameter, "{name}");
        }
    }
}
