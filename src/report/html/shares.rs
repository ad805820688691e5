//! Room that many share.

/// How much of the room each gets who would like to have so much.
///
/// Where all of it does not fit, half of the room is divided evenly, so that those who want little get it; the rest goes to the first ones,
/// for as long as it lasts: whoever reads begins with them.
pub(super) fn shares(wanted: &[usize], room: usize) -> Vec<usize> {
    if wanted.iter().sum::<usize>() <= room {
        return wanted.to_vec();
    }
    let most = even(wanted, room / 2);
    let mut left = room;
    let mut shares: Vec<usize> = wanted
        .iter()
        .map(|wanted| {
            let share = (*wanted).min(most);
            left -= share;
            share
        })
        .collect();
    for (share, wanted) in shares.iter_mut().zip(wanted) {
        let more = wanted - *share;
        if more <= left {
            left -= more;
            *share = *wanted;
        }
    }
    shares
}

/// The most that each may have for all to fit.
fn even(wanted: &[usize], room: usize) -> usize {
    let mut sorted = wanted.to_vec();
    sorted.sort_unstable();
    let mut left = room;
    for (index, wanted) in sorted.iter().enumerate() {
        let each = left / (sorted.len() - index);
        if *wanted > each {
            return each;
        }
        left -= wanted;
    }
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn little_is_given_and_the_rest_goes_to_the_first() {
        let rows: &[(&[usize], usize, &[usize])] = &[
            (&[], 10, &[]),
            (&[3, 4], 10, &[3, 4]),
            // Half of the room: 2 for the one that wants little, 4 for each other; what is left is enough for the first.
            (&[12, 2, 20], 20, &[12, 2, 4]),
            // Not enough for the first, but for the one behind it.
            (&[100, 1, 8], 20, &[4, 1, 8]),
            (&[9, 9, 9], 2, &[0, 0, 0]),
        ];
        for (wanted, room, expected) in rows {
            let shares = shares(wanted, *room);
            assert_eq!(shares, *expected, "{wanted:?} of {room}");
            assert!(shares.iter().sum::<usize>() <= *room);
        }
    }
}
