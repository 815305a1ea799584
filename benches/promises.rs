//! One bench a promise: how long our part takes, without a card, a reader or a network around it.
//!
//! The figures that count are ratios to a limit or a peer; `diemdanh bench` writes those.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench that cannot go on has failed")]
#![allow(missing_docs, reason = "what criterion's macros make")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::bits::stamp::Clock as _;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::authenticity::passive::authenticate;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::{InspectionPolicy, Unobserved, inspect};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::lds::portrait::Portrait;
use diemdanh::emrtd::report::Report;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::disk::FileStore;
use diemdanh::lab::card::{CardData, SyntheticCard};
use diemdanh::lab::issuer::people::people;
use diemdanh::lab::issuer::{Issuer, Making, trust_store_der};
use diemdanh::lab::journal::MemoryStore;
use diemdanh::lab::roster_sample::SampleList;
use diemdanh::office::Files;
use diemdanh::office::verify::verify;
use diemdanh::record::certify::{CertRequest, certify};
use diemdanh::record::export::export;
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, BoardKeys, Code, Digest, LogName, LogStore, OpenBasis, Opening,
};
use diemdanh::roster::Roster;
use diemdanh::tlog::{NoteKey, NoteVerifier};
use jiff::{SignedDuration, Timestamp};
use std::fs::OpenOptions;
use std::hint::black_box;
use std::io::Write as _;
use std::time::Duration;

const SAMPLES: usize = 10;
const SECONDS: u64 = 2;
/// What one entry and its checkpoint take on the disk.
const APPEND_BYTES: usize = 640;
const ENTRIES: usize = 5_000;
/// Rooms and seats of a large province.
const LARGE: (u32, u32) = (4_584, 24);

criterion_group! {
    name = promises;
    config = Criterion::default()
        .sample_size(SAMPLES)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(SECONDS));
    targets = card, append, search, verification
}
criterion_main!(promises);

fn issued() -> (CardData, AccessKey) {
    let person = people().remove(0);
    let card = Issuer::lab().unwrap().issue(&person, &Making::default()).unwrap();
    (card, AccessKey::can(person.can()))
}

fn trust() -> TrustStore {
    TrustStore::from_certificates(&trust_store_der().unwrap()).0
}

/// Passive authentication of one card, and its whole inspection: our arithmetic and the simulated chip's.
fn card(criterion: &mut Criterion) {
    let ((card, key), trust) = (issued(), trust());
    let (now, policy) = (Timestamp::now(), InspectionPolicy::default());
    let sod = &card.files[&FileId::Sod.fid()];
    criterion.bench_function("passive authentication", |bench| {
        bench.iter(|| authenticate(black_box(sod), &trust, now, &mut Report::new()));
    });
    let dg2 = &card.files[&FileId::Dg(2).fid()];
    criterion.bench_function("portrait decoding", |bench| {
        bench.iter(|| Portrait::from_dg2(black_box(dg2)));
    });
    criterion.bench_function("whole inspection, chip included", |bench| {
        bench.iter_batched(
            || (SyntheticCard::new(card.clone()), SeededRandom::new("bench")),
            |(mut chip, mut random)| inspect(&mut chip, &key, &trust, &policy, now, &mut random, &mut Unobserved),
            BatchSize::SmallInput,
        );
    });
}

/// One entry made durable, and its peer: the same bytes appended and flushed without a log.
fn append(criterion: &mut Criterion) {
    let folder = tempfile::tempdir_in("target").or_else(|_| tempfile::tempdir()).unwrap();
    let mut peer = OpenOptions::new().append(true).create(true).open(folder.path().join("peer")).unwrap();
    let bytes = [0x2A; APPEND_BYTES];
    criterion.bench_function("append and fdatasync, bare", |bench| {
        bench.iter(|| {
            peer.write_all(&bytes).unwrap();
            peer.sync_data().unwrap();
        });
    });
    let device = key("device");
    let mut log = open(FileStore::open(&folder.path().join("journal")).unwrap(), &device, String::new());
    criterion.bench_function("append to the log", |bench| {
        bench.iter(|| log.append(&word("gt-01"), event(), SystemClock.now()).unwrap());
    });
}

/// One key stroke in the search, over the roster of a site and of a province.
fn search(criterion: &mut Criterion) {
    for (name, (rooms, seats)) in [("600", (25, 24)), ("110,000", LARGE)] {
        let list = SampleList { rooms, seats, ..SampleList::default() };
        let roster = Roster::new(list.candidates(&[], &Secret::new([7; 32])));
        for text in ["a", "nguyen van d", "120208"] {
            criterion.bench_function(&format!("search {name} for “{text}”"), |bench| {
                bench.iter(|| roster.search(black_box(text), 6).len());
            });
        }
    }
}

/// The board's check of a log of a whole day.
fn verification(criterion: &mut Criterion) {
    let (board, device) = (key("board"), key("board/desk"));
    let cert = certified(&board, &device);
    let store = MemoryStore::default();
    let mut log = open(store.clone(), &device, cert.clone());
    for _ in 0..ENTRIES {
        log.append(&word("gt-01"), event(), SystemClock.now()).unwrap();
    }
    log.close(&word("gt-01"), SystemClock.now()).unwrap();
    let files: Files = export(&mut store.clone(), &cert, &device).unwrap().into_iter().collect();
    criterion.bench_function("verify 5,000 entries", |bench| {
        bench.iter(|| verify(black_box(&files), &BoardKeys::one(board.verifier().clone())));
    });
}

fn key(name: &str) -> NoteKey {
    NoteKey::generate(name, &mut SeededRandom::new(name)).unwrap()
}

fn word(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn event() -> AttendanceEvent {
    AttendanceEvent::DeviceEvent { device: word("reader"), event: word("ready") }
}

fn certified(board: &NoteKey, device: &NoteKey) -> String {
    let (now, day) = (Timestamp::now(), SignedDuration::from_hours(24));
    let verifier: NoteVerifier = device.verifier().clone();
    let request = CertRequest {
        serial: 1,
        exam: "exam".parse().unwrap(),
        desk: "desk".parse().unwrap(),
        site: "site".to_owned(),
        training: true,
        not_before: now - day,
        not_after: now + day,
        device: verifier,
        tls_certificate: None,
    };
    certify(board, request).unwrap()
}

fn open<S: LogStore>(store: S, device: &NoteKey, desk_cert: String) -> AttendanceLog<S> {
    let opening = Opening {
        name: LogName {
            board: "board".to_owned(),
            exam: "exam".parse().unwrap(),
            desk: "desk".parse().unwrap(),
            session: "b1".parse().unwrap(),
        },
        device,
        desk_cert,
        training: true,
        boot_id: "boot".to_owned(),
        operator: word("gt-01"),
        package: None,
        policy_sha256: Digest([0; 32]),
        trust_store: "lab".to_owned(),
        program: "bench".to_owned(),
        program_sha256: None,
        revocations: None,
        basis: OpenBasis::default(),
    };
    AttendanceLog::open(store, &opening, SystemClock.now(), &mut SeededRandom::new("segment")).unwrap().0
}
