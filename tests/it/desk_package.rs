//! A desk that works from the board's package: found on a stick, judged, opened into memory, signed in.

use crate::desk_package_support::{Opened, PIN, Site};
use crate::desk_support::{World, card, case_of, good, is_idle, person, ready};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::{Pii, Secret};
use diemdanh::bits::stamp::{Clock, Stamp};
use diemdanh::checkin::event::{Choice, DiskState, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::{PreparingView, Role, Screen, StageView, View};
use diemdanh::desk::handover::hand_over;
use diemdanh::desk::overrule::{Claim, prove};
use diemdanh::desk::purge::{Leave, purge};
use diemdanh::desk::sessions::chosen;
use diemdanh::desk::start::read_config;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::disk::Space;
use diemdanh::host::folder::read_folder;
use diemdanh::host::sealed;
use diemdanh::lab::issuer::portrait::{Coding, coded};
use diemdanh::office::finding::Verdict;
use diemdanh::office::verify;
use diemdanh::package::note::PackageAcceptance;
use diemdanh::record::{AttendanceEvent, BoardKeys, Entry, Revocation, RevocationList};
use diemdanh::tlog::NoteKey;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The wall clock moved by hours.
struct Moved(i64);

impl Clock for Moved {
    fn now(&self) -> Stamp {
        let now = SystemClock.now();
        Stamp { wall: now.wall + SignedDuration::from_hours(self.0), ..now }
    }
}

/// The hands of a session begin before the brain hears that it runs, and what they say first is not said again: that the
/// journal is shorter than what the witness has signed. Here the disk is well at the first look, and never after.
#[test]
fn what_is_said_before_the_session_runs_is_heard() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let looks = AtomicU64::new(0);
    let gauge = Arc::new(move |_: &Path| {
        // Before a PIN is checked, before the log is opened, and when its hand begins.
        let is_early = looks.fetch_add(1, Ordering::SeqCst) < 3;
        Ok(if is_early { Space::Enough { free: u64::MAX } } else { Space::Low { free: 0 } })
    });
    let desk = Opened::measured(&site.world.config(), Arc::new(SystemClock), gauge);
    desk.packages();
    desk.take_package();
    desk.sign_in(0);
    let view = desk.wait("the disk", |view| view.status.disk != DiskState::Unknown);
    assert_eq!(view.status.disk, DiskState::Enough, "what the first look found");
    desk.kiosk.stop();
}

#[test]
fn a_package_is_shown_taken_and_worked_from() {
    let site = Site::new();
    let person = person(0);
    let mut contents = site.contents();
    let id = contents.people.roster.iter().find(|one| *one.id_number.reveal() == person.number).unwrap().id;
    contents.people.portraits.insert(id, Pii::new(coded(&person, Coding::Jpeg).unwrap()));
    site.put("goi.diemdanh", &site.pack(&contents, |_| {}));
    let desk = site.open();
    let offer = desk.packages().offers.remove(0);
    assert_eq!((offer.exam.as_str(), offer.site.as_str()), ("Kỳ thi thử", "0901 · THPT Mẫu"));
    assert_eq!((offer.rows, offer.version, offer.held, offer.is_kept), (9, 1, None, false));
    assert_eq!(offer.fingerprint.chars().filter(char::is_ascii_alphanumeric).count(), 16);
    desk.take_package();
    let sign_in = desk.signing_in(|_| true);
    let names: Vec<&str> = sign_in.operators.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(names, ["gt-07", "tdt-01"], "nobody without a PIN is asked for one");
    desk.sign_in(0);
    let view = desk.view.get();
    assert_eq!((view.header.operator.as_str(), view.header.expected), ("Lê Thị Mẫu", 9));
    assert_eq!((view.header.exam.as_str(), view.header.desk.as_str()), ("Kỳ thi thử", "Bàn 1"));
    desk.send(Input::Entered(person.qr()));
    desk.field.insert(card(&good(&person)));
    let view = desk.wait("a verdict", |view| ready(&view.screen).is_some());
    assert!(case_of(&view.screen).unwrap().listed_portrait.is_some(), "the board's portrait stands beside the chip's");
    desk.choose(Choice::Admit);
    desk.wait("a receipt", |view| {
        case_of(&view.screen).is_some_and(|case| matches!(case.stage, StageView::Recorded(_)))
    });
    desk.kiosk.stop();
    let events = site.world.events_in("journal/b1");
    let (AttendanceEvent::Open(opened), AttendanceEvent::PackageLoaded { package, rows }) = (&events[0], &events[1])
    else {
        panic!("{:?}", &events[..2])
    };
    assert_eq!((opened.package.as_ref(), *rows), (Some(package), 9));
    assert_eq!(site.world.entries_in("journal/b1")[2].op.as_str(), "gt-07");
    let (config, base) = read_config(&site.world.config()).unwrap();
    hand_over(&chosen(&config, &base, Some("b1")).unwrap(), &site.world.path("export")).unwrap();
    let files = read_folder(&site.world.path("export")).unwrap();
    let verification = verify::verify(&files, &BoardKeys::one(site.world.board().verifier().clone()));
    assert!(matches!(verification.verdict(), Verdict::Clean | Verdict::Remarks), "{:?}", verification.findings);
}

#[test]
fn what_lies_on_the_disk_names_nobody() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open();
    desk.begin();
    desk.kiosk.stop();
    let person = person(0);
    for entry in
        fs::read_dir(site.world.path("packages")).unwrap().chain(fs::read_dir(site.world.path("journal/b1")).unwrap())
    {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap_or_default();
        for needle in [person.number.as_str(), person.full_name.as_str(), PIN] {
            let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!found, "{} holds a planted fact", path.display());
        }
    }
}

#[test]
fn the_next_start_asks_only_who_works_here() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open();
    desk.begin();
    desk.kiosk.stop();
    let receipt = fs::read_dir(site.world.path("stick")).unwrap().map(|entry| entry.unwrap().path());
    let receipt = receipt.into_iter().find(|path| path.extension().is_some_and(|end| end == "receipt")).unwrap();
    let note = fs::read_to_string(receipt).unwrap();
    assert_eq!(
        PackageAcceptance::peek(&note).map(|receipt| (receipt.version, receipt.desk)),
        Some((1, "desk-1".parse().unwrap()))
    );
    let again = site.open();
    again.sign_in(1);
    assert_eq!(again.view.get().header.operator, "Phạm Văn Thử");
    again.kiosk.stop();
}

/// What a stick's package is refused as.
fn refused(site: &Site, bytes: &[u8]) -> Vec<Failure> {
    site.put("thu.diemdanh", bytes);
    let desk = site.open();
    let packages = desk.packages();
    desk.kiosk.stop();
    assert_eq!(packages.offers.len(), 0);
    packages.refused.into_iter().map(|one| one.failure).collect()
}

#[test]
fn packages_are_refused_by_name() {
    let site = Site::new();
    let (contents, hour) = (site.contents(), SignedDuration::from_hours(1));
    let good = site.pack(&contents, |_| {});
    let other_board = NoteKey::generate("board.example", &mut SeededRandom::new("another")).unwrap();
    let (_, stranger) = sealed::generate();
    let mut altered = good.clone();
    *altered.last_mut().unwrap() ^= 1;
    let cases = [
        (good[..good.len() - 1].to_vec(), Failure::PackageDamaged),
        (altered, Failure::PackageDamaged),
        (b"%PDF-1.7".to_vec(), Failure::PackageDamaged),
        (Vec::new(), Failure::PackageDamaged),
        (site.pack_with(&other_board, &site.recipient, &contents, |_| {}), Failure::PackageForeign),
        (site.pack(&contents, |note| note.training = false), Failure::PackageForeign),
        (site.pack(&contents, |note| note.not_after = Timestamp::now() - hour), Failure::PackageExpired),
        (site.pack(&contents, |note| note.min_program = "99.0.0".to_owned()), Failure::ProgramTooOld),
        (site.pack_with(site.world.board(), &stranger, &contents, |_| {}), Failure::PackageSealed),
        (site.pack(&contents, |note| note.revocations = 1), Failure::PackageDamaged),
    ];
    for (bytes, failure) in cases {
        assert_eq!(refused(&site, &bytes), [failure]);
    }
    // What is for another exam or site is no fault of this desk's: it is counted, not named.
    for other in [
        site.pack(&contents, |note| note.exam = "exam-2".to_owned()),
        site.pack_with(
            &NoteKey::generate("other.example", &mut SeededRandom::new("b")).unwrap(),
            &stranger,
            &contents,
            |_| {},
        ),
    ] {
        site.put("thu.diemdanh", &other);
        let desk = site.open();
        let packages = desk.packages();
        assert_eq!((packages.for_others, packages.refused.len(), packages.offers.len()), (1, 0, 0));
        desk.kiosk.stop();
    }
    assert!(!site.world.path("journal/b1").exists(), "nothing was logged for what was not taken");
}

#[test]
fn an_older_package_is_refused_after_a_newer_one_and_after_a_purge() {
    let site = Site::new();
    let contents = site.contents();
    let first = site.pack(&contents, |_| {});
    let second = site.pack(&contents, |note| note.version = 3);
    site.put("moi.diemdanh", &second);
    let desk = site.open();
    desk.begin();
    desk.kiosk.stop();
    fs::remove_file(site.world.path("stick").join("moi.diemdanh")).unwrap();
    site.put("cu.diemdanh", &first);
    let desk = site.open();
    let packages = desk.packages();
    assert_eq!(packages.refused.iter().map(|one| one.failure).collect::<Vec<_>>(), [Failure::PackageOlder]);
    assert_eq!(packages.offers.iter().map(|one| (one.version, one.is_kept)).collect::<Vec<_>>(), [(3, true)]);
    desk.kiosk.stop();
    let (config, base) = read_config(&site.world.config()).unwrap();
    let plan = chosen(&config, &base, None).unwrap();
    let claims = ["gt-07", "tdt-01"].map(|code| Claim { code: code.to_owned(), pin: Secret::new(PIN.to_owned()) });
    let pair = prove(&plan, &claims, &SystemClock).unwrap();
    let purged = purge(&plan, &Leave::Overruled(&pair)).unwrap();
    let is_package = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "diemdanh");
    assert_eq!(purged.removed.iter().filter(|path| is_package(path)).count(), 1, "{:?}", purged.removed);
    assert!(site.world.path("device.key").exists() && site.world.path("journal").exists());
    let entries = site.world.entries_in("journal/b1");
    let purged = entries.iter().find_map(|entry| match &entry.event {
        AttendanceEvent::Purged { what, overruled_by, .. } => Some((entry.op.as_str(), what, overruled_by)),
        _ => None,
    });
    let (op, what, overruled_by) = purged.expect("an entry");
    assert_eq!(op, "tdt-01", "who answers for it");
    assert_eq!(overruled_by.iter().map(|code| code.as_str()).collect::<Vec<_>>(), ["tdt-01", "gt-07"]);
    assert!(what.iter().any(|what| what.as_str() == "package"));
    assert_eq!(refused_after(&site), [Failure::PackageOlder]);
}

fn refused_after(site: &Site) -> Vec<Failure> {
    let desk = site.open();
    let packages = desk.packages();
    desk.kiosk.stop();
    packages.refused.into_iter().map(|one| one.failure).collect()
}

#[test]
fn a_clock_that_was_put_back_makes_no_package_young() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open_at(Arc::new(Moved(20)));
    desk.begin();
    desk.kiosk.stop();
    let short = site.pack(&site.contents(), |note| {
        (note.version, note.not_after) = (3, Timestamp::now() + SignedDuration::from_hours(10));
    });
    site.put("goi.diemdanh", &short);
    // The log says that it is later: only somebody who may answer for the clock gets the desk, and by that answers.
    let desk = site.open();
    assert_eq!(desk.packages().offers.first().map(|offer| offer.version), Some(3));
    desk.take_package();
    let sign_in = desk.signing_in(|_| true);
    assert!(sign_in.clock_disputed, "the screen says why");
    desk.send(Input::ChoseOperator(0));
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    desk.signing_in(|sign_in| sign_in.chosen.is_none());
    let head = sign_in.operators.iter().position(|one| one.role == Role::HeadOfSite).unwrap();
    desk.sign_in(head);
    desk.kiosk.stop();
    assert_eq!(confirmed(&site), ["tdt-01"]);
    // Answered once, for this time: the next start asks nobody.
    let desk = site.open();
    desk.signing_in(|sign_in| !sign_in.clock_disputed);
    desk.sign_in(0);
    desk.kiosk.stop();
    assert_eq!(confirmed(&site).len(), 1);
}

/// Who has answered for the clock.
fn confirmed(site: &Site) -> Vec<String> {
    let entries = site.world.entries_in("journal/b1").into_iter();
    let confirmed = entries.filter(|entry| matches!(entry.event, AttendanceEvent::ClockConfirmed { .. }));
    confirmed.map(|entry| entry.op.as_str().to_owned()).collect()
}

/// A clock that says another time than the system's once it was told to.
struct Jumping(std::sync::atomic::AtomicI64);

impl Clock for Jumping {
    fn now(&self) -> Stamp {
        let now = SystemClock.now();
        let off = SignedDuration::from_hours(self.0.load(std::sync::atomic::Ordering::Relaxed));
        Stamp { wall: now.wall + off, ..now }
    }
}

#[test]
fn one_jump_of_ten_years_and_back_does_not_brick_the_desk() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let clock = Arc::new(Jumping(0.into()));
    let desk = site.open_at(Arc::clone(&clock) as Arc<dyn Clock + Sync>);
    desk.begin();
    let entries = || site.world.entries_in("journal/b1");
    let jumps = || {
        let is_jump = |entry: &&Entry| matches!(entry.event, AttendanceEvent::ClockJump { .. });
        entries().iter().filter(is_jump).count()
    };
    // The jump is an entry, the running desk stops and says why; the clock is right again a moment later.
    let written = desk.view.get().status.log_entries;
    clock.0.store(87_600, std::sync::atomic::Ordering::Relaxed);
    desk.send(Input::Entered(person(0).qr()));
    desk.field.insert(card(&good(&person(0))));
    let stopped = desk.wait("a desk that stopped", |view| matches!(view.screen, Screen::Halted(_)));
    assert!(matches!(&stopped.screen, Screen::Halted(halted) if halted.failure == Failure::ClockMoved));
    desk.wait("its entry", |view| view.status.log_entries > written);
    clock.0.store(0, std::sync::atomic::Ordering::Relaxed);
    desk.kiosk.stop();
    assert!(jumps() >= 1, "an entry says so");
    let desk = site.open();
    desk.signing_in(|sign_in| !sign_in.clock_disputed);
    desk.sign_in(0);
    desk.kiosk.stop();
}

#[test]
fn a_package_is_taken_days_before_it_can_be_used() {
    let site = Site::new();
    site.put(
        "goi.diemdanh",
        &site.pack(&site.contents(), |note| {
            note.not_before = Timestamp::now() + SignedDuration::from_hours(12);
        }),
    );
    let desk = site.open();
    assert!(desk.packages().offers[0].from.is_some());
    desk.take_package();
    let told = |view: &View| match &view.screen {
        Screen::Preparing(PreparingView::Packages(packages)) => packages.notice,
        _ => None,
    };
    let view = desk.wait("the reason", |view| told(view).is_some());
    assert_eq!(told(&view), Some(Failure::PackageEarly));
    desk.kiosk.stop();
    let desk = site.open_at(Arc::new(Moved(13)));
    desk.sign_in(0);
    desk.kiosk.stop();
}

#[test]
fn wrong_pins_lock_over_a_restart_and_a_head_of_site_unlocks() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open();
    desk.packages();
    desk.take_package();
    desk.signing_in(|_| true);
    desk.send(Input::ChoseOperator(0));
    for left in (1..5).rev() {
        desk.send(Input::EnteredPin(Secret::new("000000".to_owned())));
        desk.signing_in(|sign_in| sign_in.wrong == Some(left));
    }
    desk.send(Input::EnteredPin(Secret::new("000000".to_owned())));
    desk.signing_in(|sign_in| sign_in.locked_s.is_some());
    desk.kiosk.stop();
    let desk = site.open();
    desk.signing_in(|_| true);
    desk.send(Input::ChoseOperator(0));
    desk.signing_in(|sign_in| sign_in.locked_s.is_some());
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    desk.send(Input::Back);
    desk.sign_in(1);
    desk.kiosk.stop();
    site.open().sign_in(0);
}

#[test]
fn a_package_with_nobody_to_sign_in_starts_no_desk() {
    let site = Site::new();
    let mut contents = site.contents();
    contents.front.operators.iter_mut().for_each(|one| one.pin = None);
    site.put("goi.diemdanh", &site.pack(&contents, |_| {}));
    let desk = site.open();
    desk.packages();
    desk.take_package();
    desk.wait("the reason", |view| {
        matches!(&view.screen, Screen::Preparing(PreparingView::Packages(packages))
            if packages.notice == Some(Failure::NobodySignsIn))
    });
    desk.kiosk.stop();
}

#[test]
fn a_shelf_that_cannot_be_used_halts_with_its_name() {
    let site = Site::new();
    fs::write(site.world.path("packages").join("identity.age"), "rubbish").unwrap();
    let desk = site.open();
    let view = desk.wait("the halt", |view| matches!(view.screen, Screen::Halted(_)));
    let Screen::Halted(halted) = &view.screen else { panic!("another screen") };
    assert_eq!(halted.failure, Failure::PackagesUnusable);
    desk.kiosk.stop();
}

#[test]
fn each_session_has_a_journal_and_a_package_of_its_own() {
    let site = Site::new();
    let mut second = site.contents();
    second.front.settings.session.id = "b2".to_owned();
    site.put("sang.diemdanh", &site.pack(&site.contents(), |_| {}));
    site.put("chieu.diemdanh", &site.pack(&second, |note| note.session = "b2".to_owned()));
    let desk = site.open();
    assert_eq!(desk.packages().offers.len(), 2);
    desk.take_package();
    desk.sign_in(0);
    desk.kiosk.stop();
    // The morning's package is kept, the afternoon's still on the stick: somebody chooses.
    let desk = site.open();
    let offers = desk.packages().offers;
    assert_eq!(offers.iter().map(|one| one.is_kept).collect::<Vec<_>>(), [true, false]);
    desk.send(Input::TakePackage(offers[1].id));
    desk.sign_in(0);
    desk.kiosk.stop();
    for session in ["b1", "b2"] {
        let events = site.world.events_in(&format!("journal/{session}"));
        assert!(
            matches!(&events[0], AttendanceEvent::Open(opened) if opened.origin.ends_with(&format!("/{session}/001")))
        );
    }
    let (config, base) = read_config(&site.world.config()).unwrap();
    let unnamed = chosen(&config, &base, None).unwrap_err();
    assert_eq!(unnamed.detail, "--session must be one of: b1, b2");
    assert!(chosen(&config, &base, Some("b3")).is_err());
    let morning = chosen(&config, &base, Some("b1")).unwrap();
    let claims = ["gt-07", "tdt-01"].map(|code| Claim { code: code.to_owned(), pin: Secret::new(PIN.to_owned()) });
    let pair = prove(&morning, &claims, &SystemClock).unwrap();
    purge(&morning, &Leave::Overruled(&pair)).unwrap();
    let desk = site.open();
    assert_eq!(desk.packages().offers.iter().map(|one| one.is_kept).collect::<Vec<_>>(), [false, true]);
    desk.kiosk.stop();
    fs::remove_file(site.world.path("stick").join("sang.diemdanh")).unwrap();
    let desk = site.open();
    desk.signing_in(|_| true);
    desk.kiosk.stop();
}

#[test]
fn a_package_with_an_older_list_of_revocations_is_refused_and_a_revoked_desk_does_not_open() {
    let site = Site::new();
    let list = |number: u32, serials: &[u32]| {
        let one = |serial: &u32| Revocation { serial: *serial, reason: "lost".to_owned(), last_accepted: None };
        let list = RevocationList { number, board_keys: None, revoked: serials.iter().map(one).collect() };
        (number, list.sign(site.world.board()).unwrap())
    };
    let packed = |session: &str, (number, note): (u32, String)| {
        let mut contents = site.contents();
        contents.front.settings.session.id = session.to_owned();
        contents.front.revocations = Some(note);
        site.pack(&contents, |note| (note.session, note.revocations) = (session.to_owned(), number))
    };
    site.put("b1.diemdanh", &packed("b1", list(2, &[])));
    let desk = site.open();
    desk.begin();
    desk.kiosk.stop();
    assert!(matches!(&site.world.events_in("journal/b1")[0],
        AttendanceEvent::Open(opened) if opened.revocations == Some(2)));
    site.put("b2.diemdanh", &packed("b2", list(1, &[])));
    assert_eq!(refused_after(&site), [Failure::PackageOlder]);
    // Certificate 1 is this desk's own.
    site.put("b2.diemdanh", &packed("b2", list(3, &[1])));
    let desk = site.open();
    let taken = desk.packages().offers.into_iter().find(|one| !one.is_kept).unwrap();
    desk.send(Input::TakePackage(taken.id));
    desk.signing_in(|_| true);
    desk.send(Input::ChoseOperator(0));
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    let view = desk.wait("the halt", |view| matches!(view.screen, Screen::Halted(_)));
    let Screen::Halted(halted) = &view.screen else { panic!("another screen") };
    assert_eq!(halted.failure, Failure::DeviceKeyClosed);
    assert!(halted.detail.contains("revoked"), "{}", halted.detail);
    desk.kiosk.stop();
}

#[test]
fn a_desk_of_single_files_asks_for_neither_package_nor_pin() {
    let world = World::alone();
    let desk = Opened::of(&world.config(), Arc::new(SystemClock));
    desk.wait("the idle desk", is_idle);
    desk.kiosk.stop();
    assert!(matches!(world.events().last(), Some(AttendanceEvent::Close { .. })));
    fs::remove_dir_all(world.path("trust")).unwrap();
    let desk = Opened::of(&world.config(), Arc::new(SystemClock));
    let view = desk.wait("the halt", |view| matches!(view.screen, Screen::Halted(_)));
    assert!(matches!(&view.screen, Screen::Halted(halted) if halted.failure == Failure::TrustMissing));
    desk.kiosk.stop();
}
