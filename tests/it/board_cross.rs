//! What the board's check says of several exports: each is judged by itself, and findings about two name both.

use crate::record_support::{at, board, check_in, code, desk_cert, opening};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::spread::InTurn;
use diemdanh::host::threads::SideBySide;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::{Check, Files, Finding, FindingKind, Outside, Verdict, Verification};
use diemdanh::record::export::export;
use diemdanh::record::{AttendanceEvent, AttendanceLog, BoardKeys, DeskCert, EntryRef, ExportSource, LogName, Opening};
use diemdanh::tlog::NoteKey;

fn device_of(desk: &str) -> NoteKey {
    NoteKey::generate(&format!("board.example/{desk}"), &mut SeededRandom::new(&format!("device of {desk}"))).unwrap()
}

/// An export of `desk`, certified as such, whose segment says that it is `named`; `seed` tells copies apart.
fn exported(desk: &str, named: &str, session: &str, seed: &str, events: &[AttendanceEvent]) -> Files {
    let device = device_of(desk);
    let cert = DeskCert { desk: desk.parse().unwrap(), device: device.verifier().clone(), ..desk_cert(false) };
    let cert = cert.sign(&board()).unwrap();
    let name = LogName { desk: named.parse().unwrap(), session: session.parse().unwrap(), ..opening(&device).name };
    let opening = Opening { name, desk_cert: cert.clone(), ..opening(&device) };
    let store = MemoryStore::default();
    let mut log = AttendanceLog::open(store.clone(), &opening, at(0), &mut SeededRandom::new(seed)).unwrap().0;
    for (second, event) in (1..).zip(events) {
        log.append(&code("op-1"), event.clone(), at(second)).unwrap();
    }
    log.close(&code("op-1"), at(60)).unwrap();
    export(&mut store.clone(), &cert, &device).unwrap().into_iter().collect()
}

fn desk(name: &str, events: &[AttendanceEvent]) -> Files {
    exported(name, name, "s1", name, events)
}

fn run(packages: &[(&str, &Files)]) -> Vec<Verification> {
    let keys = BoardKeys::one(board().verifier().clone());
    let check = Check { board: &keys, outside: &Outside::default(), spread: &InTurn, progress: &|_| {} };
    let named: Vec<(String, &dyn ExportSource)> =
        packages.iter().map(|(name, files)| ((*name).to_owned(), *files as &dyn ExportSource)).collect();
    check.run_named(&named)
}

fn is_cross(finding: &&Finding) -> bool {
    matches!(finding.what, FindingKind::Fork | FindingKind::AtTwoDesks)
}

fn cross(one: &Verification) -> Vec<(FindingKind, Option<&str>)> {
    one.findings.iter().filter(is_cross).map(|finding| (finding.what, finding.path.as_deref())).collect()
}

#[test]
fn same_candidate_at_two_desks_is_told_at_both_with_the_other_entry() {
    let one = desk("desk-1", &[check_in(1), check_in(2)]);
    let two = desk("desk-2", &[check_in(3), check_in(4), check_in(2)]);
    let all = run(&[("one", &one), ("two", &two)]);
    assert_eq!(cross(&all[0]), [(FindingKind::AtTwoDesks, Some("two 1/3"))]);
    assert_eq!(cross(&all[1]), [(FindingKind::AtTwoDesks, Some("one 1/2"))]);
    let place = all[1].findings.iter().find(is_cross).unwrap();
    assert_eq!((place.segment, place.seq), (Some(1), Some(3)));
    assert!(all.iter().all(|one| one.verdict() == Verdict::Remarks), "each log is sound");
    assert!(run(&[("one", &one)]).iter().all(|one| cross(one).is_empty()));
}

#[test]
fn who_was_sent_out_or_sits_another_session_is_not_at_two_desks() {
    let undo = AttendanceEvent::Undo {
        refers: EntryRef { segment: 1, seq: 1 },
        reason: code("mistake"),
        second: code("head"),
    };
    let one = desk("desk-1", &[check_in(1)]);
    let undone = desk("desk-2", &[check_in(1), undo]);
    let afternoon = exported("desk-3", "desk-3", "s2", "desk-3", &[check_in(1)]);
    let again = desk("desk-1", &[check_in(1)]);
    let all = run(&[("one", &one), ("undone", &undone), ("afternoon", &afternoon), ("one again", &again)]);
    assert!(all.iter().all(|one| cross(one).is_empty()), "{:?}", all.iter().map(cross).collect::<Vec<_>>());
}

/// Every order of four exports: the honest desks, a desk that says it is another, and a copy of a desk that went on
/// otherwise.
#[test]
fn order_and_neighbours_change_nothing_but_findings_that_name_both() {
    let exports = [
        ("honest", desk("desk-1", &[check_in(1)])),
        // Certified as desk-2, its segment claims to be desk-1's.
        ("claims", exported("desk-2", "desk-1", "s1", "claims", &[check_in(9)])),
        ("three", desk("desk-3", &[check_in(2)])),
        ("three copied", desk("desk-3", &[check_in(3), check_in(4)])),
    ];
    let own = |one: &Verification| -> Vec<Finding> {
        one.findings.iter().filter(|finding| !is_cross(finding)).cloned().collect()
    };
    let alone: Vec<Vec<Finding>> = exports.iter().map(|(name, files)| own(&run(&[(name, files)])[0])).collect();
    for order in permutations(exports.len()) {
        let ordered: Vec<(&str, &Files)> = order.iter().map(|index| (exports[*index].0, &exports[*index].1)).collect();
        let all = run(&ordered);
        for (index, one) in order.iter().zip(&all) {
            assert_eq!(own(one), alone[*index], "{} in {order:?}", exports[*index].0);
            let expected: &[(FindingKind, Option<&str>)] = match exports[*index].0 {
                "three" => &[(FindingKind::Fork, Some("three copied"))],
                "three copied" => &[(FindingKind::Fork, Some("three"))],
                _ => &[],
            };
            assert_eq!(cross(one), expected, "{} in {order:?}", exports[*index].0);
        }
    }
    let all = run(&exports.each_ref().map(|(name, files)| (*name, files)));
    let verdicts: Vec<Verdict> = all.iter().map(Verification::verdict).collect();
    assert_eq!(verdicts, [Verdict::Remarks, Verdict::Forged, Verdict::Forged, Verdict::Forged]);
}

#[test]
fn what_a_forged_log_says_of_people_is_nobodys_word() {
    let honest = desk("desk-1", &[check_in(1)]);
    let mut forged = desk("desk-2", &[check_in(1)]);
    forged.insert("note.txt".to_owned(), b"hello".to_vec());
    let all = run(&[("honest", &honest), ("forged", &forged)]);
    assert_eq!(all[1].verdict(), Verdict::Forged);
    assert!(cross(&all[0]).is_empty() && cross(&all[1]).is_empty());
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for next in 0..count {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            (0..=order.len()).map(move |place| {
                let mut order = order.clone();
                order.insert(place, next);
                order
            })
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// On several threads the check of many says what it says on one, of each and of all against each other.
#[test]
fn many_exports_are_checked_side_by_side_as_in_turn() {
    let mut all: Vec<Files> = (1..=9_u8).map(|number| desk(&format!("desk-{number}"), &[check_in(number)])).collect();
    all.push(desk("desk-10", &[check_in(1), check_in(20)]));
    all.push(exported("desk-2", "desk-2", "s1", "another history", &[check_in(30)]));
    all[4].insert("segments/001/checkpoint".to_owned(), b"x".to_vec());
    let keys = BoardKeys::one(board().verifier().clone());
    let sources: Vec<&dyn ExportSource> = all.iter().map(|files| files as &dyn ExportSource).collect();
    let outside = Outside::default();
    let in_turn = Check { board: &keys, outside: &outside, spread: &InTurn, progress: &|_| {} }.run(&sources);
    let check = Check { board: &keys, outside: &outside, spread: &SideBySide::new(), progress: &|_| {} };
    let whats =
        |all: &[Verification]| format!("{:?}", all.iter().map(|one| (&one.findings, &one.summary)).collect::<Vec<_>>());
    for _ in 0..20 {
        assert_eq!(whats(&check.run(&sources)), whats(&in_turn));
    }
    assert!(in_turn[4].verdict() == Verdict::Forged && in_turn[1].verdict() == Verdict::Forged);
    assert_eq!(cross(&in_turn[9]), [(FindingKind::AtTwoDesks, Some("1 1/1"))]);
}
