//! Shares and chance: exact tails, and at most one false flag expected in a session of honest desks.

use crate::world::{check_in, closed, manual, review};
use bits::random::{Random as _, SeededRandom};
use diemdanh_review::comparison::{Compared, manual_admissions};
use diemdanh_review::rates::{Share, at_least, flags};
use record::AttendanceEvent;

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

fn desk(name: &str, cards: u8, by_hand: u8) -> diemdanh_review::Export {
    let cards = (0..cards).map(|number| check_in(number % 12 + 1));
    let by_hand = (0..by_hand).map(|number| manual(Some(number % 12 + 1)));
    closed(name, &cards.chain(by_hand).collect::<Vec<AttendanceEvent>>())
}

#[test]
fn a_desk_that_lets_in_by_hand_stands_out_among_desks_and_opens_no_case_of_its_own() {
    let all = review([desk("d1", 60, 0), desk("d2", 60, 1), desk("d3", 60, 1), desk("d4", 20, 40)]);
    let found = manual_admissions(&all);
    let told: Vec<_> = found.iter().map(|one| (one.session, one.what, one.compared, one.flags.len())).collect();
    assert_eq!(told, [(0, Compared::Desks, 4, 1), (0, Compared::Sites, 2, 1)]);
    let flag = &found[0].flags[0];
    assert_eq!((flag.share.name.as_str(), flag.share.hits, flag.share.of), ("d4", 40, 60));
    assert!(near(flag.limit, 0.5 / 4.0), "both comparisons of a session share one false flag");
    assert!(all.cases().iter().all(|case| !case.rule.code().contains("rate")));
}

#[test]
fn one_desk_alone_and_desks_alike_stand_out_nowhere() {
    assert_eq!(manual_admissions(&review([desk("d1", 3, 30)])), []);
    let alike =
        manual_admissions(&review([desk("d1", 60, 2), desk("d2", 60, 2), desk("d3", 60, 2), desk("d4", 60, 2)]));
    assert!(alike.len() == 2 && alike.iter().all(|one| one.flags.is_empty()), "{alike:?}");
}
