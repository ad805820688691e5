//! Ids of cases, for people.

use indexmap::IndexMap;

use super::console::safe_line;

/// The first `limit` ids, those of one file together: `area/case[a, b]`.
pub(super) fn together(ids: &[&str], limit: usize) -> String {
    let mut files: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for id in ids.iter().take(limit) {
        let (file, value) = id
            .strip_suffix(']')
            .and_then(|id| id.split_once('['))
            .map_or((*id, None), |(file, value)| (file, Some(value)));
        files.entry(file).or_default().extend(value);
    }
    let shown: Vec<String> = files
        .iter()
        .map(|(file, values)| {
            safe_line(&if values.is_empty() {
                (*file).to_owned()
            } else {
                format!("{file}[{}]", values.join(", "))
            })
        })
        .collect();
    let rest = ids.len().saturating_sub(limit);
    let rest = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    shown.join(", ") + &rest
}

#[cfg(test)]
mod tests {
    use super::together;

    #[test]
    fn values_of_one_file_stand_together() {
        let rows: &[(&[&str], usize, &str)] = &[
            (&["a/b"], 5, "a/b"),
            (&["a/b[x]", "a/b[y]", "a/c"], 5, "a/b[x, y], a/c"),
            (&["a/b[x]", "a/b[y]", "a/c"], 2, "a/b[x, y] and 1 more"),
            (&["a/b[x[0]]"], 5, "a/b[x[0]]"),
            (&[], 5, ""),
        ];
        for (ids, limit, expected) in rows {
            assert_eq!(together(ids, *limit), *expected);
        }
    }
}
