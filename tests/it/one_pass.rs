//! Entries read in one walk, held against reading and writing again: the same bytes are read, and as the same.

use diemdanh::bits::spread::Spread as _;
use diemdanh::host::threads::SideBySide;
use diemdanh::record::{
    AttendanceEvent, CandidateRef, CheckIn, ChipState, Code, Digest, DocumentRef, ENTRY_VERSION, Entry, EntryRef,
    ReEntryBasis, RegistryState, SignedWords, one_pass,
};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

fn code() -> impl Strategy<Value = Code> {
    "[a-z._/-][a-z0-9._/-]{0,9}".prop_filter_map("a run of digits", |text| Code::new(&text).ok())
}

fn text() -> impl Strategy<Value = String> {
    "([\\x00-\\x7f]|[ \"\\\\\nv:é—😀\u{7f}\u{2028}]){0,12}"
}

fn chip() -> impl Strategy<Value = ChipState> {
    use ChipState::*;
    prop::sample::select(vec![Pass, Warn, Unknown, Fail, Access, Retry, NotRead])
}

fn registry() -> impl Strategy<Value = RegistryState> {
    use RegistryState::*;
    prop::sample::select(vec![Match, Mismatch, CardInvalid, NotFound, UnknownCode, Pending, NotAsked, Refused])
}

fn cand() -> impl Strategy<Value = CandidateRef> {
    any::<[u8; 16]>().prop_map(CandidateRef)
}

fn doc() -> impl Strategy<Value = DocumentRef> {
    any::<[u8; 16]>().prop_map(DocumentRef)
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

fn entry_ref() -> impl Strategy<Value = EntryRef> {
    (any::<u32>(), 0..=999_999_999_999_999_u64).prop_map(|(segment, seq)| EntryRef { segment, seq })
}

/// Kinds that are read in one walk.
fn usual() -> impl Strategy<Value = AttendanceEvent> {
    use AttendanceEvent as E;
    let admitted = (cand(), doc(), chip(), code(), registry(), vec(code(), 0..3), any::<bool>(), option::of(code()));
    let small = 0..=999_999_999_999_999_u64;
    prop_oneof![
        admitted.prop_map(|(cand, doc, chip, access, registry, remarks, late, second)| {
            E::CheckIn(CheckIn { cand, doc, chip, access, registry, remarks, late, second })
        }),
        (text(), doc()).prop_map(|(id, doc)| E::RegistryRequest { id, doc }),
        (text(), option::of(digest()), registry(), option::of(code()), option::of(text())).prop_map(
            |(id, request_sha256, state, cause, verbatim)| {
                E::RegistryAnswer { id, request_sha256, state, cause, verbatim }
            }
        ),
        (cand(), code()).prop_map(|(cand, purpose)| E::PersonViewed { cand, purpose }),
        (code(), code()).prop_map(|(device, event)| E::DeviceEvent { device, event }),
        (small, digest(), code(), text()).prop_map(|(size, root, with, note)| E::Anchor { size, root, with, note }),
        (entry_ref(), digest()).prop_map(|(refers, sha256)| E::Evidence { refers, sha256 }),
        (option::of(cand()), option::of(doc()), code(), option::of(code()))
            .prop_map(|(cand, doc, reason, second)| E::NotAdmitted { cand, doc, reason, second }),
        (option::of(cand()), option::of(doc()), chip(), vec(code(), 0..3))
            .prop_map(|(cand, doc, chip, reasons)| E::Referred { cand, doc, chip, reasons }),
        seldom(),
    ]
}

fn seldom() -> impl Strategy<Value = AttendanceEvent> {
    use AttendanceEvent as E;
    let basis = (chip(), code(), registry(), vec(code(), 0..3), option::of(code()))
        .prop_map(|(chip, access, registry, remarks, second)| ReEntryBasis { chip, access, registry, remarks, second });
    let failed = (option::of(cand()), option::of(doc()), code(), any::<u32>(), option::of(chip()), option::of(code()));
    let decided = (option::of(cand()), option::of(doc()), any::<bool>(), chip(), registry(), code(), code());
    prop_oneof![
        (cand(), option::of(doc()), entry_ref(), basis).prop_map(|(cand, doc, first, basis)| E::ReEntry {
            cand,
            doc,
            first,
            basis: Some(basis)
        }),
        failed.prop_map(|(cand, doc, cause, apdu_count, chip, failed)| {
            E::ReadFailed { cand, doc, cause, apdu_count, chip, failed }
        }),
        decided.prop_map(|(cand, doc, admitted, chip, registry, reason, second)| {
            E::ManualDecision { cand, doc, admitted, chip, registry, reason, second }
        }),
        (cand(), option::of(doc()), text(), text(), text()).prop_map(|(cand, doc, site, session, room)| E::Elsewhere {
            cand,
            doc,
            site,
            session,
            room
        }),
    ]
}

/// Kinds and forms that are left to reading and writing again.
fn others() -> impl Strategy<Value = AttendanceEvent> {
    use AttendanceEvent as E;
    prop_oneof![
        (cand(), option::of(doc()), entry_ref()).prop_map(|(cand, doc, first)| E::ReEntry {
            cand,
            doc,
            first,
            basis: None
        }),
        (entry_ref(), code(), code()).prop_map(|(refers, reason, second)| E::Undo { refers, reason, second }),
        (text(), any::<u64>()).prop_map(|(room, scripts)| E::ScriptsCounted { room, scripts }),
        any::<i64>().prop_map(|by_ms| E::ClockJump { by_ms }),
        text().prop_map(|note| E::CaseStep { note: SignedWords(note) }),
    ]
}

fn entry(event: impl Strategy<Value = AttendanceEvent>) -> impl Strategy<Value = Entry> {
    // From the year 0000 to 9999, as clocks with an empty battery have it too.
    let moment = prop_oneof![1_700_000_000_000_i64..1_800_000_000_000, -62_167_219_200_000_i64..253_402_207_200_000];
    let small = 0..=999_999_999_999_999_u64;
    (event, moment, small.clone(), small, text(), code()).prop_map(|(event, ms, seq, bt, boot, op)| {
        let t = Timestamp::from_millisecond(ms).unwrap();
        Entry { v: ENTRY_VERSION, seq, t, bt, boot, op, event }
    })
}

/// What a forger, or another writer of JSON, would make of a line.
const OTHER_SPELLINGS: [(&str, &str); 30] = [
    (":null", ":\"a\""),
    (":null", ":[]"),
    ("true", "false"),
    ("\\n", "\\u000a"),
    ("\\u0000", "\\u0020"),
    ("\\u001f", "\\u001F"),
    ("/", "\\/"),
    ("0", "00"),
    (":1", ":-1"),
    (":1", ":1.0"),
    (":1", ":1e0"),
    (":", ":0"),
    ("Z\"", "z\""),
    ("Z\"", "+00:00\""),
    (".", ","),
    ("T", " "),
    ("-01-", "-13-"),
    ("a", "A"),
    ("a", "\\u0061"),
    (",", ", "),
    (":", ": "),
    ("}", "} "),
    ("{", "{\"a\":1,"),
    ("\"v\":1", "\"v\":2"),
    ("\"v\":1", "\"v\":1,\"v\":1"),
    ("\"v\":1", "\"v\":1,\"w\":null"),
    ("\"ev\":", "\"ev\":\"open\",\"ev\":"),
    ("check-in", "re-entry"),
    ("\"chip\":\"pass\",", ""),
    ("[]", "[\"a\",]"),
];

fn mutate(mut line: Vec<u8>, (kind, place, byte, pair): (u8, prop::sample::Index, u8, prop::sample::Index)) -> Vec<u8> {
    let at = place.index(line.len().max(1));
    match kind {
        _ if line.is_empty() => (),
        0 => line[at] = byte,
        1 => drop(line.remove(at)),
        2 => line.insert(at, byte),
        3 => {
            // Two members change places.
            let text = String::from_utf8_lossy(&line).into_owned();
            let mut parts: Vec<&str> = text.split(',').collect();
            let (one, other) = (place.index(parts.len()), pair.index(parts.len()));
            parts.swap(one, other);
            line = parts.join(",").into_bytes();
        }
        _ => {
            let (from, to) = OTHER_SPELLINGS[pair.index(OTHER_SPELLINGS.len())];
            let text = String::from_utf8_lossy(&line).into_owned();
            let found: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
            if !found.is_empty() {
                let at = found[place.index(found.len())];
                line = [&text[..at], to, &text[at + from.len()..]].concat().into_bytes();
            }
        }
    }
    line
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn usual_entries_are_read_in_one_walk_and_as_they_were_written(entry in entry(usual())) {
        let line = entry.encode().unwrap();
        prop_assert_eq!(one_pass::read(&line), Some(entry.clone()), "{}", String::from_utf8_lossy(&line));
        prop_assert_eq!(Entry::parse_and_compare(&line), Some(entry));
    }

    #[test]
    fn other_entries_are_read_all_the_same(entry in entry(others())) {
        if let Some(line) = entry.encode() {
            prop_assert_eq!(one_pass::read(&line), None);
            prop_assert_eq!(Entry::parse(&line), Some(entry));
        }
    }

    /// The one that counts: whatever is done to a line, both ways say the same of it.
    #[test]
    fn one_walk_accepts_what_reading_and_writing_again_accepts(
        entry in prop_oneof![4 => entry(usual()).boxed(), 1 => entry(others()).boxed()],
        changes in vec((0..8_u8, any::<prop::sample::Index>(), any::<u8>(), any::<prop::sample::Index>()), 1..4),
    ) {
        let line = entry.encode().unwrap_or_default();
        let changed = changes.into_iter().fold(line, mutate);
        let slow = Entry::parse_and_compare(&changed);
        let text = String::from_utf8_lossy(&changed).into_owned();
        prop_assert!(one_pass::read(&changed).is_none_or(|read| slow.as_ref() == Some(&read)), "{}", text);
        prop_assert_eq!(Entry::parse(&changed), slow, "{}", text);
    }
}

/// Every byte that one of a line can become.
#[test]
fn every_byte_of_a_line_in_every_value() {
    let lines = [
        r#"{"access":"pace-can","boot":"b\n","bt":51000,"cand":"01010101010101010101010101010101","chip":"pass","doc":"01010101010101010101010101010101","ev":"check-in","late":false,"op":"op-1","registry":"match","remarks":["a"],"second":null,"seq":1,"t":"2026-02-28T20:26:41.000Z","v":1}"#,
        r#"{"boot":"b","bt":0,"cause":null,"ev":"registry-answer","id":"v","op":"op-1","request_sha256":null,"seq":1,"state":"match","t":"2024-02-29T23:59:59.999Z","v":1,"verbatim":"\u0001\"é"}"#,
    ];
    for line in lines {
        assert!(one_pass::read(line.as_bytes()).is_some(), "{line}");
        for at in 0..line.len() {
            for byte in 0..=u8::MAX {
                let mut changed = line.as_bytes().to_vec();
                changed[at] = byte;
                assert_eq!(Entry::parse(&changed), Entry::parse_and_compare(&changed), "{at} {byte}");
            }
        }
    }
}

#[test]
fn work_side_by_side_comes_back_in_order_and_is_not_far_ahead() {
    let (begun, mut taken, furthest) = (AtomicUsize::new(0), Vec::new(), AtomicUsize::new(0));
    let work = |index: usize| {
        begun.fetch_add(1, Ordering::SeqCst);
        // The first of each ten takes longest.
        (0..if index.is_multiple_of(10) { 200_000 } else { 10 })
            .fold(index, |sum, step| sum ^ std::hint::black_box(step));
        index
    };
    SideBySide::new().in_order(500, &work, &mut |index| {
        furthest.fetch_max(begun.load(Ordering::SeqCst) - taken.len(), Ordering::SeqCst);
        taken.push(index);
        true
    });
    assert!(taken.into_iter().eq(0..500));
    let threads = std::thread::available_parallelism().unwrap().get();
    assert!(furthest.into_inner() <= threads * 4 + 1, "results pile up");
    let mut few = Vec::new();
    SideBySide::new().in_order(500, &|index| index, &mut |index| {
        few.push(index);
        index < 9
    });
    assert!(few.into_iter().eq(0..10), "whoever has enough gets no more");
    SideBySide::new().in_order(0, &|index| index, &mut |_| panic!("there is nothing"));
}

#[test]
fn a_panic_at_work_reaches_whoever_asked_for_it() {
    let run = || {
        let work = |index: usize| if index == 40 { std::panic::resume_unwind(Box::new("gone")) } else { index };
        SideBySide::new().in_order(100, &work, &mut |_| true);
    };
    assert!(std::panic::catch_unwind(run).is_err());
    let take = || SideBySide::new().in_order(100, &|index| index, &mut |_| std::panic::resume_unwind(Box::new("gone")));
    assert!(std::panic::catch_unwind(take).is_err());
}
