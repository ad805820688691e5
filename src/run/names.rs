//! Names that are new for each seed, case and label.

use sha2::{Digest, Sha256};

/// A label of a package name: readable, and different for each seed, case and label.
///
/// At most 43 characters of `[a-z0-9-]`.
pub(super) fn fresh_label(seed: u64, case: &str, label: &str) -> String {
    let slug: String = case
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(30)
        .collect();
    let slug = slug.trim_matches('-');
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(case.as_bytes());
    hash.update([0]);
    hash.update(label.as_bytes());
    let digest = hex::encode(hash.finalize());
    if slug.is_empty() {
        return format!("t-{}", &digest[..12]);
    }
    format!("{slug}-{}", &digest[..12])
}

/// A text that nobody else has, for credentials of content hosts.
pub(super) fn fresh_secret(seed: u64, case: &str, label: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"secret");
    hash.update(seed.to_le_bytes());
    hash.update(case.as_bytes());
    hash.update([0]);
    hash.update(label.as_bytes());
    format!("s{}", &hex::encode(hash.finalize())[..24])
}

/// The path of a content host, the same in every run with one seed.
pub(super) fn host_id(seed: u64, case: &str, host: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"host");
    hash.update(seed.to_le_bytes());
    hash.update(case.as_bytes());
    hash.update([0]);
    hash.update(host.as_bytes());
    hex::encode(&hash.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::fresh_label;

    #[test]
    fn labels_are_stable_distinct_and_within_the_grammar() {
        let label = fresh_label(1, "digest/refuses-mismatched-upload[sha-256]", "main");
        assert_eq!(
            label,
            fresh_label(1, "digest/refuses-mismatched-upload[sha-256]", "main")
        );
        assert_ne!(
            label,
            fresh_label(2, "digest/refuses-mismatched-upload[sha-256]", "main")
        );
        assert_ne!(
            label,
            fresh_label(1, "digest/refuses-mismatched-upload[sha-256]", "other")
        );
        for case in [
            "a/b",
            "x/---",
            "x/a-very-long-name-that-goes-on-and-on-and-on[and on]",
        ] {
            let label = fresh_label(7, case, "main");
            assert!(
                label.len() <= 63 && !label.ends_with('-') && !label.starts_with('-'),
                "{label}"
            );
            assert!(
                label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            );
        }
    }
}
