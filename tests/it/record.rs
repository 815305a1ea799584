//! The attendance log: forms, durability, restart, faults.

use crate::record_support::{at, candidate, check_in, code, desk_cert, device, open, opening, skewed};
use diemdanh::bits::hex;
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::lab::journal::{FaultKind, FaultyStore, MemoryStore};
use diemdanh::record::ids::{DeskId, SessionId};
use diemdanh::record::segment::read_segment;
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, BoardKeys, CandidateRef, ChipState, Code, DeskCert, DocumentRef, Entry, EntryRef,
    LogFault, LogStore, OpenBasis, OpenRules, OutsideHead, ReEntryBasis, RegistryState, SegmentContent, SegmentDamage,
    StoreFault, document_ref,
};
use diemdanh::tlog::tree::{Tree, leaf_hash, tile_path};
use diemdanh::tlog::{Checkpoint, NoteError, NoteKey, NoteVerifier};

#[test]
fn roots_of_the_certificate_transparency_test_tree() {
    // The leaves and roots of the reference implementation's test tree for RFC 6962.
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = Tree::default();
    assert_eq!(hex::encode_lower(&tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (leaf, root) in leaves.iter().zip(roots) {
        tree.push(leaf_hash(&hex::decode(leaf).unwrap()));
        assert_eq!(hex::encode_lower(&tree.root()), root);
    }
}

#[test]
fn tile_paths_of_the_specification() {
    assert_eq!(tile_path("0", 5, 256), "tile/0/005");
    assert_eq!(tile_path("entries", 1_234_067, 256), "tile/entries/x001/x234/067");
    assert_eq!(tile_path("1", 0, 7), "tile/1/000.p/7");
}

/// The worked example of the signed-note documentation.
#[test]
fn the_note_of_the_documentation() {
    let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let note = format!(
        "{text}\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    );
    let verifier = NoteVerifier::parse(vkey).unwrap();
    assert_eq!(verifier.to_string(), vkey);
    assert_eq!(verifier.open(&note), Ok(text));
    assert_eq!(verifier.open(&note.replace("answer", "Answer")), Err(NoteError::BadSignature));
    assert_eq!(verifier.open(&note.replace("PeterN", "PaterN")), Err(NoteError::NoSignature));
    assert_eq!(verifier.open(text), Err(NoteError::Form));
}

#[test]
fn a_signed_note_opens_only_under_its_key() {
    let key = device();
    let note = key.sign("a line\n\nanother\n").unwrap();
    assert_eq!(key.verifier().open(&note), Ok("a line\n\nanother\n"));
    assert_eq!(key.sign("no newline"), Err(NoteError::Form));
    let other = NoteKey::from_seed(key.verifier().name(), &Secret::new([1; 32])).unwrap();
    assert_eq!(other.verifier().open(&note), Err(NoteError::NoSignature));
    assert!(NoteKey::from_seed("a name", &Secret::new([1; 32])).is_err());
    let bytes = note.as_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let accepted = std::str::from_utf8(&changed).is_ok_and(|note| key.verifier().open(note).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn statements_survive_a_round_trip() {
    let board = crate::record_support::board();
    let cert = desk_cert(true);
    let note = cert.sign(&board).unwrap();
    assert_eq!(DeskCert::open(&note, &BoardKeys::one(board.verifier().clone())), Ok(cert.clone()));
    assert_eq!(DeskCert::peek(&note), Some(cert.clone()));
    assert!(DeskCert::open(&note, &BoardKeys::one(device().verifier().clone())).is_err());
    assert!(DeskCert { site: "a\nmode live".to_owned(), ..cert }.sign(&board).is_err());
    assert!("a\nsite b".parse::<DeskId>().is_err(), "no id has a second line");
}

#[test]
fn codes_hold_no_person() {
    assert!(Code::new("chip.sod-signature_2/a").is_ok());
    for text in ["", "Nguyễn", "A", "a b", "x-099208", "tên", &"a".repeat(65)] {
        assert!(Code::new(text).is_err(), "{text}");
    }
}

#[test]
fn a_document_has_another_name_under_another_key() {
    let name = |key: u8| document_ref(&Secret::new([key; 32]), *b"ID", *b"VNM", "099208000017");
    assert_eq!(name(1), name(1));
    assert_ne!(name(1), name(2));
    // Recomputed with `openssl dgst -sha256 -mac HMAC -macopt hexkey:0101…` over `doc/v1IDVNM099208000017`.
    assert_eq!(name(1).to_string(), "564fdf980341eaff10400be0315d94ef");
}

#[test]
fn an_entry_is_one_line_of_canonical_json() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    let segment = good(&store, 1);
    let text = String::from_utf8(segment.raw[1].clone()).unwrap();
    assert_eq!(
        text,
        r#"{"access":"pace-can","boot":"boot-a","bt":51000,"cand":"01010101010101010101010101010101","chip":"pass","#
            .to_owned()
            + r#""doc":"01010101010101010101010101010101","ev":"check-in","late":false,"op":"op-1","registry":"match","#
            + r#""remarks":[],"second":null,"seq":1,"t":"2026-05-28T20:26:41.000Z","v":1}"#
    );
    assert_eq!(Entry::parse(text.as_bytes()).unwrap().seq, 1);
    for foreign in [
        text.replace(",\"v\":1", ", \"v\":1"),
        text.replace("\"v\":1", "\"v\":1,\"x\":2"),
        text.replace("41.000Z", "41.0Z"),
        text.replace("\"seq\":1", "\"seq\":1.0"),
        text.replace("\"seq\":1", "\"seq\":1,\"seq\":1"),
        text.replace("\"v\":1", "\"v\":2"),
    ] {
        assert_eq!(Entry::parse(foreign.as_bytes()), None, "{foreign}");
    }
}

#[test]
fn every_kind_of_event_survives_a_round_trip() {
    use AttendanceEvent::*;
    let store = MemoryStore::default();
    let (mut log, opened) = open(store.clone(), 0).unwrap();
    let (cand, doc) = (candidate(1), Some(diemdanh::record::DocumentRef([9; 16])));
    let chip = ChipState::Unknown;
    let registry = RegistryState::NotAsked;
    let events = [
        check_in(1),
        ManualDecision {
            cand: Some(cand),
            doc,
            admitted: true,
            chip,
            registry,
            reason: code("no-card"),
            second: code("head"),
        },
        NotAdmitted { cand: None, doc, reason: code("too-late"), second: Some(code("head")) },
        Referred { cand: Some(cand), doc: None, chip, reasons: vec![code("not-listed")] },
        Undo { refers: EntryRef { segment: 1, seq: 1 }, reason: code("mistake"), second: code("head") },
        RegistryRequest { id: "ab".to_owned(), doc: diemdanh::record::DocumentRef([9; 16]) },
        RegistryAnswer {
            id: "ab".to_owned(),
            request_sha256: Some(diemdanh::record::Digest([1; 32])),
            state: registry,
            cause: Some(code("timed-out")),
            verbatim: Some("line\n\n\u{2014} x\n".to_owned()),
        },
        Elsewhere { cand, doc, site: "Điểm 1".to_owned(), session: "s2".to_owned(), room: "P 07".to_owned() },
        DuplicateReported { cand, doc, first: opened.entry(), second: None },
        ReEntry { cand, doc, first: opened.entry(), basis: None },
        ReadFailed { cand: None, doc: None, cause: code("card-lost"), apdu_count: 12, chip: None, failed: None },
        DeviceEvent { device: code("reader"), event: code("lost") },
        PersonViewed { cand, purpose: code("search") },
        Anchor {
            size: 3,
            root: diemdanh::record::Digest([1; 32]),
            with: code("hub"),
            note: "a\n3\nroot\n\n\u{2014} a x\n".to_owned(),
        },
        Export { size: 3, root: diemdanh::record::Digest([1; 32]) },
    ];
    let events: Vec<_> = events.into_iter().chain(later_forms(cand, doc, opened.entry())).collect();
    for (index, event) in events.iter().enumerate() {
        log.append(&code("op-1"), event.clone(), at(1 + i64::try_from(index).unwrap())).unwrap();
    }
    log.close(&code("op-1"), at(60)).unwrap();
    assert_eq!(log.append(&code("op-1"), check_in(2), at(61)), Err(LogFault::Closed));
    let segment = good(&store, 1);
    let read: Vec<_> = segment.entries.iter().map(|entry| entry.event.clone()).collect();
    assert_eq!(read[1..=events.len()], events);
    assert!(matches!(read.last(), Some(Close { totals, .. }) if totals.manual == 1 && totals.undone == 1));
}

/// Kinds and fields that came later than the first logs.
fn later_forms(cand: CandidateRef, doc: Option<DocumentRef>, first: EntryRef) -> Vec<AttendanceEvent> {
    use AttendanceEvent::*;
    vec![
        ReEntry { cand, doc, first, basis: Some(re_entry_basis()) },
        ReadFailed {
            cand: Some(cand),
            doc,
            cause: code("card-lost"),
            apdu_count: 12,
            chip: Some(ChipState::Fail),
            failed: Some(code("dg1.hash")),
        },
        LateAnswer {
            cand,
            refers: first,
            id: "ab".to_owned(),
            state: RegistryState::CardInvalid,
            reason: code("called-head"),
            second: None,
        },
        ClockConfirmed { later: at(900).wall },
    ]
}

fn re_entry_basis() -> ReEntryBasis {
    ReEntryBasis {
        chip: ChipState::Pass,
        access: code("pace-can"),
        registry: RegistryState::Match,
        remarks: vec![code("late")],
        second: None,
    }
}

#[test]
fn entries_of_older_programs_are_read_as_they_were_written() {
    let common = r#""boot":"b","bt":1,"op":"op-1","seq":1,"t":"2026-05-28T20:26:41.000Z","v":1"#;
    let id = "09".repeat(16);
    let (boot, rest) = common.split_once(r#","op""#).unwrap();
    let written = [
        format!(r#"{{{boot},"cand":"{id}","doc":null,"ev":"re-entry","first":{{"segment":1,"seq":1}},"op"{rest}}}"#),
        format!(
            r#"{{"apdu_count":3,{boot},"cand":null,"cause":"card-lost","doc":null,"ev":"read-failed","op"{rest}}}"#
        ),
    ];
    for text in written {
        assert!(Entry::parse(text.as_bytes()).is_some(), "{text}");
        let foreign = text.replace(r#""doc":null"#, r#""chip":"pass","doc":null"#);
        let is_read = Entry::parse(foreign.as_bytes()).is_some();
        assert_eq!(is_read, text.contains("read-failed"), "half of what a re-entry rests on is no re-entry: {foreign}");
    }
}

#[test]
fn open_says_what_the_desk_knew_beyond_its_log() {
    let root = diemdanh::record::Digest([5; 32]);
    let heads = [
        OutsideHead::NotAsked { cause: code("unreachable") },
        OutsideHead::Nothing,
        OutsideHead::Head { note: "board.example/thpt-2026/desk-1/s1/001\n3\nroot\n\n\u{2014} w x\n".to_owned() },
    ];
    for head in heads {
        let rules = OpenRules {
            desk_file_sha256: Some(root),
            package_rules_sha256: None,
            effective: [(code("registry"), code("required")), (code("late-min"), code("15"))].into(),
        };
        let basis = OpenBasis { board_keys: Some(root), rules: Some(rules), outside_head: Some(head) };
        let store = MemoryStore::default();
        let device = device();
        let opening = diemdanh::record::Opening { basis: basis.clone(), ..opening(&device) };
        AttendanceLog::open(store.clone(), &opening, at(0), &mut SeededRandom::new("basis")).unwrap();
        let AttendanceEvent::Open(opened) = good(&store, 1).entries[0].event.clone() else { panic!("no open") };
        let read = OpenBasis {
            board_keys: opened.board_keys,
            rules: opened.rules.clone(),
            outside_head: opened.outside_head.clone(),
        };
        assert_eq!(read, basis);
    }
}

#[test]
fn arrivals_survive_a_restart_and_undone_ones_do_not() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    let first = log.append(&code("op-1"), check_in(1), at(1)).unwrap().proof;
    let second = log.append(&code("op-1"), check_in(2), at(2)).unwrap().proof;
    log.append(&code("op-1"), check_in(2), at(3)).unwrap();
    let undo = |refers| AttendanceEvent::Undo { refers, reason: code("mistake"), second: code("head") };
    log.append(&code("op-1"), undo(first.entry()), at(4)).unwrap();
    assert_eq!(log.append(&code("op-1"), undo(first.entry()), at(5)), Err(LogFault::NothingToUndo));
    log.append(&code("op-1"), undo(second.entry()), at(6)).unwrap();
    let live = log.arrivals().clone();
    drop(log);
    let (mut log, opened) = open(store.clone(), 10).unwrap();
    assert_eq!(opened.entry(), EntryRef { segment: 2, seq: 0 });
    assert_eq!(log.arrivals(), &live);
    assert_eq!(log.arrivals().get(candidate(1)), None);
    assert_eq!(log.arrivals().get(candidate(2)).unwrap().entry, EntryRef { segment: 1, seq: 3 });
    log.append(&code("op-1"), undo(EntryRef { segment: 1, seq: 3 }), at(11)).unwrap();
    drop(log);
    assert!(open(store, 20).unwrap().0.arrivals().is_empty());
}

#[test]
fn clock_jumps_are_recorded_before_the_event() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    log.append(&code("op-1"), check_in(1), skewed(1, 1_999)).unwrap();
    log.append(&code("op-1"), check_in(2), skewed(2, 3_600_000)).unwrap();
    log.append(&code("op-1"), check_in(3), skewed(3, 0)).unwrap();
    assert_eq!(log.append(&code("op-1"), check_in(4), at(2)), Err(LogFault::BootClockFell { by_ms: 1000 }));
    log.append(&code("op-1"), check_in(4), at(3)).unwrap();
    drop(log);
    let device = device();
    let mut after_reboot = opening(&device);
    after_reboot.boot_id = "boot-b".to_owned();
    let mut early = skewed(0, -86_400_000);
    early.boot_ms = 5;
    AttendanceLog::open(store.clone(), &after_reboot, early, &mut SeededRandom::new("b")).unwrap();
    let jumps = |segment| -> Vec<_> {
        let entries = good(&store, segment).entries.into_iter();
        entries.map(|entry| if let AttendanceEvent::ClockJump { by_ms } = entry.event { by_ms } else { 0 }).collect()
    };
    assert_eq!(jumps(1), [0, 0, 3_598_001, 0, -3_600_000, 0, 0]);
    assert_eq!(jumps(2), [0, -86_403_000]);
}

/// What a machine that stops at any byte leaves behind holds every acknowledged entry and no torn one.
#[test]
fn stopped_after_every_byte() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    let mut ends = vec![bytes_of(&store, 1).len()];
    for number in 1..=4 {
        log.append(&code("op-1"), check_in(number), at(i64::from(number))).unwrap();
        ends.push(bytes_of(&store, 1).len());
    }
    let whole = bytes_of(&store, 1);
    for cut in 0..=whole.len() {
        let acknowledged = ends.iter().filter(|end| **end <= cut).count();
        let content = read_segment(&whole[..cut], device().verifier()).unwrap();
        assert_eq!(entries_in(&content), acknowledged, "cut at {cut}");
        // The next start goes on behind it, and counts the torn bytes.
        if cut % 97 == 0 || ends.contains(&cut) {
            let torn = MemoryStore::holding(1, &whole[..cut]);
            let (log, opened) = open(torn.clone(), 100).unwrap();
            assert_eq!(opened.entry(), EntryRef { segment: 2, seq: 0 });
            assert_eq!(log.arrivals().len(), acknowledged.saturating_sub(1));
            drop(log);
            assert_eq!(bytes_of(&torn, 1), &whole[..cut], "old segments are never touched");
            open(torn, 200).unwrap();
        }
    }
}

/// The last append may lose any of its sectors while a power cut is on its way; nothing acknowledged is lost.
#[test]
fn sectors_of_the_last_append_lost() {
    const SECTOR: usize = 512;
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    let synced = bytes_of(&store, 1).len();
    log.append(&code("op-1"), check_in(2), at(2)).unwrap();
    let whole = bytes_of(&store, 1);
    let sectors: Vec<usize> = (synced / SECTOR..=whole.len() / SECTOR).collect();
    for lost in 0..1_u32 << sectors.len() {
        for cut in [whole.len(), synced.next_multiple_of(SECTOR).min(whole.len())] {
            let mut bytes = whole[..cut].to_vec();
            for (bit, sector) in sectors.iter().enumerate().filter(|(bit, _)| lost >> bit & 1 == 1) {
                let _ = bit;
                let from = (sector * SECTOR).max(synced).min(cut);
                let to = ((sector + 1) * SECTOR).min(cut);
                bytes[from..to].fill(0);
            }
            let content = read_segment(&bytes, device().verifier()).unwrap();
            assert!(entries_in(&content) >= 2, "lost {lost:b}, cut {cut}");
        }
    }
}

#[test]
fn damage_before_the_last_append_is_an_alarm() {
    let store = MemoryStore::default();
    let (mut log, opened) = open(store.clone(), 0).unwrap();
    let _ = opened;
    let first = bytes_of(&store, 1).len();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    log.append(&code("op-1"), check_in(2), at(2)).unwrap();
    log.append(&code("op-1"), check_in(3), at(3)).unwrap();
    let whole = bytes_of(&store, 1);
    for at_byte in [0, 5, 9, 200, first + 1, first + 30] {
        let mut bytes = whole.clone();
        bytes[at_byte] ^= 0x10;
        assert_eq!(read_segment(&bytes, device().verifier()), Err(SegmentDamage::LaterCheckpoint), "byte {at_byte}");
        let fault = open(MemoryStore::holding(1, &bytes), 50).map(|_| ()).unwrap_err();
        assert_eq!(fault, LogFault::Damaged { segment: 1 });
    }
    let other = NoteKey::generate("other", &mut SeededRandom::new("other")).unwrap();
    assert_eq!(read_segment(&whole, other.verifier()), Err(SegmentDamage::NotOpened));
}

#[test]
fn a_missing_segment_is_an_alarm() {
    let store = MemoryStore::default();
    drop(open(store.clone(), 0).unwrap());
    drop(open(store.clone(), 10).unwrap());
    drop(open(store.clone(), 20).unwrap());
    let third = MemoryStore::holding(3, &bytes_of(&store, 3));
    assert_eq!(open(third, 50).map(|_| ()).unwrap_err(), LogFault::Damaged { segment: 3 });
    let moved = MemoryStore::holding(2, &bytes_of(&store, 1));
    assert_eq!(open(moved, 50).map(|_| ()).unwrap_err(), LogFault::ForeignSegment { segment: 2 });
}

/// For every call of the store and every way it can fail: nothing is acknowledged afterwards, and everything
/// acknowledged before is there after a restart.
#[test]
fn the_nth_call_fails() {
    let faults = [
        FaultKind::Report(StoreFault::NoSpace),
        FaultKind::Report(StoreFault::Os { code: 5 }),
        FaultKind::Report(StoreFault::Os { code: 4 }),
        FaultKind::AfterEffect(StoreFault::Os { code: 5 }),
        FaultKind::Short(0),
        FaultKind::Short(100),
        FaultKind::Short(400),
    ];
    for fault in faults {
        for calls in 0..14 {
            let inner = MemoryStore::default();
            let acknowledged = run_until_fault(FaultyStore::new(inner.clone(), calls, fault));
            let found = inner.clone().segments().unwrap().first().map_or(0, |segment| {
                entries_in(&read_segment(&bytes_of(&inner, *segment), device().verifier()).unwrap())
            });
            assert!(found >= acknowledged, "{fault:?} after {calls}: {found} < {acknowledged}");
            let (log, _) = open(inner, 100).unwrap();
            assert!(log.arrivals().len() + 1 >= acknowledged);
        }
    }
}

/// Runs a session of five check-ins; returns how many entries were acknowledged.
fn run_until_fault(store: FaultyStore) -> usize {
    let Ok((mut log, _)) = open(store, 0) else { return 0 };
    let mut acknowledged = 1;
    for number in 1..=5 {
        match log.append(&code("op-1"), check_in(number), at(i64::from(number))) {
            Ok(_) => {
                assert!(!log.is_stopped());
                acknowledged += 1;
            }
            Err(LogFault::Store(_)) => {
                assert!(log.is_stopped());
                let late = log.append(&code("op-1"), check_in(99), at(90));
                assert_eq!(late, Err(LogFault::Stopped));
                return acknowledged;
            }
            Err(other) => panic!("{other}"),
        }
    }
    acknowledged
}

#[test]
fn the_head_is_the_last_durable_checkpoint() {
    let (mut log, _) = open(MemoryStore::default(), 0).unwrap();
    let durable = log.append(&code("op-1"), check_in(1), at(1)).unwrap().proof;
    let checkpoint = Checkpoint::open(log.checkpoint(), log.segment_key().verifier()).unwrap();
    assert_eq!(checkpoint, log.head());
    assert_eq!((checkpoint.size, &checkpoint.root), (2, durable.root()));
    assert_eq!(checkpoint.origin, "board.example/thpt-2026/desk-1/s1/001");
}

#[test]
fn names_that_cannot_stand_in_an_origin() {
    for bad in ["", "a b", "a+b", "a/b", "đ"] {
        let device = device();
        let mut opening = opening(&device);
        opening.name.board = bad.to_owned();
        assert!(bad.parse::<DeskId>().is_err() && bad.parse::<SessionId>().is_err(), "{bad}");
        let fault = AttendanceLog::open(MemoryStore::default(), &opening, at(0), &mut SeededRandom::new("x"));
        assert_eq!(fault.map(|_| ()).unwrap_err(), LogFault::BadName, "{bad}");
    }
}

fn bytes_of(store: &MemoryStore, segment: u32) -> Vec<u8> {
    store.clone().read(segment).unwrap()
}

fn good(store: &MemoryStore, segment: u32) -> diemdanh::record::Segment {
    match read_segment(&bytes_of(store, segment), device().verifier()).unwrap() {
        SegmentContent::Good(segment) => *segment,
        SegmentContent::Nothing { .. } => panic!("nothing in segment {segment}"),
    }
}

fn entries_in(content: &SegmentContent) -> usize {
    match content {
        SegmentContent::Good(segment) => segment.entries.len(),
        SegmentContent::Nothing { .. } => 0,
    }
}
