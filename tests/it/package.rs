//! Packages as bytes: the signed note, the one file, what is inside; cut, flipped and foreign.

use crate::package_archive::{joined, split};
use diemdanh::bits::{
    random::SeededRandom,
    secret::{Pii, Secret},
};
use diemdanh::host::sealed;
use diemdanh::package::Rules;
use diemdanh::package::contents::{
    Contents, ContentsFault, Front, PackageDesk, PackageSession, PackageSettings, PackageSite, People,
};
use diemdanh::package::note::{MAX_PACKAGE_LEN, digest_of, seal_file, split_file};
use diemdanh::package::operators::{Operator, PinLock, Role};
use diemdanh::package::sealing::{self, SealTools, SealedContents};
use diemdanh::package::{PackageFault, PackageNote, PackageUse};
use diemdanh::record::BoardKeys;
use diemdanh::roster::canonical;
use diemdanh::roster::{Candidate, CandidateId, CandidateNumber, Roster, Sex};
use diemdanh::tlog::NoteKey;
use proptest::prelude::*;
use std::collections::BTreeMap;

pub(crate) fn board() -> NoteKey {
    NoteKey::generate("board.example", &mut SeededRandom::new("board")).unwrap()
}

pub(crate) fn note(ciphertext: &[u8]) -> PackageNote {
    PackageNote {
        board: "board.example".to_owned(),
        exam: "tn2026".to_owned(),
        session: "b1".to_owned(),
        site: "0901".to_owned(),
        training: false,
        version: 3,
        not_before: "2026-06-12T00:35:00Z".parse().unwrap(),
        not_after: "2026-07-03T00:35:00Z".parse().unwrap(),
        rows: 2,
        size: u64::try_from(ciphertext.len()).unwrap(),
        front: 0,
        sha256: digest_of(ciphertext),
        min_program: "0.1.0".to_owned(),
        revocations: 4,
        previous: Some(digest_of(b"version 2")),
        board_keys: None,
    }
}

pub(crate) fn taker() -> PackageUse<'static> {
    PackageUse {
        exam: Some("tn2026"),
        session: Some("b1"),
        site: Some("0901"),
        training: false,
        program: "0.1.0",
        now: "2026-06-25T23:00:00Z".parse().unwrap(),
        seen: None,
        revocations: 0,
    }
}

fn candidate(id: u8, number: &str, name: &str) -> Candidate {
    Candidate {
        id: CandidateId([id; 16]),
        number: CandidateNumber::new(number).unwrap(),
        full_name: Pii::new(name.to_owned()),
        birth_date: Pii::new("2008-02-15".to_owned()),
        id_number: Pii::new("099208000025".to_owned()),
        site: "0901".to_owned(),
        room: "P01".to_owned(),
        seat: "1".to_owned(),
        session: String::new(),
        sex: Some(Sex::Female),
        school: "THPT \"Mẫu\", số 1".to_owned(),
    }
}

fn contents() -> Contents {
    let start = "2026-06-26T00:35:00Z".parse().unwrap();
    let session =
        PackageSession {
            id: "b1".to_owned(), title: "Buổi 1".to_owned(), opens: None, start, last_entry: Some(start)
        };
    let policy = Rules {
        bac_fallback: true,
        authentication_required: true,
        revocation_required: false,
        registry_required: false,
        ..Rules::default()
    };
    let pin = "$diemdanh-pin$v=2$m=64,t=2,p=1$ZGllbWRhbmgtc2FsdC0xNg$NUXufFmLhLrXlayfk+78Suw+MW4udV0saiFPWQDdtyo";
    let head = Operator {
        code: "td-01".to_owned(),
        name: "Trần B".to_owned(),
        role: Role::HeadOfSite,
        site: String::new(),
        pin: Some(PinLock::parse(pin).unwrap()),
        telephone: None,
        revoked: None,
    };
    let desk = |id: &str| PackageDesk {
        id: id.to_owned(),
        title: "Bàn “1”".to_owned(),
        room: String::new(),
        cert: format!("diemdanh/desk-cert/v1\ndesk {id}\n\n— board.example AAAA\n"),
    };
    let front = Front {
        settings: PackageSettings {
            board: "board.example".to_owned(),
            exam: "tn2026".to_owned(),
            title: "Kỳ thi \"thử\"".to_owned(),
            utc_offset_hours: 7,
            training: false,
            session,
            site: PackageSite { code: "0901".to_owned(), title: "Điểm = 1".to_owned() },
            policy,
        },
        operators: vec![head],
        keys: BTreeMap::from([("td-01".to_owned(), vec![1, b'\n', 2])]),
        trust: BTreeMap::from([
            ("CSCA VN 2.cer".to_owned(), vec![0x30, 0x0A, 0]),
            ("manifest.note".to_owned(), b"x".to_vec()),
        ]),
        revocations: Some("diemdanh/revocations/v1\nnumber 4\n".to_owned()),
        desks: vec![desk("ban-01"), desk("ban-02")],
    };
    let people = People {
        roster: Roster::new(vec![candidate(2, "01000002", "Nguyễn Văn B"), candidate(1, "01000001", "Trần Thị A")]),
        exam_key: Secret::new([7; 32]),
        portraits: BTreeMap::from([(CandidateId([1; 16]), Pii::new(vec![0xFF, 0xD8, b'\n', 0]))]),
    };
    Contents { front, people }
}

fn front_bytes(contents: &Contents) -> Vec<u8> {
    contents.front.write().unwrap().expose().clone()
}

fn people_bytes(contents: &Contents) -> Vec<u8> {
    contents.people.write().unwrap().expose().clone()
}

fn tools() -> SealTools<'static> {
    SealTools {
        seal: &|bytes, recipients| sealed::seal(bytes, recipients).ok(),
        fresh: &sealed::generate,
        recipient: &|public| sealed::recipient_from(public).ok(),
    }
}

#[test]
fn what_the_board_writes_the_desk_reads() {
    let (contents, board) = (contents(), board());
    let (identity, recipient) = sealed::generate();
    let (recovery, other) = sealed::generate();
    let SealedContents { bytes: ciphertext, front_len } =
        sealing::seal(&contents, &[&recipient], Some(&other), &tools()).unwrap();
    let note = |ciphertext: &[u8]| PackageNote { front: front_len, ..note(ciphertext) };
    let file = seal_file(&note(&ciphertext).sign(&board).unwrap(), &ciphertext);
    let (text, found) = split_file(&file).unwrap();
    let opened = PackageNote::open(text, &BoardKeys::one(board.verifier().clone())).unwrap();
    assert_eq!((&opened, PackageNote::peek(text)), (&note(&ciphertext), Some(note(&ciphertext))));
    assert_eq!((opened.judge(found), opened.suits(&taker())), (Ok(()), Ok(())));
    let (front, people) = opened.parts(found).unwrap();
    for key in [&identity, &recovery] {
        let plain = sealed::open(front, key, MAX_PACKAGE_LEN).unwrap();
        let read = Front::read(plain.expose()).unwrap();
        assert_eq!((&read.settings, read.keys.len()), (&contents.front.settings, 1));
    }
    // The device key alone opens no people; with the PIN of an operator, which opens their key, it does.
    assert!(sealed::open(people, &identity, MAX_PACKAGE_LEN).is_err());
    assert!(sealed::open(people, &recovery, MAX_PACKAGE_LEN).is_ok());
    let read = Front::read(sealed::open(front, &identity, MAX_PACKAGE_LEN).unwrap().expose()).unwrap();
    let lock = read.operators[0].pin.clone().unwrap();
    let key = |pin: &str| {
        let made = sealed::identity_of(&lock.secret(&Secret::new(pin.to_owned())).unwrap()).unwrap();
        let key = sealed::open(&read.keys["td-01"], &made, MAX_PACKAGE_LEN).ok()?;
        Some(Secret::new(String::from_utf8(key.expose().clone()).unwrap()))
    };
    let plain = sealed::open(people, &key("482917").unwrap(), MAX_PACKAGE_LEN).unwrap();
    assert_eq!(plain.expose(), &people_bytes(&contents));
    assert!(key("482918").is_none());
    let reference = opened.reference();
    assert_eq!((reference.id.as_str(), reference.version), ("tn2026/b1/0901", 3));
    assert_eq!((reference.sha256, opened.file_name().as_str()), (opened.sha256, "tn2026-b1-0901-v3.diemdanh"));
}

#[test]
fn contents_come_back_as_they_were() {
    let before = contents();
    let after = Contents {
        front: Front::read(&front_bytes(&before)).unwrap(),
        people: People::read(&people_bytes(&before)).unwrap(),
    };
    let (front, back) = (&before.front, &after.front);
    assert_eq!((&front.settings, &front.keys), (&back.settings, &back.keys));
    assert_eq!((&front.trust, &front.desks, &front.revocations), (&back.trust, &back.desks, &back.revocations));
    // What a guess at a PIN could be compared with stays with the board.
    assert_eq!(front.operators.iter().map(Operator::for_desk).collect::<Vec<_>>(), back.operators);
    assert!(front.operators[0].pin.as_ref().unwrap().public().is_some());
    assert!(back.operators[0].pin.as_ref().unwrap().public().is_none());
    assert_eq!(before.people.portraits, after.people.portraits);
    assert_eq!(before.people.exam_key, after.people.exam_key);
    let sorted = |roster: &Roster| canonical::write(roster.iter().collect());
    assert_eq!(sorted(&before.people.roster), sorted(&after.people.roster));
    let said = format!("{after:?}");
    assert!(!said.contains("Trần") && said.contains("2 candidates"), "{said}");
}

type Reader = fn(&[u8]) -> Result<(), ContentsFault>;

fn read_front(bytes: &[u8]) -> Result<(), ContentsFault> {
    Front::read(bytes).map(|_| ())
}

fn read_people(bytes: &[u8]) -> Result<(), ContentsFault> {
    People::read(bytes).map(|_| ())
}

/// Cut anywhere, the contents name a fault; nothing that is left reads as a smaller package.
#[test]
fn contents_cut_at_every_byte() {
    let (front, people) = (front_bytes(&contents()), people_bytes(&contents()));
    for (whole, read) in [(&front, read_front as Reader), (&people, read_people)] {
        for length in 0..whole.len() {
            let fault = read(&whole[..length]).unwrap_err();
            assert!(matches!(fault, ContentsFault::Cut), "{length}: {fault:?}");
        }
        let more = [&whole[..], b"\n"].concat();
        assert_eq!(read(&more), Err(ContentsFault::Trailing));
    }
    // One part is never read as the other.
    let missing = |name: &str| Err(ContentsFault::Missing { name: name.to_owned() });
    assert_eq!((read_front(&people), read_people(&front)), (missing("settings.toml"), missing("candidates.csv")));
}

/// Reads a whole file as a desk does, up to the decryption.
fn taken(file: &[u8], board: &NoteKey) -> Result<PackageNote, PackageFault> {
    let (text, ciphertext) = split_file(file)?;
    let note = PackageNote::open(text, &BoardKeys::one(board.verifier().clone()))?;
    note.judge(ciphertext)?;
    note.suits(&taker())?;
    Ok(note)
}

fn small_file(board: &NoteKey) -> Vec<u8> {
    let (_, recipient) = sealed::generate();
    let ciphertext = sealed::seal(b"contents", &[&recipient]).unwrap();
    seal_file(&note(&ciphertext).sign(board).unwrap(), &ciphertext)
}

#[test]
fn a_file_cut_at_every_byte() {
    let board = board();
    let file = small_file(&board);
    taken(&file, &board).unwrap();
    let (mut form, mut size) = (0, 0);
    for length in 0..file.len() {
        match taken(&file[..length], &board) {
            Err(PackageFault::Form) => form += 1,
            Err(PackageFault::Size { .. }) => size += 1,
            other => panic!("{length}: {other:?}"),
        }
    }
    // A file that is cut before age's first line has ended is none; after that the size tells.
    let ciphertext = split_file(&file).unwrap().1.len();
    assert_eq!((form, size), (file.len() - ciphertext + 22, ciphertext - 22));
}

#[test]
fn a_file_with_any_bit_flipped() {
    let board = board();
    let mut file = small_file(&board);
    let mut faults = [0; 4];
    for place in 0..file.len() * 8 {
        file[place / 8] ^= 1 << (place % 8);
        match taken(&file, &board) {
            Err(PackageFault::Form) => faults[0] += 1,
            Err(PackageFault::Note(_)) => faults[1] += 1,
            Err(PackageFault::Size { .. }) => faults[2] += 1,
            Err(PackageFault::Digest) => faults[3] += 1,
            other => panic!("bit {place}: {other:?}"),
        }
        file[place / 8] ^= 1 << (place % 8);
    }
    assert!(faults[0] > 0 && faults[1] > 1_000 && faults[3] > 1_000, "{faults:?}");
}

#[test]
fn a_file_that_no_package_has_is_refused_by_name() {
    let (front, people) = (front_bytes(&contents()), people_bytes(&contents()));
    let with = |part: &[u8], name: &str, body: &[u8]| {
        let mut files = split(part);
        files.insert(name.to_owned(), body.to_vec());
        joined(&files)
    };
    let without = |part: &[u8], name: &str| {
        let mut files = split(part);
        files.remove(name).unwrap();
        joined(&files)
    };
    assert_eq!((joined(&split(&front)), joined(&split(&people))), (front.clone(), people.clone()));
    let in_front = |name: &str, body: &[u8]| (with(&front, name, body), read_front as Reader);
    let in_people = |name: &str, body: &[u8]| (with(&people, name, body), read_people as Reader);
    let no_front = |name: &str| (without(&front, name), read_front as Reader);
    let no_people = |name: &str| (without(&people, name), read_people as Reader);
    let rows = [
        (in_front("notes.txt", b""), "notes.txt"),
        (in_people("notes.txt", b""), "notes.txt"),
        (in_front("candidates.csv", b""), "candidates.csv"),
        (in_people("settings.toml", b""), "settings.toml"),
        (in_front("keys/gt-99", b""), "keys/gt-99"),
        (in_front("desks/ban-03.cert", b""), "desks/ban-03.cert"),
        (
            in_front("desks/ban-03.toml", b"id = \"ban-03\"\ntitle = \"\"\nroom = \"\"\n"),
            "desks/ban-03.cert is missing",
        ),
        (in_front("desks/ban-01.toml", b"id = \"ban-09\"\ntitle = \"\"\nroom = \"\"\n"), "desks/ban-01.toml"),
        (in_front("desks/ban-01.toml", b"id = \"ban-01\"\ntitle = \"\"\nroom = \"\"\npin = 1\n"), "line 4"),
        (in_people("portraits/abc", b""), "portraits/abc"),
        (in_people("portraits/09090909090909090909090909090909", b""), "portraits/09090909090909090909090909090909"),
        (in_people("portraits/01010101010101010101010101010101", &vec![0; (1 << 20) + 1]), "more than"),
        (in_people("exam.key", &[0; 31]), "exam.key"),
        (in_front("revocations", b"\xFF"), "revocations"),
        (in_front("settings.toml", b"board = \"b\"\ncolour = 1\n"), "settings.toml"),
        (in_front("operators.toml", b"[[operator]]\nname = \"Bi Mat\"\n"), "operators.toml"),
        (in_people("candidates.csv", b"id\n"), "candidates.csv"),
        (no_front("settings.toml"), "settings.toml is missing"),
        (no_people("candidates.csv"), "candidates.csv is missing"),
        (no_front("operators.toml"), "operators.toml is missing"),
        (no_people("exam.key"), "exam.key is missing"),
        (no_front("desks/ban-02.cert"), "desks/ban-02.cert is missing"),
    ];
    for ((bytes, read), words) in rows {
        let said = read(&bytes).unwrap_err().to_string();
        assert!(said.contains(words) && !said.contains("Bi Mat"), "{words}: {said}");
    }
    // Every one of these may be missing.
    for name in ["revocations", "trust/CSCA VN 2.cer", "keys/td-01"] {
        assert!(Front::read(&without(&front, name)).is_ok(), "{name}");
    }
    assert!(People::read(&without(&people, "portraits/01010101010101010101010101010101")).is_ok());
}

#[test]
fn a_name_that_an_archive_cannot_hold_is_not_written() {
    for name in ["a/b".to_owned(), "..".to_owned(), "a".repeat(95)] {
        let mut odd = contents().front;
        odd.trust.insert(name.clone(), Vec::new());
        assert_eq!(odd.write().map(|_| ()), Err(ContentsFault::Name { name: format!("trust/{name}") }));
    }
    let mut long = contents().front;
    long.trust.insert("a".repeat(94), b"x".to_vec());
    assert_eq!(Front::read(long.write().unwrap().expose()).unwrap().trust, long.trust);
}

proptest! {
    #[test]
    fn written_contents_are_read_again(
        numbers in proptest::collection::btree_set("[0-9]{1,9}", 0..9),
        names in proptest::collection::vec("[^\\pC\r\n]{1,20}", 9),
        trust in proptest::collection::btree_map("[a-z][a-z0-9 ]{0,9}[.]cer", proptest::collection::vec(any::<u8>(), 0..40), 0..4),
        title in "[^\\pC]{0,20}",
        key in any::<[u8; 32]>(),
        with_list in any::<bool>(),
    ) {
        let people = numbers.iter().zip(&names).zip(1..).map(|((number, name), id)| candidate(id, number, name));
        let mut before = contents();
        (before.people.roster, before.people.exam_key) = (Roster::new(people.collect()), Secret::new(key));
        before.front.trust = trust;
        before.front.settings.title = title.clone();
        before.front.operators[0].name = title;
        before.people.portraits.retain(|_, _| !numbers.is_empty());
        before.front.revocations = before.front.revocations.filter(|_| with_list);
        let (front, people) = (front_bytes(&before), people_bytes(&before));
        let after = Contents { front: Front::read(&front).unwrap(), people: People::read(&people).unwrap() };
        prop_assert_eq!(&after.front.settings, &before.front.settings);
        prop_assert_eq!(&after.front.trust, &before.front.trust);
        prop_assert_eq!(&after.front.operators[0], &before.front.operators[0].for_desk());
        prop_assert!(after.people.exam_key == before.people.exam_key);
        prop_assert!(after.front.revocations == before.front.revocations);
        prop_assert_eq!((front_bytes(&after), people_bytes(&after)), (front, people));
    }

    #[test]
    fn any_bytes_are_contents_or_a_fault(body in proptest::collection::vec(any::<u8>(), 0..300), in_file in any::<bool>()) {
        let start = |name: &str| if in_file { joined(&[(name.to_owned(), Vec::new())].into()) } else { Vec::new() };
        prop_assert!(Front::read(&[start("settings.toml"), body.clone()].concat()).is_err());
        prop_assert!(People::read(&[start("exam.key"), body.clone()].concat()).is_err());
        let _ = split_file(&body);
    }

    /// Whatever is changed in an archive, its files are those that would be written as these bytes.
    #[test]
    fn an_archive_with_any_byte_changed_is_another_or_a_fault(place in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let mut bytes = people_bytes(&contents());
        let place = place.index(bytes.len());
        bytes[place] ^= 1_u8 << bit;
        if read_people(&bytes).is_ok() {
            prop_assert!(joined(&split(&bytes)) == bytes);
        }
    }
}
