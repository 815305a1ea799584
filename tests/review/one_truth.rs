//! The projection: what is said of each candidate, and that the order of intake never says it.

use crate::world::*;
use bits::spread::Spread;
use diemdanh_review::{Export, Grade, Intake, LogState, MissingWhy, Review, Rule, State, Taken};
use jiff::Timestamp;
use proptest::prelude::*;
use record::{
    ArrivalIndex, AttendanceEvent, Entry, EntryRef,
    effective::{InForce, Saying, effective},
};
use std::collections::BTreeSet;

fn state(review: &Review, person: u8) -> State {
    sitting(review, person).state
}

#[test]
fn nobody_is_absent_while_a_log_of_the_site_is_missing() {
    let one = review([closed("d1", &[check_in(1)])]);
    assert_eq!((state(&one, 1), state(&one, 2)), (State::Present, State::NotKnown));
    let missing = sitting(&one, 2).missing;
    assert_eq!(
        missing.iter().map(|log| (log.desk.as_str(), log.why)).collect::<Vec<_>>(),
        [("d2", MissingWhy::NotReceived)]
    );
    let open = review([closed("d1", &[check_in(1)]), log("d2", &[check_in(3)])]);
    assert_eq!((state(&open, 2), sitting(&open, 2).missing[0].why), (State::NotKnown, MissingWhy::NotClosed));
    let whole = review([closed("d1", &[check_in(1)]), closed("d2", &[check_in(3)])]);
    assert_eq!((state(&whole, 2), state(&whole, 7)), (State::Absent, State::NotKnown), "the other site is its own");
    assert_eq!(sitting(&whole, 1).grade, Grade::Site);
    let all = review(["d1", "d2", "d3", "d4"].map(|desk| closed(desk, &[])));
    assert_eq!((state(&all, 1), state(&all, 12)), (State::Absent, State::Absent));
    assert_eq!(all.sitting(1, cand(1)).state, State::NotKnown, "the second session has no log at all");
}

#[test]
fn what_was_said_counts_by_the_records_rule() {
    let events =
        [check_in(1), undo(1), referred(2), not_admitted(3), elsewhere(4), referred(5), check_in(5), check_in(6)];
    let one = review([closed("d1", &events), closed("d2", &[])]);
    let states: Vec<State> = (1..=6).map(|person| state(&one, person)).collect();
    let expected =
        [State::Absent, State::Referred, State::NotAdmitted, State::Elsewhere, State::Present, State::Present];
    assert_eq!(states, expected);
    assert_eq!(sitting(&one, 5).behind.len(), 1, "the arrival, not the referral");
    assert_eq!(sitting(&one, 5).entries.len(), 2);
}

#[test]
fn an_undo_takes_back_one_arrival_and_no_other() {
    let one = review([closed("d1", &[check_in(1), undo(1)]), closed("d2", &[check_in(1)])]);
    assert_eq!(state(&one, 1), State::Present);
    assert_eq!(cases_of(&one, Rule::Undone).len(), 1);
    assert!(cases_of(&one, Rule::Twice).is_empty(), "one of the two was taken back");
}

#[test]
fn a_log_that_contradicts_itself_says_nothing_beyond_what_both_hold() {
    let (one, other) = (closed("d1", &[check_in(1), check_in(2)]), closed("d1", &[check_in(1), check_in(3)]));
    let whole = review([one.clone(), other.clone(), closed("d2", &[])]);
    let states: Vec<State> = (1..=4).map(|person| state(&whole, person)).collect();
    assert_eq!(states, [State::Present, State::NotKnown, State::NotKnown, State::NotKnown]);
    assert_eq!(whole.logs()[0].state, LogState::Contradicted);
    let cases = cases_of(&whole, Rule::Contradiction);
    assert_eq!(
        (cases.len(), cases[0].entries.len()),
        (1, 3),
        "both arrivals, and the closing entry that is the same line"
    );
    // Another desk that nothing contradicts says for itself that she is in.
    let sure = review([one, other, closed("d2", &[check_in(2)])]);
    assert_eq!(state(&sure, 2), State::Present);
}

#[test]
fn exports_of_one_log_are_one_log() {
    let whole = closed("d1", &[check_in(1), check_in(2)]);
    let mut intake = Intake::default();
    assert_eq!(intake.take(cut(&whole, 2)), Taken::New);
    assert_eq!(intake.take(cut(&whole, 2)), Taken::Same);
    assert_eq!(intake.take(whole.clone()), Taken::Longer);
    assert_eq!(intake.take(cut(&whole, 3)), Taken::Older);
    assert_eq!(intake.take(closed("d1", &[check_in(3)])), Taken::Contradicts);
    assert_eq!(intake.len(), 1);
}

#[test]
fn logs_of_another_exam_or_session_or_of_training_count_for_nothing() {
    let mut other = closed("d1", &[check_in(1)]);
    other.log = diemdanh_review::LogId::new("board.example/other/d1/b1").unwrap();
    let training = Export { training: true, ..closed("d2", &[check_in(2)]) };
    let session = log_of("d3", "b9", &[check_in(7), close()]);
    let one = review([other, training, session]);
    assert!(one.logs().iter().all(|log| log.state == LogState::Foreign));
    assert!([1, 2, 7].iter().all(|person| state(&one, *person) == State::NotKnown));
    assert!(one.cases().is_empty(), "{:?}", one.cases());
}

fn event() -> impl Strategy<Value = AttendanceEvent> {
    let person = 1..=8_u8;
    prop_oneof![
        4 => person.clone().prop_map(check_in),
        1 => (person.clone(), 1..=3_u8).prop_map(|(person, card)| check_in_on(person, card)),
        1 => person.clone().prop_map(|person| manual(Some(person))),
        1 => person.clone().prop_map(not_admitted),
        1 => person.clone().prop_map(referred),
        1 => person.prop_map(elsewhere),
        1 => (1..=8_u8, any::<bool>()).prop_map(|(person, is_in)| on_paper(person, is_in)),
        1 => (1..6_u64).prop_map(undo),
    ]
}

/// Exports of four desks: of each a whole one and beginnings of it, of some a second history.
fn exports() -> impl Strategy<Value = Vec<Export>> {
    let desk = (prop::collection::vec(event(), 0..8), any::<bool>(), 1..9_usize, any::<bool>());
    prop::collection::vec(desk, 4).prop_map(|desks| {
        let mut all = Vec::new();
        for ((events, is_closed, cut_at, is_forked), name) in desks.into_iter().zip(["d1", "d2", "d3", "d4"]) {
            let whole = if is_closed { closed(name, &events) } else { log(name, &events) };
            all.push(cut(&whole, cut_at));
            if is_forked && cut_at % 3 == 0 {
                let other: Vec<_> = events.iter().take(cut_at / 2).cloned().chain([check_in(8)]).collect();
                all.push(closed(name, &other));
            }
            all.push(whole);
        }
        all
    })
}

/// Does the last piece first, as threads may.
struct Backwards;

impl Spread for Backwards {
    fn in_order<T: Send>(&self, count: usize, work: &(dyn Fn(usize) -> T + Sync), take: &mut dyn FnMut(T) -> bool) {
        let mut done: Vec<T> = (0..count).rev().map(work).collect();
        while done.pop().is_some_and(&mut *take) {}
    }
}

fn together(exports: &[Export]) -> Review {
    review(exports.iter().cloned())
}

/// Everything that anybody is told.
fn told(review: &Review) -> String {
    let sittings: Vec<_> = (0..2)
        .flat_map(|session| (1..=12).map(move |person| (session, person)))
        .map(|(session, person)| review.sitting(session, cand(person)))
        .collect();
    let missing: Vec<_> = review.missing().collect();
    let logs: Vec<_> =
        review.logs().iter().map(|log| (&log.id, log.state, log.anchored, log.facts().count())).collect();
    format!("{sittings:?}\n{:?}\n{missing:?}\n{logs:?}", review.cases())
}

proptest! {
    /// Any order and any grouping of intake, with anything told twice, gives the same whole.
    #[test]
    fn order_and_grouping_change_nothing(
        exports in exports(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
        parts in 1..4_usize,
    ) {
        let usual = together(&exports);
        let again = order.iter().map(|index| index.get(&exports).clone());
        let shuffled: Vec<Export> = again.chain(exports.iter().rev().cloned()).collect();
        let mut whole = Intake::default();
        for group in shuffled.chunks(shuffled.len().div_ceil(parts)) {
            let mut intake = Intake::default();
            group.iter().for_each(|export| {
                intake.take(export.clone());
            });
            whole.merge(intake);
        }
        prop_assert_eq!(told(&Review::build(expected(), whole)), told(&usual));
    }

    /// Each event counts once: the entries of all logs are the entries that were written, however often they came.
    #[test]
    fn each_event_is_counted_once(exports in exports()) {
        let twice: Vec<Export> = exports.iter().chain(&exports).cloned().collect();
        let review = together(&twice);
        let written: BTreeSet<_> = exports.iter().flat_map(|export| {
            export.facts.iter().map(|fact| (export.log.clone(), fact.place, fact.leaf)).collect::<Vec<_>>()
        }).collect();
        let mut counted: Vec<_> = review.logs().iter().flat_map(|log| {
            log.facts().chain(log.disputed.iter().cloned()).map(|fact| (log.id.clone(), fact.place, fact.leaf)).collect::<Vec<_>>()
        }).collect();
        counted.sort();
        prop_assert_eq!(counted, written.into_iter().collect::<Vec<_>>());
        for person in 1..=12 {
            let sitting = sitting(&review, person);
            let once: BTreeSet<_> = sitting.entries.iter().collect();
            prop_assert_eq!(once.len(), sitting.entries.len());
        }
    }

    /// What stands in the column of states was mostly told without reading anybody's entries together: it is what they say.
    #[test]
    fn the_column_of_states_says_what_each_sitting_says(exports in exports()) {
        let review = together(&exports);
        for (row, person) in review.expected().people().iter().enumerate() {
            for session in 0..2 {
                prop_assert_eq!(review.state(session, row), Some(review.sitting(session, person.cand).state));
            }
        }
    }

    /// Threads that somebody lends change nothing: neither what is said, nor its order.
    #[test]
    fn threads_change_nothing(exports in exports()) {
        let intake = || {
            let mut intake = Intake::default();
            exports.iter().cloned().for_each(|export| {
                intake.take(export);
            });
            intake
        };
        let lent = Review::build_on(&Backwards, expected(), intake());
        prop_assert_eq!(told(&lent), told(&Review::build(expected(), intake())));
    }

    /// Whoever is in twice has exactly one case of it, with every arrival that stands; nobody else has one.
    #[test]
    fn each_duplicate_opens_one_case(exports in exports()) {
        let review = together(&exports);
        let cases = cases_of(&review, Rule::Twice);
        for person in 1..=12_u8 {
            let own: Vec<_> = cases.iter().filter(|case| matches!(&case.subject, diemdanh_review::Subject::Sitting { cand: one, .. } if *one == cand(person))).collect();
            let arrivals = sitting(&review, person).entries.into_iter().filter(|place| {
                let undone = |fact: &diemdanh_review::Fact| sitting(&review, person).entries.iter().any(|other| {
                    other.log == place.log && review.fact(*other).is_some_and(|other| other.kind == diemdanh_review::Kind::Undo && other.refers == Some(fact.place) && other.place > fact.place)
                });
                review.fact(*place).is_some_and(|fact| fact.kind.lets_in() && !undone(&fact))
            }).count();
            prop_assert_eq!(own.len(), usize::from(arrivals > 1), "candidate {} arrived {} times", person, arrivals);
            if let Some(case) = own.first() {
                prop_assert_eq!(case.entries.len(), arrivals);
            }
        }
    }

    /// Over one log the board's rule is the desk's: whoever is in there is in here, by the same first entry.
    #[test]
    fn the_boards_rule_is_the_desks(events in prop::collection::vec(event(), 0..20)) {
        let mut index = ArrivalIndex::default();
        let mut said = Vec::new();
        let mut by_entry = std::collections::BTreeMap::new();
        for (seq, event) in (0..).zip(events) {
            let place = EntryRef { segment: 1, seq };
            let entry = Entry { v: 1, seq, t: Timestamp::UNIX_EPOCH, bt: seq, boot: "b".to_owned(), op: code("op"), event };
            if let AttendanceEvent::Undo { refers, .. } = &entry.event {
                // A desk writes no undo of what is no arrival; the check of logs calls it forged.
                if index.candidate_of(*refers).is_none() { continue }
            }
            if let Some((about, saying)) = Saying::of(&entry.event) {
                let about = about.or_else(|| match saying { Saying::Undone(refers) => by_entry.get(&refers).copied(), _ => None });
                by_entry.insert(place, about.unwrap());
                said.push((about.unwrap(), place, saying));
            }
            index.apply(1, &entry);
        }
        for person in 1..=8_u8 {
            let own = said.iter().filter(|(about, ..)| *about == cand(person)).map(|(_, place, saying)| (0, *place, *saying));
            let counts = effective(own);
            let first = index.get(cand(person)).map(|arrival| arrival.entry);
            prop_assert_eq!(counts.behind.first().map(|(_, place)| *place).filter(|_| counts.in_force == InForce::In), first);
        }
    }
}
