//! What stands in the notes about packages: which desk they are for, and when; whose word a desk leaves.

use crate::package::{board, note, taker};
use diemdanh::bits::random::SeededRandom;
use diemdanh::host::sealed;
use diemdanh::package::note::{MAX_PACKAGE_LEN, check_form, digest_of, name_part};
use diemdanh::package::{PackageAcceptance, PackageFault, PackageNote, PackageUse};
use diemdanh::record::statement::signer_fingerprint;
use diemdanh::record::{BoardKeys, Enrolment};
use diemdanh::tlog::{NoteError, NoteKey};

/// Packages live for days, programs change meanwhile: the form is named, and nothing of it is read.
#[test]
fn a_package_in_another_form_is_refused_by_its_form() {
    let now = note(b"").sign(&board()).unwrap();
    assert_eq!(check_form(&now), Ok(()));
    let other = |to: &str| check_form(&now.replace("diemdanh/package/v3", to));
    let form = |found: &str, is_newer| Err(PackageFault::OtherForm { found: found.to_owned(), is_newer });
    for older in ["diemdanh/package/v1", "diemdanh/package/v2"] {
        assert_eq!(other(older), form(older, false));
    }
    assert_eq!(other("diemdanh/package/v4"), form("diemdanh/package/v4", true));
    for none in ["diemdanh/package/v", "diemdanh/package/vx", "diemdanh/receipt/v2", ""] {
        assert_eq!(other(none), Err(PackageFault::Form), "{none}");
    }
    assert_eq!(PackageNote::peek(&now.replace("diemdanh/package/v3", "diemdanh/package/v1")), None);
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
fn a_desk_says_that_it_took_a_package() {
    let device = NoteKey::generate("board.example/ban-01", &mut SeededRandom::new("desk")).unwrap();
    let one = note(b"");
    let receipt = PackageAcceptance {
        package: one.id(),
        version: one.version,
        sha256: one.sha256,
        desk: "ban-01".parse().unwrap(),
        at: one.not_before,
    };
    let signed = receipt.sign(&device).unwrap();
    assert_eq!(PackageAcceptance::open(&signed, device.verifier()), Ok(receipt.clone()));
    assert_eq!(PackageAcceptance::peek(&signed), Some(receipt));
    let other = NoteKey::generate("board.example/ban-02", &mut SeededRandom::new("other")).unwrap();
    assert_eq!(PackageAcceptance::open(&signed, other.verifier()), Err(NoteError::NoSignature));
    assert_eq!(
        PackageAcceptance::open(&signed.replace("version 3", "version 4"), device.verifier()),
        Err(NoteError::BadSignature)
    );
}

#[test]
fn a_request_names_whom_packages_are_sealed_for() {
    let device = NoteKey::generate("board.example/ban-01", &mut SeededRandom::new("desk")).unwrap();
    let (_, recipient) = sealed::generate();
    let request = |recipient: &str| Enrolment {
        board: "board.example".to_owned(),
        exam: "tn2026".parse().unwrap(),
        desk: "ban-01".parse().unwrap(),
        site: "0901".to_owned(),
        device: device.verifier().clone(),
        recipient: recipient.to_owned(),
        tls_request: None,
    };
    for recipient in [recipient.as_str(), ""] {
        let signed = request(recipient).sign(&device).unwrap();
        assert_eq!(Enrolment::open(&signed), Ok(request(recipient)));
    }
    assert_ne!(request(&recipient).fingerprint(), request("").fingerprint());
    let key = signer_fingerprint(device.verifier());
    assert!(key.len() == 19 && key != signer_fingerprint(board().verifier()), "{key}");
}
