//! List + guests = admitted + absent, and admitted = scripts, room by room.

use crate::world::*;
use diemdanh_review::{
    EntryId, LogId, Review,
    balance::{Balance, Difference, DifferenceKind, balance, total},
    expected::RoomId,
    explanation::{Category, Explanation, ExplanationStatement, explain},
    scripts::{CountSource, CountStatement, ScriptCount, Scripts, counted_at_desks},
};
use jiff::Timestamp;
use record::{AttendanceEvent, EntryRef, segment::digest};

fn room(site: &str, room: &str) -> RoomId {
    RoomId { site: site.to_owned(), room: room.to_owned() }
}

fn entry(seq: u64) -> EntryId {
    let log = LogId::new("board.example/thi/hd-01/board").unwrap();
    EntryId { log, place: EntryRef { segment: 1, seq }, leaf: digest(&seq.to_be_bytes()) }
}

/// A count of a room of site 01 in the first session.
fn count(seq: u64, name: &str, scripts: u64) -> ScriptCount {
    ScriptCount {
        entry: entry(seq),
        source: CountSource::Board,
        statement: digest(format!("{seq} {name} {scripts}").as_bytes()),
        session: "b1".to_owned(),
        room: room("01", name),
        scripts,
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned()],
        instead: vec![],
        reason: String::new(),
    }
}

fn balanced(review: &Review, counts: &[ScriptCount], name: &str) -> Balance {
    let all = balance(review, &Scripts::of(review.expected(), counts.to_vec()));
    all.into_iter().find(|one| one.session == 0 && one.room == room("01", name)).unwrap()
}

fn kinds(differences: &[Difference]) -> Vec<(DifferenceKind, u64)> {
    differences.iter().map(|difference| (difference.kind, difference.units)).collect()
}

#[test]
fn a_room_balances_when_everything_is_recorded() {
    let review = review([closed("d1", &[check_in(1), check_in(2), not_admitted(3)]), closed("d2", &[check_in(4)])]);
    let scripts = Scripts::of(review.expected(), [count(1, "P1", 2)]);
    let all = balance(&review, &scripts);
    let first = all.iter().find(|one| one.session == 0 && one.room == room("01", "P1")).unwrap();
    assert_eq!((first.counts.listed, first.counts.admitted(), first.counts.not_in()), (3, 2, 1));
    assert!(first.differences.is_empty(), "{:?}", first.differences);
    let sum = total(all.iter().filter(|one| one.session == 0));
    assert_eq!((sum.listed, sum.present, sum.absent, sum.not_known), (12, 3, 2, 6));
}

#[test]
fn one_too_many_and_one_too_few_are_two_differences() {
    let review = review([closed("d1", &[check_in(1), check_in(2)]), closed("d2", &[check_in(4), check_in(5)])]);
    let scripts = Scripts::of(review.expected(), [count(1, "P1", 3), count(2, "P2", 1)]);
    let all = balance(&review, &scripts);
    let of = |name: &str| {
        kinds(&all.iter().find(|one| one.session == 0 && one.room == room("01", name)).unwrap().differences)
    };
    assert_eq!(of("P1"), [(DifferenceKind::ScriptsTooMany, 1)]);
    assert_eq!(of("P2"), [(DifferenceKind::ScriptsMissing, 1)]);
}

#[test]
fn a_guest_is_missed_at_home_and_counted_where_she_is() {
    let review = review([
        closed("d1", &[]),
        closed("d2", &[elsewhere(6), referred(5)]),
        closed("d3", &[check_in(1)]),
        closed("d4", &[]),
    ]);
    let all = balance(&review, &Scripts::default());
    let of = |site: &str, name: &str| all.iter().find(|one| one.session == 0 && one.room == room(site, name)).unwrap();
    assert_eq!(kinds(&of("01", "P1").differences), [(DifferenceKind::Moved, 1)]);
    assert_eq!(of("01", "P1").counts.admitted(), 0);
    assert_eq!((of("02", "").counts.guests, of("02", "").counts.admitted()), (1, 1));
    assert_eq!(kinds(&of("01", "P2").differences), [(DifferenceKind::Undecided, 1), (DifferenceKind::ShownTheWay, 1)]);
}

#[test]
fn not_recorded_stands_beside_absent() {
    let review = review([closed("d1", &[check_in(1)])]);
    let all = balance(&review, &Scripts::default());
    let first = all.iter().find(|one| one.session == 0 && one.room == room("01", "P1")).unwrap();
    assert_eq!((first.counts.absent, first.counts.not_known), (0, 2));
    assert_eq!(kinds(&first.differences), [(DifferenceKind::NotRecorded, 2)]);
    assert_eq!(first.differences[0].people, [cand(2), cand(3)]);
}

#[test]
fn a_later_count_takes_no_earlier_ones_place_until_two_members_say_so() {
    let review = review([closed("d1", &[check_in(1), check_in(2)]), closed("d2", &[])]);
    let at_closing = ScriptCount { source: CountSource::Desk, ..count(1, "P1", 2) };
    let later = ScriptCount { at: Timestamp::from_second(9).unwrap(), ..count(2, "P1", 1) };
    let both = balanced(&review, &[later.clone(), at_closing.clone()], "P1");
    assert_eq!((both.scripts, both.script_counts.len()), (None, 2));
    assert_eq!(kinds(&both.differences), [(DifferenceKind::ScriptsContradicted, 1)]);
    let decided = ScriptCount { instead: vec![entry(2)], ..count(3, "P1", 2) };
    for counts in
        [[at_closing.clone(), later.clone(), decided.clone()], [decided.clone(), later.clone(), at_closing.clone()]]
    {
        let one = balanced(&review, &counts, "P1");
        assert_eq!((one.scripts, kinds(&one.differences)), (Some(2), vec![]));
    }
    // What was replaced does not come back with its replacement, nor by being written down again.
    let again = ScriptCount { entry: entry(7), ..later.clone() };
    let third = ScriptCount { instead: vec![entry(3)], ..count(4, "P1", 3) };
    let one = balanced(&review, &[later, again, decided, third], "P1");
    assert_eq!((one.scripts, one.script_counts.len()), (Some(3), 1));
}

#[test]
fn a_count_is_read_in_one_spelling_only() {
    let said = CountStatement {
        exam: "board.example/thi".to_owned(),
        session: "b1".to_owned(),
        room: room("01", "Phòng 1"),
        scripts: 24,
        instead: vec![entry(1), entry(2)],
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned(), "hd-02".to_owned()],
        reason: "đếm lại".to_owned(),
    };
    let text = said.text();
    assert_eq!(CountStatement::parse(&text), Some(said));
    for wrong in [
        text.replace("scripts 24", "scripts 024"),
        text.replace("scripts 24", "scripts -1"),
        text.replace("v1", "v2"),
        text.clone() + "x\n",
    ] {
        assert_eq!(CountStatement::parse(&wrong), None, "{wrong}");
    }
}

fn explained(seq: u64, difference: &Difference, category: Option<Category>) -> Explanation {
    let said = ExplanationStatement {
        exam: "board.example/thi".to_owned(),
        difference: difference.id.clone(),
        basis: difference.basis,
        category,
        undoes: None,
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned(), "hd-02".to_owned()],
        reason: "xem biên bản".to_owned(),
    };
    assert_eq!(ExplanationStatement::parse(&said.text()), Some(said.clone()));
    Explanation { entry: entry(seq), statement: digest(format!("{seq}").as_bytes()), said }
}

#[test]
fn an_explanation_stands_for_the_difference_that_it_was_about() {
    let review = review([closed("d1", &[check_in(1), check_in(2)]), closed("d2", &[])]);
    let of = |counts: &[ScriptCount], said: &[Explanation]| {
        let mut all = [balanced(&review, counts, "P1")];
        let gone = explain(&mut all, said).len();
        let [one] = all;
        (one.differences.first().map(|one| (one.said.len(), one.is_open())), gone)
    };
    let one_less = [count(1, "P1", 1)];
    let difference = balanced(&review, &one_less, "P1").differences[0].clone();
    assert_eq!(of(&one_less, &[]), (Some((0, true)), 0));
    let said = explained(5, &difference, Some(Category::LeftWithoutScript));
    assert_eq!(of(&one_less, std::slice::from_ref(&said)), (Some((1, false)), 0));
    // Two less is another difference than one less, though it has the same name: it is open again.
    let two_less = [count(2, "P1", 0)];
    assert_eq!(of(&two_less, std::slice::from_ref(&said)), (Some((1, true)), 0));
    // Taken back by a new entry; and where nothing differs any more it is told apart.
    let mut undo = explained(6, &difference, None);
    undo.said.undoes = Some(said.entry.clone());
    assert_eq!(of(&one_less, &[said.clone(), undo]), (Some((0, true)), 0));
    assert_eq!(of(&[count(3, "P1", 2)], &[said]), (None, 1));
}

#[test]
fn scripts_that_a_desk_was_told_are_its_room_s_count() {
    let counted = |room: &str, scripts| AttendanceEvent::ScriptsCounted { room: room.to_owned(), scripts };
    let first = [check_in(1), check_in(2), counted("P1", 7), counted("P1", 1)];
    let review = review([closed("d1", &first), closed("d2", &[check_in(4), counted("P2", 1)])]);
    let counts = counted_at_desks(&review);
    let told: Vec<_> = counts.iter().map(|one| (one.session.as_str(), one.room.room.as_str(), one.scripts)).collect();
    assert_eq!(told, [("b1", "P1", 1), ("b1", "P2", 1)], "what one desk typed later corrects what it typed before");
    let all = balance(&review, &Scripts::of(review.expected(), counts));
    let of = |name: &str| all.iter().find(|one| one.session == 0 && one.room == room("01", name)).unwrap();
    assert_eq!((of("P1").scripts, kinds(&of("P1").differences)), (Some(1), vec![(DifferenceKind::ScriptsMissing, 1)]));
    assert!(of("P2").differences.is_empty());
    assert_eq!(all.iter().filter(|one| one.scripts.is_some()).count(), 2, "what nobody counted is not known");
}

/// Two desks that typed in the same room differ until the board says which stands.
#[test]
fn two_desks_that_count_one_room_differently_are_a_difference() {
    let counted = |scripts| AttendanceEvent::ScriptsCounted { room: "P1".to_owned(), scripts };
    let review = review([closed("d1", &[check_in(1), counted(1)]), closed("d2", &[counted(2)])]);
    let all = balance(&review, &Scripts::of(review.expected(), counted_at_desks(&review)));
    let of = all.iter().find(|one| one.session == 0 && one.room == room("01", "P1")).unwrap();
    assert_eq!((of.scripts, of.script_counts.len()), (None, 2));
    assert!(kinds(&of.differences).contains(&(DifferenceKind::ScriptsContradicted, 1)), "{:?}", of.differences);
}
