//! How much room a report has, and who gets how much of it.

/// The most that each may take so that all together take no more than `total`: who needs less keeps all of it, and
/// those who need more get the same.
pub(super) fn share(mut needs: Vec<usize>, total: usize) -> usize {
    needs.sort_unstable();
    let mut left = total;
    for (index, need) in needs.iter().enumerate() {
        let each = left / (needs.len() - index);
        if *need > each {
            return each;
        }
        left -= need;
    }
    total
}

/// The beginning of a text, in octets, and how many are left out.
pub(super) fn beginning(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}... and {} octets more", &text[..end], text.len() - end)
}

#[cfg(test)]
mod tests {
    use super::{beginning, share};

    #[test]
    fn who_needs_little_keeps_it_and_the_others_share_the_rest() {
        let rows: &[(&[usize], usize, usize)] = &[
            (&[], 10, 10),
            (&[3, 3], 10, 10),
            (&[8, 8], 10, 5),
            (&[1, 20, 20], 11, 5),
            (&[20, 1, 3], 10, 6),
        ];
        for (needs, total, expected) in rows {
            let each = share(needs.to_vec(), *total);
            assert_eq!(each, *expected, "{needs:?}");
            let taken: usize = needs.iter().map(|need| (*need).min(each)).sum();
            assert!(taken <= *total);
        }
    }

    #[test]
    fn a_text_says_how_much_of_it_is_left_out() {
        assert_eq!(beginning("abc", 3), "abc");
        assert_eq!(beginning("abcd", 3), "abc... and 1 octets more");
        assert_eq!(beginning("aé", 2), "a... and 2 octets more");
    }
}
