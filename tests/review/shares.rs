//! Shares and chance: exact tails, and at most one false flag expected in a session of honest desks.

use bits::random::{Random as _, SeededRandom};
use diemdanh_review::rates::{Share, at_least, flags};

fn near(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() <= wanted.abs() * 1e-9
}

#[test]
fn tails_are_exact() {
    // By hand: P(X >= 2), n = 3, p = 1/2: (3 + 1) / 8; P(X >= 1), n = 10, p = 0.1: 1 - 0.9^10.
    assert!(near(at_least(2, 3, 0.5), 0.5));
    assert!(near(at_least(1, 10, 0.1), 1.0 - 0.9_f64.powi(10)));
    assert!(near(at_least(24, 24, 0.02), 0.02_f64.powi(24)));
    assert_eq!((at_least(0, 24, 0.02), at_least(25, 24, 0.02), at_least(1, 5, 0.0)), (1.0, 0.0, 0.0));
    // The domain's own figures: 3 of 24 at a true 2 % in 1.2 % of rooms.
    assert!((at_least(3, 24, 0.02) - 0.0118).abs() < 0.0005, "{}", at_least(3, 24, 0.02));
}

#[test]
fn rooms_of_an_ordinary_day_are_not_flagged_and_a_desk_without_cards_is() {
    let mut shares: Vec<Share> =
        (0..500_u64).map(|desk| Share { name: format!("ban-{desk:03}"), hits: desk % 10, of: 220 }).collect();
    assert_eq!(flags(&shares), []);
    shares.push(Share { name: "ban-501".to_owned(), hits: 60, of: 220 });
    let found = flags(&shares);
    assert_eq!(found.iter().map(|flag| flag.share.name.as_str()).collect::<Vec<_>>(), ["ban-501"]);
}

#[test]
fn nothing_is_flagged_where_there_is_nothing_to_compare() {
    let one = |hits, of| Share { name: "x".to_owned(), hits, of };
    assert_eq!(flags(&[]), []);
    assert_eq!(flags(&[one(24, 24)]), []);
    assert_eq!(flags(&[one(0, 24), one(0, 24)]), []);
    assert_eq!(flags(&[one(3, 0), one(0, 24)]), []);
}

/// Plays honest sessions: every desk has the same chance of a manual entry. Over all of them at most one flag a session.
#[test]
fn honest_exams_have_at_most_one_flag_a_session() {
    let mut random = SeededRandom::new("honest exams");
    for (desks, people, of_thousand) in [(20, 24, 20), (200, 220, 20), (500, 24, 20), (500, 230, 5), (100, 30, 100)] {
        let (mut sessions, mut flagged) = (0_u64, 0_u64);
        for _ in 0..40 {
            let shares: Vec<Share> = (0..desks)
                .map(|desk| {
                    let hits = random.bytes(people * 2).chunks(2).filter(|pair| is_hit(pair, of_thousand)).count();
                    Share { name: desk.to_string(), hits: hits as u64, of: people as u64 }
                })
                .collect();
            sessions += 1;
            flagged += flags(&shares).len() as u64;
        }
        println!("{desks} desks of {people}, {of_thousand} in a thousand: {flagged} flags in {sessions} sessions");
        // Two and a half standard deviations above one flag a session.
        assert!(flagged <= 56, "{desks} desks of {people}: {flagged} flags in {sessions} sessions");
    }
}

fn is_hit(pair: &[u8], of_thousand: u32) -> bool {
    u32::from(u16::from_be_bytes([pair[0], pair[1]])) * 1000 < of_thousand * 65_536
}
