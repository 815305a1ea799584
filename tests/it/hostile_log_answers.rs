//! More of the hostile-log corpus: heads that the registry cosigned in its answers, kept as anchors. Their notes carry
//! no signature of the log itself.

use crate::forge::{Forge, add, answer, request, witness};
use crate::hostile_log_cases::Case;
use crate::hostile_logs::Expect::{Forged, Good};
use crate::record_support::{at, check_in, code, open};
use diemdanh::bits::random::SeededRandom;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::record::{AttendanceEvent, Digest};
use diemdanh::tlog::cosignature::{CosignatureKey, cosign};
use diemdanh::tlog::witness::WitnessedCheckpoint;
use diemdanh::tlog::{Checkpoint, NoteKey};

pub(crate) const CASES: &[Case] = &[
    ("registry's anchor", Good, |forge| *forge = anchored(|head| head)),
    ("registry's anchor by an unknown key", Good, |forge| *forge = signed_by(&stranger(), |head| head)),
    ("registry's anchor over another tree", Forged, |forge| {
        *forge = anchored(|head| Checkpoint { root: [7; 32], ..head });
    }),
    ("registry's anchor over another tree by an unknown key", Forged, |forge| {
        *forge = signed_by(&stranger(), |head| Checkpoint { root: [7; 32], ..head });
    }),
    ("registry's anchor over more than there was", Forged, |forge| {
        *forge = anchored(|head| Checkpoint { size: head.size + 2, ..head });
    }),
    ("registry's anchor of another desk", Forged, |forge| {
        *forge = anchored(|head| Checkpoint { origin: head.origin.replace("desk-1", "desk-2"), ..head });
    }),
];

fn stranger() -> NoteKey {
    NoteKey::generate("registry.example", &mut SeededRandom::new("registry")).unwrap()
}

fn anchored(change: fn(Checkpoint) -> Checkpoint) -> Forge {
    signed_by(&witness(), change)
}

/// A desk that asked once and kept what came back, whatever it says.
fn signed_by(key: &NoteKey, change: fn(Checkpoint) -> Checkpoint) -> Forge {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    add(&mut log, request("q1"), 1);
    let head = change(log.head());
    let line = cosign(&head.text(), key, at(2).wall).unwrap();
    let anchored = WitnessedCheckpoint::of_head(&head, &line, &CosignatureKey::of(key).unwrap()).unwrap();
    add(&mut log, answer("q1"), 2);
    let (size, root, note) = (anchored.size(), Digest(*anchored.root()), anchored.note().to_owned());
    add(&mut log, AttendanceEvent::Anchor { size, root, with: code("registry.example"), note }, 2);
    add(&mut log, check_in(1), 3);
    log.close(&code("op-1"), at(4)).unwrap();
    Forge::of(&store)
}
