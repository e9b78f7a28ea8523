//! Medians, and how far a median of ratios can be trusted.

/// Times that the pairs are drawn anew.
const DRAWS: usize = 10_000;

/// The median of ratios with its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The median.
    pub median: f64,
    /// 2.5 % of the medians that could have come out are below.
    pub low: f64,
    /// 2.5 % are above.
    pub high: f64,
}

/// The ratio of pairs measured beside each other; `None` without pairs.
pub fn ratio(pairs: &[(f64, f64)]) -> Option<Ratio> {
    let ratios: Vec<f64> = pairs
        .iter()
        .filter(|(_, reference)| *reference > 0.0)
        .map(|(ours, reference)| ours / reference)
        .collect();
    let whole = median(&ratios)?;
    // The same draws each time: equal measurements give equal text.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut medians: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            let drawn: Vec<f64> = (0..ratios.len())
                .filter_map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    let at = usize::try_from(state >> 33).ok()? % ratios.len();
                    ratios.get(at).copied()
                })
                .collect();
            median(&drawn)
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    Some(Ratio {
        median: whole,
        low: *medians.get(DRAWS / 40)?,
        high: *medians.get(DRAWS - DRAWS / 40 - 1)?,
    })
}

/// The middle value, or the mean of the two in the middle; `None` without values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some(f64::midpoint(lower, upper))
}

/// The largest value; `None` without values.
pub fn worst(values: &[f64]) -> Option<f64> {
    values.iter().copied().max_by(f64::total_cmp)
}

/// The smallest value; `None` without values.
pub fn least(values: &[f64]) -> Option<f64> {
    values.iter().copied().min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
        assert_eq!(
            (worst(&[1.0, 3.0]), least(&[1.0, 3.0])),
            (Some(3.0), Some(1.0))
        );
    }

    #[test]
    fn equal_pairs_leave_no_doubt_and_uneven_ones_do() {
        let sure = ratio(&[(2.0, 1.0); 15]).unwrap();
        assert_eq!((sure.low, sure.median, sure.high), (2.0, 2.0, 2.0));
        let pairs: Vec<(f64, f64)> = (0..15).map(|n| (1.0 + f64::from(n) / 10.0, 1.0)).collect();
        let unsure = ratio(&pairs).unwrap();
        assert_eq!(unsure.median, 1.7);
        assert!(unsure.low < 1.6 && unsure.low >= 1.0, "{unsure:?}");
        assert!(unsure.high > 1.8 && unsure.high <= 2.4, "{unsure:?}");
        assert_eq!(ratio(&pairs), Some(unsure), "the same again");
    }

    #[test]
    fn a_reference_of_nothing_voids_its_pair() {
        assert_eq!(ratio(&[(1.0, 0.0)]), None);
        assert_eq!(ratio(&[(1.0, 0.0), (3.0, 1.0)]).unwrap().median, 3.0);
    }
}
