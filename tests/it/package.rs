//! Packages as bytes: the signed note, the one file, what is inside; cut, flipped and foreign.

use diemdanh::bits::{
    random::SeededRandom,
    secret::{Pii, Secret},
};
use diemdanh::host::sealed;
use diemdanh::record::package::{MAX_PACKAGE_LEN, digest_of, name_part, seal_file, split_file};
use diemdanh::record::{
    BoardKeys, Enrolment, NoteError, NoteKey, PackageFault, PackageNote, PackageReceipt, PackageUse,
    statement::signer_sixteen,
};
use diemdanh::roster::canonical;
use diemdanh::roster::operators::{Operator, PinHash, Role};
use diemdanh::roster::package::{
    Contents, ContentsFault, PackageDesk, PackagePolicy, PackageSession, PackageSettings, PackageSite,
};
use diemdanh::roster::{Candidate, CandidateId, CandidateNumber, Roster, Sex};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn board() -> NoteKey {
    NoteKey::generate("board.example", &mut SeededRandom::new("board")).unwrap()
}

fn note(ciphertext: &[u8]) -> PackageNote {
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
        sha256: digest_of(ciphertext),
        min_program: "0.1.0".to_owned(),
        revocations: 4,
        previous: Some(digest_of(b"version 2")),
        board_keys: None,
    }
}

fn taker() -> PackageUse<'static> {
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
    let policy = PackagePolicy {
        bac_fallback: true,
        authentication_required: true,
        revocation_required: false,
        registry_required: false,
        ..PackagePolicy::default()
    };
    let pin = "$argon2id$v=19$m=64,t=2,p=1$ZGllbWRhbmgtc2FsdC0xNg$dl0kOPlp2rTF8YsVZNSI5gmxL0FwpY7xehvUlXALJ1U";
    let head = Operator {
        code: "td-01".to_owned(),
        name: "Trần B".to_owned(),
        role: Role::HeadOfSite,
        site: String::new(),
        pin: Some(PinHash::parse(pin).unwrap()),
        revoked: None,
    };
    let desk = |id: &str| PackageDesk {
        id: id.to_owned(),
        title: "Bàn “1”".to_owned(),
        room: String::new(),
        cert: format!("diemdanh/desk-cert/v1\ndesk {id}\n\n— board.example AAAA\n"),
    };
    Contents {
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
        roster: Roster::new(vec![candidate(2, "01000002", "Nguyễn Văn B"), candidate(1, "01000001", "Trần Thị A")]),
        operators: vec![head],
        trust: BTreeMap::from([
            ("CSCA VN 2.cer".to_owned(), vec![0x30, 0x0A, 0]),
            ("manifest.note".to_owned(), b"x".to_vec()),
        ]),
        exam_key: Secret::new([7; 32]),
        revocations: Some("diemdanh/revocations/v1\nnumber 4\n".to_owned()),
        desks: vec![desk("ban-01"), desk("ban-02")],
        portraits: BTreeMap::from([(CandidateId([1; 16]), Pii::new(vec![0xFF, 0xD8, b'\n', 0]))]),
    }
}

fn bytes(contents: &Contents) -> Vec<u8> {
    contents.write().unwrap().expose().clone()
}

#[test]
fn what_the_board_writes_the_desk_reads() {
    let (written, board) = (bytes(&contents()), board());
    let (identity, recipient) = sealed::generate();
    let (recovery, other) = sealed::generate();
    let ciphertext = sealed::seal(&written, &[&recipient, &other]).unwrap();
    let file = seal_file(&note(&ciphertext).sign(&board).unwrap(), &ciphertext);
    let (text, found) = split_file(&file).unwrap();
    let opened = PackageNote::open(text, &BoardKeys::one(board.verifier().clone())).unwrap();
    assert_eq!((&opened, PackageNote::peek(text)), (&note(&ciphertext), Some(note(&ciphertext))));
    assert_eq!((opened.judge(found), opened.suits(&taker())), (Ok(()), Ok(())));
    for key in [identity, recovery] {
        let plain = sealed::open(found, &key, MAX_PACKAGE_LEN).unwrap();
        assert_eq!(bytes(&Contents::read(plain.expose()).unwrap()), written);
    }
    let reference = opened.reference();
    assert_eq!((reference.id.as_str(), reference.version), ("tn2026/b1/0901", 3));
    assert_eq!((reference.sha256, opened.file_name().as_str()), (opened.sha256, "tn2026-b1-0901-v3.diemdanh"));
}

#[test]
fn contents_come_back_as_they_were() {
    let (before, after) = (contents(), Contents::read(&bytes(&contents())).unwrap());
    assert_eq!((&before.settings, &before.operators), (&after.settings, &after.operators));
    assert_eq!((&before.trust, &before.desks), (&after.trust, &after.desks));
    assert_eq!((&before.portraits, &before.revocations), (&after.portraits, &after.revocations));
    assert_eq!(before.exam_key, after.exam_key);
    let sorted = |roster: &Roster| canonical::write(roster.iter().collect());
    assert_eq!(sorted(&before.roster), sorted(&after.roster));
    let said = format!("{after:?}");
    assert!(!said.contains("Trần") && said.contains("2 candidates"), "{said}");
}

/// Cut anywhere, the contents name a fault; nothing that is left reads as a smaller package.
#[test]
fn contents_cut_at_every_byte() {
    let whole = bytes(&contents());
    for length in 0..whole.len() {
        let fault = Contents::read(&whole[..length]).map(|_| ()).unwrap_err();
        assert!(matches!(fault, ContentsFault::Cut), "{length}: {fault:?}");
    }
    let more = [&whole[..], b"\n"].concat();
    assert_eq!(Contents::read(&more).map(|_| ()), Err(ContentsFault::Trailing));
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
    let ciphertext = sealed::seal(b"diemdanh/package-contents/v1\nfiles 0\n", &[&recipient]).unwrap();
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
fn a_package_that_is_not_for_this_desk_or_this_day() {
    let good = note(b"");
    let check = |change: &dyn Fn(&mut PackageUse<'_>), wanted: Result<(), PackageFault>| {
        let mut desk = taker();
        change(&mut desk);
        assert_eq!(good.suits(&desk), wanted);
    };
    let time = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let text = |text: &str| text.to_owned();
    check(&|desk| desk.exam = Some("tn2027"), Err(PackageFault::Exam { found: text("tn2026") }));
    check(&|desk| desk.session = Some("b2"), Err(PackageFault::Session { found: text("b1") }));
    check(&|desk| desk.site = Some("0902"), Err(PackageFault::Site { found: text("0901") }));
    check(&|desk| (desk.exam, desk.session, desk.site) = (None, None, None), Ok(()));
    check(&|desk| desk.training = true, Err(PackageFault::Mode { training: false }));
    check(&|desk| desk.now = time("2026-06-12T00:34:59Z"), Err(PackageFault::Early { from: good.not_before }));
    check(&|desk| desk.now = time("2026-07-03T00:35:01Z"), Err(PackageFault::Expired { until: good.not_after }));
    check(&|desk| desk.program = "0.0.9", Err(PackageFault::Program { needs: text("0.1.0") }));
    check(&|desk| desk.program = "nightly", Err(PackageFault::Program { needs: text("0.1.0") }));
    check(&|desk| desk.program = "0.10.0-rc1", Ok(()));
    check(&|desk| desk.seen = Some((4, digest_of(b"4"))), Err(PackageFault::Older { version: 3, seen: 4 }));
    check(&|desk| desk.seen = Some((3, good.sha256)), Ok(()));
    check(&|desk| desk.seen = Some((3, digest_of(b"3"))), Err(PackageFault::OtherHistory { version: 3 }));
    check(&|desk| desk.seen = Some((2, digest_of(b"version 2"))), Ok(()));
    check(&|desk| desk.seen = Some((2, digest_of(b"2"))), Err(PackageFault::OtherHistory { version: 3 }));
    check(&|desk| desk.seen = Some((1, digest_of(b"1"))), Ok(()));
    check(&|desk| desk.revocations = 4, Ok(()));
    check(&|desk| desk.revocations = 5, Err(PackageFault::Revocations { number: 4, seen: 5 }));
}

#[test]
fn a_note_that_cannot_stand_is_not_signed_and_a_foreign_one_not_read() {
    let board = board();
    let refuse = |change: &dyn Fn(&mut PackageNote), fault: NoteError| {
        let mut one = note(b"");
        change(&mut one);
        assert_eq!(one.sign(&board), Err(fault), "{one:?}");
    };
    refuse(&|one| one.site = "a\nmode live".to_owned(), NoteError::Form);
    refuse(&|one| one.min_program = "one".to_owned(), NoteError::Form);
    refuse(&|one| one.version = 0, NoteError::Form);
    refuse(&|one| one.size = MAX_PACKAGE_LEN + 1, NoteError::Form);
    refuse(&|one| one.board = "other.example".to_owned(), NoteError::BadName);
    let other = NoteKey::generate("board.example", &mut SeededRandom::new("other")).unwrap();
    let signed = note(b"").sign(&board).unwrap();
    assert_eq!(PackageNote::open(&signed, &BoardKeys::one(other.verifier().clone())), Err(NoteError::NoSignature));
    // A site is named as the list names it.
    let odd = PackageNote { site: "Điểm thi số 1 – THPT".to_owned(), previous: None, ..note(b"") };
    assert_eq!(PackageNote::open(&odd.sign(&board).unwrap(), &BoardKeys::one(board.verifier().clone())), Ok(odd));
}

#[test]
fn every_name_has_one_part_that_a_log_can_hold() {
    let rows = [
        ("0901", "0901"),
        ("b1", "b1"),
        ("", "-"),
        ("Điểm 1", "diem1__"),
        ("TN2026", "tn202__"),
        ("20260626", "20260__"),
        ("a/b", "ab__"),
        ("..", "__"),
        ("diem1__aaaa", "diem1__"),
        ("a-very-long-name-of-a-site", "avery__"),
    ];
    for (name, start) in rows {
        let part = name_part(name);
        let wanted = if start.ends_with("__") { start.len() + 12 } else { start.len() };
        assert!(part.starts_with(start) && part.len() == wanted && part.len() <= 20, "{name}: {part}");
        let one = PackageNote { exam: name.to_owned(), session: name.to_owned(), site: name.to_owned(), ..note(b"") };
        assert_eq!(one.reference().id.as_str(), one.id());
    }
    assert_ne!(name_part("Điểm 1"), name_part("Diem 1"));
}

#[test]
fn a_file_that_no_package_has_is_refused_by_name() {
    let good = bytes(&contents());
    let with = |name: &str, body: &[u8]| {
        let mut files = split(&good);
        files.insert(name.to_owned(), body.to_vec());
        joined(&files)
    };
    let without = |name: &str| {
        let mut files = split(&good);
        files.remove(name).unwrap();
        joined(&files)
    };
    assert_eq!(joined(&split(&good)), good);
    let rows = [
        (with("notes.txt", b""), "notes.txt"),
        (with("desks/ban-03.cert", b""), "desks/ban-03.cert"),
        (with("desks/ban-03.toml", b"id = \"ban-03\"\ntitle = \"\"\nroom = \"\"\n"), "desks/ban-03.cert is missing"),
        (with("desks/ban-01.toml", b"id = \"ban-09\"\ntitle = \"\"\nroom = \"\"\n"), "desks/ban-01.toml"),
        (with("desks/ban-01.toml", b"id = \"ban-01\"\ntitle = \"\"\nroom = \"\"\npin = 1\n"), "line 4"),
        (with("portraits/abc", b""), "portraits/abc"),
        (with("portraits/09090909090909090909090909090909", b""), "portraits/09090909090909090909090909090909"),
        (with("portraits/01010101010101010101010101010101", &vec![0; (1 << 20) + 1]), "more than"),
        (with("exam.key", &[0; 31]), "exam.key"),
        (with("revocations", b"\xFF"), "revocations"),
        (with("settings.toml", b"board = \"b\"\ncolour = 1\n"), "settings.toml"),
        (with("operators.toml", b"[[operator]]\nname = \"Bi Mat\"\n"), "operators.toml"),
        (with("candidates.csv", b"id\n"), "candidates.csv"),
        (without("settings.toml"), "settings.toml is missing"),
        (without("candidates.csv"), "candidates.csv is missing"),
        (without("operators.toml"), "operators.toml is missing"),
        (without("exam.key"), "exam.key is missing"),
        (without("desks/ban-02.cert"), "desks/ban-02.cert is missing"),
    ];
    for (bytes, words) in rows {
        let said = Contents::read(&bytes).map(|_| ()).unwrap_err().to_string();
        assert!(said.contains(words) && !said.contains("Bi Mat"), "{words}: {said}");
    }
    // Every one of these may be missing.
    for name in ["revocations", "trust/CSCA VN 2.cer", "portraits/01010101010101010101010101010101"] {
        assert!(Contents::read(&without(name)).is_ok(), "{name}");
    }
}

#[test]
fn a_container_that_is_not_in_its_form() {
    let head = "diemdanh/package-contents/v1\n";
    let long = format!("{head}files 1\n{} 1\nx", "a".repeat(201));
    let rows = [
        ("diemdanh/package-contents/v2\nfiles 0\n".to_owned(), ContentsFault::Head),
        (format!("{head}files 00\n"), ContentsFault::Head),
        (format!("{head}files 200001\n"), ContentsFault::TooLarge { name: "files".to_owned(), limit: 200_000 }),
        (format!("{head}files 1\na\n"), ContentsFault::Line),
        (format!("{head}files 1\na 01\nx"), ContentsFault::Line),
        (format!("{head}files 1\n../a 1\nx"), ContentsFault::Line),
        (format!("{head}files 1\na/b/c 1\nx"), ContentsFault::Line),
        (format!("{head}files 1\na 536870913\nx"), ContentsFault::TooLarge { name: "a".to_owned(), limit: 512 << 20 }),
        (format!("{head}files 2\nb 1\nxa 1\nx"), ContentsFault::Order { name: "a".to_owned() }),
        (format!("{head}files 2\na 1\nxa 1\nx"), ContentsFault::Order { name: "a".to_owned() }),
        (format!("{head}files 1\n{}", "a".repeat(400)), ContentsFault::Line),
        (long, ContentsFault::Line),
    ];
    for (bytes, fault) in rows {
        assert_eq!(Contents::read(bytes.as_bytes()).map(|_| ()), Err(fault), "{bytes}");
    }
    let mut odd = contents();
    odd.trust.insert("a/b".to_owned(), Vec::new());
    assert_eq!(odd.write().map(|_| ()), Err(ContentsFault::Name { name: "trust/a/b".to_owned() }));
}

#[test]
fn a_desk_says_that_it_took_a_package() {
    let device = NoteKey::generate("board.example/ban-01", &mut SeededRandom::new("desk")).unwrap();
    let one = note(b"");
    let receipt = PackageReceipt {
        package: one.id(),
        version: one.version,
        sha256: one.sha256,
        desk: "ban-01".to_owned(),
        at: one.not_before,
    };
    let signed = receipt.sign(&device).unwrap();
    assert_eq!(PackageReceipt::open(&signed, device.verifier()), Ok(receipt.clone()));
    assert_eq!(PackageReceipt::peek(&signed), Some(receipt));
    let other = NoteKey::generate("board.example/ban-02", &mut SeededRandom::new("other")).unwrap();
    assert_eq!(PackageReceipt::open(&signed, other.verifier()), Err(NoteError::NoSignature));
    assert_eq!(
        PackageReceipt::open(&signed.replace("version 3", "version 4"), device.verifier()),
        Err(NoteError::BadSignature)
    );
}

#[test]
fn a_request_names_whom_packages_are_sealed_for() {
    let device = NoteKey::generate("board.example/ban-01", &mut SeededRandom::new("desk")).unwrap();
    let (_, recipient) = sealed::generate();
    let request = |recipient: &str| Enrolment {
        board: "board.example".to_owned(),
        exam: "tn2026".to_owned(),
        desk: "ban-01".to_owned(),
        site: "0901".to_owned(),
        device: device.verifier().clone(),
        recipient: recipient.to_owned(),
    };
    for recipient in [recipient.as_str(), ""] {
        let signed = request(recipient).sign(&device).unwrap();
        assert_eq!(Enrolment::open(&signed), Ok(request(recipient)));
    }
    assert_ne!(request(&recipient).sixteen(), request("").sixteen());
    let key = signer_sixteen(device.verifier());
    assert!(key.len() == 19 && key != signer_sixteen(board().verifier()), "{key}");
}

/// The files of contents, read by a reader of the test's own.
fn split(contents: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let line = |at: usize| {
        let end = contents[at..].iter().position(|byte| *byte == b'\n').unwrap();
        (String::from_utf8(contents[at..at + end].to_vec()).unwrap(), at + end + 1)
    };
    let mut files = BTreeMap::new();
    let mut at = line(line(0).1).1;
    while at < contents.len() {
        let (text, start) = line(at);
        let (name, length) = text.rsplit_once(' ').unwrap();
        at = start + length.parse::<usize>().unwrap();
        files.insert(name.to_owned(), contents[start..at].to_vec());
    }
    files
}

fn joined(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut out = format!("diemdanh/package-contents/v1\nfiles {}\n", files.len()).into_bytes();
    for (name, body) in files {
        out.extend(format!("{name} {}\n", body.len()).bytes());
        out.extend(body);
    }
    out
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
        let mut before = Contents { roster: Roster::new(people.collect()), trust, exam_key: Secret::new(key), ..contents() };
        before.settings.title = title.clone();
        before.operators[0].name = title;
        before.portraits.retain(|_, _| !numbers.is_empty());
        before.revocations = before.revocations.filter(|_| with_list);
        let written = bytes(&before);
        let after = Contents::read(&written).unwrap();
        prop_assert_eq!(&after.settings, &before.settings);
        prop_assert_eq!((&after.trust, &after.operators), (&before.trust, &before.operators));
        prop_assert!(after.exam_key == before.exam_key && after.revocations == before.revocations);
        prop_assert_eq!(bytes(&after), written);
    }

    #[test]
    fn any_bytes_are_contents_or_a_fault(body in proptest::collection::vec(any::<u8>(), 0..300), head in any::<bool>()) {
        let start: &[u8] = if head { b"diemdanh/package-contents/v1\nfiles 1\n" } else { b"" };
        prop_assert!(Contents::read(&[start, &body].concat()).is_err());
        let _ = split_file(&body);
    }
}
