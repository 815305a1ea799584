//! A log that is brought to a witness over restarts, silence and rollbacks: an alarm comes when, and only when, the
//! journal does not hold what the witness has signed.

use crate::record_support::{at, board, check_in, code, desk_cert, device, opening};
use diemdanh::bits::random::SeededRandom;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::lab::witness::LabWitness;
use diemdanh::record::{AttendanceLog, BoardKeys, DeskCert, LogName, OpenBasis, Opening, OutsideHead};
use diemdanh::tlog::presenting::{anchor, last_head};
use diemdanh::tlog::witness::{Introduction, Submission, Witness, WitnessFault};
use diemdanh::tlog::{CosignatureKey, NoteKey};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

/// The lab's witness without a net, which can be silent.
struct Reached {
    witness: LabWitness,
    is_down: bool,
}

impl Reached {
    fn new() -> Self {
        let key = NoteKey::generate("witness.example", &mut SeededRandom::new("witness")).unwrap();
        let board = BoardKeys::one(board().verifier().clone());
        Self { witness: LabWitness::new(key, Some(board)), is_down: false }
    }

    fn key(&self) -> CosignatureKey {
        CosignatureKey::of(self.witness.key()).unwrap()
    }

    fn up(&self) -> Result<(), WitnessFault> {
        if self.is_down { Err(WitnessFault::Unreachable) } else { Ok(()) }
    }
}

fn ended<T>(answer: (u16, String), good: impl FnOnce(String) -> T) -> Result<T, WitnessFault> {
    match answer {
        (200, text) => Ok(good(text)),
        (404, _) => Err(WitnessFault::UnknownLog),
        (409, text) => Err(WitnessFault::Conflict { size: text.trim().parse().unwrap() }),
        (status, _) => Err(WitnessFault::Refused { status }),
    }
}

impl Witness for Reached {
    fn last_head(&mut self, log: &str) -> Result<Option<String>, WitnessFault> {
        self.up()?;
        match ended(self.witness.last_head(log, now()), Some) {
            Err(WitnessFault::UnknownLog) => Ok(None),
            ended => ended,
        }
    }

    fn add_log(&mut self, introduction: &Introduction) -> Result<(), WitnessFault> {
        self.up()?;
        ended(self.witness.add_log(&serde_json::to_string(introduction).unwrap()), |_| ())
    }

    fn add_checkpoint(&mut self, submission: &Submission) -> Result<String, WitnessFault> {
        self.up()?;
        ended(self.witness.add_checkpoint(&submission.body(), now()), |text| text)
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_780_000_000).unwrap()
}

/// A desk and what a test knows of it: which of its entries the witness has seen.
struct Desk {
    store: MemoryStore,
    log: Option<AttendanceLog<MemoryStore>>,
    second: i64,
    saved: Vec<MemoryStore>,
}

impl Desk {
    /// Opens the next segment; what the witness said goes into its first entry.
    fn open(&mut self, witness: &mut Reached) {
        self.log = None;
        self.second += 1;
        let key = witness.key();
        let outside = match last_head(witness, &key, "board.example/thpt-2026/desk-1/s1") {
            Ok(Some((_, note))) => OutsideHead::Head { note },
            Ok(None) => OutsideHead::Nothing,
            Err(fault) => OutsideHead::NotAsked { cause: code(fault.word()) },
        };
        let basis = OpenBasis { outside_head: Some(outside), ..OpenBasis::default() };
        let device = device();
        let opening = Opening { basis, ..opening(&device) };
        let seed = format!("segment {}", self.second);
        let opened = AttendanceLog::open(self.store.clone(), &opening, at(self.second), &mut SeededRandom::new(&seed));
        self.log = Some(opened.unwrap().0);
    }

    fn log(&mut self) -> &mut AttendanceLog<MemoryStore> {
        self.log.as_mut().unwrap()
    }

    fn write(&mut self) {
        self.second += 1;
        let second = self.second;
        let number = u8::try_from(second % 250).unwrap();
        self.log().append(&code("op-1"), check_in(number), at(second)).unwrap();
    }

    fn bring(&mut self, witness: &mut Reached) -> Result<u64, WitnessFault> {
        let key = witness.key();
        anchor(witness, &key, &self.log().presentation(), 0).map(|witnessed| witnessed.size())
    }
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Write,
    Bring,
    Restart,
    WitnessDown,
    WitnessUp,
    Save,
    PutBack(usize),
    Delete,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Write),
        3 => Just(Act::Bring),
        2 => Just(Act::Restart),
        1 => Just(Act::WitnessDown),
        2 => Just(Act::WitnessUp),
        1 => Just(Act::Save),
        1 => (0..3_usize).prop_map(Act::PutBack),
        1 => Just(Act::Delete),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// The model knows the bytes: the journal holds the witness's last head when the segment that it names still has
    /// the bytes it had when the witness saw them.
    #[test]
    fn alarm_comes_when_the_journal_does_not_hold_what_was_witnessed_and_only_then(acts in vec(act(), 1..40)) {
        let mut witness = Reached::new();
        let mut desk = Desk { store: MemoryStore::default(), log: None, second: 0, saved: vec![] };
        let mut seen: Option<(u32, u64, Vec<[u8; 32]>)> = None;
        desk.open(&mut witness);
        for act in acts {
            match act {
                Act::Write => desk.write(),
                Act::Restart => {
                    desk.open(&mut witness);
                    let holds = holds(&desk, seen.as_ref());
                    let expected = !witness.is_down && !holds;
                    prop_assert_eq!(desk.log().falls_short(), expected, "{:?}", seen);
                }
                Act::Bring => {
                    let is_whole = holds(&desk, seen.as_ref());
                    let ended = desk.bring(&mut witness);
                    match (witness.is_down, is_whole) {
                        (true, _) => prop_assert_eq!(ended, Err(WitnessFault::Unreachable)),
                        (false, true) => {
                            let size = desk.log().size();
                            prop_assert_eq!(ended, Ok(size));
                            let presented = desk.log().presentation().current;
                            seen = Some((desk.log().segment(), size, presented.leaves));
                        }
                        (false, false) => {
                            prop_assert!(matches!(ended, Err(WitnessFault::RolledBack { .. })), "{:?}", ended);
                        }
                    }
                }
                Act::WitnessDown => witness.is_down = true,
                Act::WitnessUp => witness.is_down = false,
                Act::Save => desk.saved.push(desk.store.snapshot()),
                Act::PutBack(index) => {
                    if let Some(saved) = desk.saved.get(index) {
                        desk.store = saved.snapshot();
                        desk.open(&mut witness);
                    }
                }
                Act::Delete => {
                    desk.store = MemoryStore::default();
                    desk.open(&mut witness);
                }
            }
        }
    }
}

/// Whether the journal that the open log began on, and the log itself, hold what the witness saw.
fn holds(desk: &Desk, seen: Option<&(u32, u64, Vec<[u8; 32]>)>) -> bool {
    let Some((segment, size, leaves)) = seen else { return true };
    let log = desk.log.as_ref().unwrap().presentation();
    let number = |origin: &str| origin.rsplit_once('/').unwrap().1.parse::<u32>().unwrap();
    let all = log.earlier.iter().chain(std::iter::once(&log.current));
    let size = usize::try_from(*size).unwrap();
    all.into_iter().any(|one| number(&one.introduction.origin) == *segment && one.leaves.get(..size) == Some(leaves))
}

#[test]
fn witness_takes_a_segment_only_behind_the_head_that_it_saw_last() {
    let mut witness = Reached::new();
    let mut desk = Desk { store: MemoryStore::default(), log: None, second: 0, saved: vec![] };
    desk.open(&mut witness);
    desk.write();
    assert_eq!(desk.bring(&mut witness), Ok(2));
    let honest = desk.log().presentation().current.introduction;
    // Told twice is told once; another key under the same number is another history.
    assert_eq!(witness.add_log(&honest), Ok(()));
    let mut second = Desk { store: MemoryStore::default(), log: None, second: 100, saved: vec![] };
    second.open(&mut witness);
    assert!(second.log().falls_short());
    let forked = second.log().presentation().current.introduction;
    assert_eq!(witness.add_log(&forked), Err(WitnessFault::Conflict { size: 2 }));
}

#[test]
fn introduction_that_does_not_hang_together_is_refused() {
    let mut witness = Reached::new();
    let mut desk = Desk { store: MemoryStore::default(), log: None, second: 0, saved: vec![] };
    desk.open(&mut witness);
    let good = desk.log().presentation().current.introduction;
    let stranger = NoteKey::generate("board.example", &mut SeededRandom::new("stranger")).unwrap();
    let cert = DeskCert { desk: "desk-2".parse().unwrap(), ..desk_cert(false) };
    let spoilt = [
        Introduction { origin: "board.example/thpt-2026/desk-1/s1/002".to_owned(), ..good.clone() },
        Introduction { origin: "board.example/thpt-2026/desk-2/s1/001".to_owned(), ..good.clone() },
        Introduction { endorsement: String::new(), ..good.clone() },
        Introduction { desk_cert: desk_cert(false).sign(&stranger).unwrap(), ..good.clone() },
        Introduction { desk_cert: cert.sign(&board()).unwrap(), ..good.clone() },
        Introduction { opened: good.opened.replace("\"segment\":1", "\"segment\": 1"), ..good.clone() },
        Introduction { opened: String::new(), ..good.clone() },
    ];
    for one in spoilt {
        assert_eq!(witness.add_log(&one), Err(WitnessFault::Refused { status: 403 }), "{one:?}");
    }
    assert_eq!(witness.add_log(&good), Ok(()));
}

#[test]
fn logs_of_other_sessions_and_desks_are_other_logs() {
    let mut witness = Reached::new();
    let mut desk = Desk { store: MemoryStore::default(), log: None, second: 0, saved: vec![] };
    desk.open(&mut witness);
    desk.write();
    desk.bring(&mut witness).unwrap();
    let key = witness.key();
    let name = |session: &str| LogName { session: session.parse().unwrap(), ..opening(&device()).name }.log();
    assert!(last_head(&mut witness, &key, &name("s1")).unwrap().is_some());
    assert!(last_head(&mut witness, &key, &name("s2")).unwrap().is_none());
    let other = NoteKey::generate("witness.example", &mut SeededRandom::new("other")).unwrap();
    let other = CosignatureKey::of(&other).unwrap();
    assert_eq!(last_head(&mut witness, &other, &name("s1")), Err(WitnessFault::BadSignature));
}
