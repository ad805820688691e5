//! The nearest known name to one that is not known.

/// `; did you mean ...?` when a known name is near, else the known names when they are few.
pub fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = nearest(name, known.iter().copied()) {
        return format!("; did you mean `{near}`?");
    }
    match known.len() {
        1..=12 => format!("; there is {}", known.join(", ")),
        _ => String::new(),
    }
}

/// The nearest known name, if it is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance > 0 && *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::{hint, nearest};

    #[test]
    fn near_names_are_meant_and_far_ones_are_not() {
        let known = ["coverage", "compare", "cases"];
        assert_eq!(nearest("covarage", known), Some("coverage"));
        assert_eq!(nearest("digest", known), None);
        assert_eq!(hint("casse", known), "; did you mean `cases`?");
        assert_eq!(hint("x", known), "; there is coverage, compare, cases");
    }
}
