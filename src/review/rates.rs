//! What chance alone does to a share, exactly: by chance 3 manual entries of 24 occur in 1,770 rooms of a national exam.
//!
//! Each desk and each site of a session is held against all of the session together, with the exact binomial tail. The
//! limit is such that of honest desks at most one flag is expected in a session, however many desks there are. A flag is
//! a reason to look, printed with its denominator; it opens no case, and nobody is put in an order by it. Honest desks
//! are not all alike (a school of older cards has more manual entries), so flags beyond one are no proof either.

/// What was counted at one desk or site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    /// Where.
    pub name: String,
    /// How often it happened.
    pub hits: u64,
    /// Out of how many.
    pub of: u64,
}

/// A share that chance alone seldom reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// Where, and how many of how many.
    pub share: Share,
    /// The share of all together.
    pub overall: f64,
    /// How probable so many or more are by chance.
    pub chance: f64,
    /// The limit that it lies below: the false flags that may be expected, over the number of shares that were compared.
    pub limit: f64,
}

/// The shares that lie above what chance explains, in the order of their names; of honest ones at most one is expected.
pub fn flags(shares: &[Share]) -> Vec<Flag> {
    flags_within(shares, 1.0)
}

/// The same with another number of false flags that may be expected, where several comparisons share one.
pub fn flags_within(shares: &[Share], expected: f64) -> Vec<Flag> {
    let compared = shares.iter().filter(|share| share.of > 0).count();
    let (hits, of) = shares.iter().fold((0_u64, 0_u64), |(hits, of), share| {
        (hits.saturating_add(share.hits.min(share.of)), of.saturating_add(share.of))
    });
    if compared < 2 || hits == 0 || hits == of {
        return Vec::new();
    }
    let (overall, limit) = (ratio(hits, of), expected / float(u64::try_from(compared).unwrap_or(u64::MAX)));
    let judged = shares.iter().map(|share| (share, at_least(share.hits.min(share.of), share.of, overall)));
    // A tail of exactly the limit counts too; the sum over all honest desks stays at one or below it.
    let mut flags: Vec<Flag> = judged
        .filter(|(share, chance)| share.hits > 0 && *chance <= limit && ratio(share.hits, share.of) > overall)
        .map(|(share, chance)| Flag { share: share.clone(), overall, chance, limit })
        .collect();
    flags.sort_by(|one, other| one.share.cmp(&other.share));
    flags
}

/// The probability of `hits` or more out of `of`, each with probability `p`: the exact binomial tail.
pub fn at_least(hits: u64, of: u64, p: f64) -> f64 {
    if hits == 0 || p >= 1.0 {
        return 1.0;
    }
    if hits > of || p <= 0.0 {
        return 0.0;
    }
    // The first term of the tail by logarithms, each further one by its ratio to the one before.
    let mut term = (ln_choose(of, hits) + float(hits) * p.ln() + float(of - hits) * (-p).ln_1p()).exp();
    let mut sum = term;
    let odds = p / (1.0 - p);
    for number in hits..of {
        term *= float(of - number) / float(number + 1) * odds;
        sum += term;
        if term < sum * NEGLIGIBLE {
            break;
        }
    }
    sum.min(1.0)
}

/// ln (n choose k), as a sum of logarithms.
fn ln_choose(n: u64, k: u64) -> f64 {
    let k = k.min(n - k);
    (1..=k).map(|number| (float(n - k + number) / float(number)).ln()).sum()
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { float(part) / float(whole) }
}

/// Counts of an exam are far below what a double holds exactly.
fn float(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of people are below 2^53")]
    let float = number as f64;
    float
}

/// Terms below this part of the sum change nothing that is printed.
const NEGLIGIBLE: f64 = 1e-17;
