//! List + guests = admitted + absent, and admitted = scripts, room by room.

use crate::world::*;
use diemdanh_review::{
    balance::{Difference, DifferenceKind, Scripts, balance, total},
    expected::RoomId,
};

fn room(site: &str, room: &str) -> RoomId {
    RoomId { site: site.to_owned(), room: room.to_owned() }
}

fn kinds(differences: &[Difference]) -> Vec<(DifferenceKind, u64)> {
    differences.iter().map(|difference| (difference.kind, difference.units)).collect()
}

#[test]
fn a_room_balances_when_everything_is_recorded() {
    let review = review([closed("d1", &[check_in(1), check_in(2), not_admitted(3)]), closed("d2", &[check_in(4)])]);
    let scripts: Scripts = [((0, room("01", "P1")), 2)].into_iter().collect();
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
    let scripts: Scripts = [((0, room("01", "P1")), 3), ((0, room("01", "P2")), 1)].into_iter().collect();
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
    let all = balance(&review, &Scripts::new());
    let of = |site: &str, name: &str| all.iter().find(|one| one.session == 0 && one.room == room(site, name)).unwrap();
    assert_eq!(kinds(&of("01", "P1").differences), [(DifferenceKind::Moved, 1)]);
    assert_eq!(of("01", "P1").counts.admitted(), 0);
    assert_eq!((of("02", "").counts.guests, of("02", "").counts.admitted()), (1, 1));
    assert_eq!(kinds(&of("01", "P2").differences), [(DifferenceKind::Undecided, 1), (DifferenceKind::ShownTheWay, 1)]);
}

#[test]
fn not_recorded_stands_beside_absent() {
    let review = review([closed("d1", &[check_in(1)])]);
    let all = balance(&review, &Scripts::new());
    let first = all.iter().find(|one| one.session == 0 && one.room == room("01", "P1")).unwrap();
    assert_eq!((first.counts.absent, first.counts.not_known), (0, 2));
    assert_eq!(kinds(&first.differences), [(DifferenceKind::NotRecorded, 2)]);
    assert_eq!(first.differences[0].people, [cand(2), cand(3)]);
}
