//! Who may try a PIN from one start of a desk to the next: no file that is taken away or put back gives tries to anybody.

use crate::desk_package_support::{Opened, PIN, Site};
use crate::desk_support::{device_events, is_idle};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::bits::stamp::{Clock, Stamp};
use diemdanh::checkin::event::Input;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::{PreparingView, Screen, SignInView, View};
use diemdanh::host::clock::SystemClock;
use diemdanh::host::disk::Space;
use diemdanh::tlog::NoteKey;
use jiff::SignedDuration;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const INVIGILATOR: usize = 0;
const HEAD: usize = 1;

/// Both clocks moved by seconds.
struct Later(i64);

impl Clock for Later {
    fn now(&self) -> Stamp {
        let now = SystemClock.now();
        let boot_ms = now.boot_ms.saturating_add_signed(self.0 * 1_000);
        Stamp { wall: now.wall + SignedDuration::from_secs(self.0), boot_ms }
    }
}

fn wrong() -> Input {
    Input::EnteredPin(Secret::new("000000".to_owned()))
}

/// A desk whose invigilator gave five wrong PINs.
fn locked_out() -> Site {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open();
    desk.packages();
    desk.take_package();
    desk.signing_in(|_| true);
    desk.send(Input::ChoseOperator(INVIGILATOR));
    for left in (1..5).rev() {
        desk.send(wrong());
        desk.signing_in(|sign_in| sign_in.wrong == Some(left));
    }
    desk.send(wrong());
    desk.signing_in(|sign_in| sign_in.locked_s.is_some());
    desk.kiosk.stop();
    site
}

/// How this operator stands at the next start.
fn standing(site: &Site, operator: usize) -> SignInView {
    let desk = site.open();
    let view = chosen(&desk, operator);
    desk.kiosk.stop();
    view
}

fn chosen(desk: &Opened, operator: usize) -> SignInView {
    desk.signing_in(|_| true);
    desk.send(Input::ChoseOperator(operator));
    desk.signing_in(|sign_in| sign_in.chosen == Some(operator))
}

fn is_shut(view: &SignInView) -> bool {
    view.stopped || view.locked_s.is_some()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_wrong_pin_is_an_entry_of_the_log() {
    let site = locked_out();
    let said = device_events(&site.world.events_in("journal/b1"));
    assert_eq!(said, ["wrong-pin: gt-07"; 5], "{said:?}");
    let entries = site.world.entries_in("journal/b1");
    assert_eq!(entries.last().unwrap().op.as_str(), "unknown", "nobody has signed in");
}

/// Every file beside the packages and every file of the journals, taken away alone.
#[test]
fn no_file_that_is_taken_away_lifts_the_lock() {
    let site = locked_out();
    let names = |folder: &str| {
        let entries = fs::read_dir(site.world.path(folder)).unwrap();
        entries.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap())).collect::<Vec<_>>()
    };
    let all = [names("packages"), names("journal/b1"), vec!["journal/b1".to_owned(), "journal".to_owned()]].concat();
    let aside = site.world.path("aside");
    let mut gone = 0;
    for name in all {
        // Without the package or its key nobody signs in at all, and whoever is asked next has another package.
        if name.ends_with(".diemdanh") || name.ends_with("identity.age") {
            continue;
        }
        for folder in ["packages", "journal"] {
            copy_folder(&site.world.path(folder), &aside.join(folder));
        }
        let path = site.world.path(&name);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap()
        } else {
            fs::remove_file(&path).unwrap()
        }
        let view = standing(&site, INVIGILATOR);
        assert!(is_shut(&view), "{name} taken away: {view:?}");
        gone += 1;
        for folder in ["packages", "journal"] {
            let _ = fs::remove_dir_all(site.world.path(folder));
            copy_folder(&aside.join(folder), &site.world.path(folder));
        }
        fs::remove_dir_all(&aside).unwrap();
    }
    assert!(gone >= 5, "{gone} files were taken away");
}

#[test]
fn an_older_note_put_back_lifts_nothing() {
    let site = Site::new();
    let older = fs::read(site.world.path("packages/desk-state")).unwrap();
    drop(site);
    let site = locked_out();
    // Of another device key: no note at all.
    fs::write(site.world.path("packages/desk-state"), older).unwrap();
    assert!(standing(&site, INVIGILATOR).stopped);
    // Of this key, from before the first wrong PIN: the log counts all the same.
    site.write_state(|_| {});
    assert!(standing(&site, INVIGILATOR).locked_s.is_some());
    // A log that is shorter than the note says.
    let site = locked_out();
    let kept = fs::read(site.world.path("packages/desk-state")).unwrap();
    fs::remove_dir_all(site.world.path("journal/b1")).unwrap();
    fs::write(site.world.path("packages/desk-state"), kept).unwrap();
    assert!(standing(&site, INVIGILATOR).stopped);
}

/// A wrong PIN could not be written down: none is checked, the right one neither.
#[test]
fn no_pin_is_checked_on_a_disk_without_room() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let gauge = Arc::new(|_: &Path| Ok(Space::TooLittle { free: 0 }));
    let desk = Opened::measured(&site.world.config(), Arc::new(SystemClock), gauge);
    desk.packages();
    desk.take_package();
    desk.signing_in(|_| true);
    desk.send(Input::ChoseOperator(INVIGILATOR));
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    let halted = |view: &View| match &view.screen {
        Screen::Halted(halted) => Some(halted.failure),
        _ => None,
    };
    let view = desk.wait("the full disk", |view| halted(view).is_some());
    assert_eq!(halted(&view), Some(Failure::DiskFull));
    desk.kiosk.stop();
    assert!(!site.world.path("journal/b1/001.seg").exists(), "nothing was opened");
}

#[test]
fn forgotten_wrong_pins_stay_forgotten_until_a_head_of_site_signs_in() {
    let site = locked_out();
    fs::remove_file(site.world.path("packages/desk-state")).unwrap();
    assert!(standing(&site, INVIGILATOR).stopped);
    assert!(standing(&site, INVIGILATOR).stopped, "there is a note again, and it says so");
    let head = standing(&site, HEAD);
    assert!(head.locked_s.is_some_and(|left_s| (100..=120).contains(&left_s)), "{head:?}");
    // Two minutes later, in the same run.
    let desk = site.open();
    chosen(&desk, HEAD);
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    assert!(!is_idle(&desk.view.get()), "not before the time is over");
    desk.kiosk.stop();
    let desk = site.open_at(Arc::new(Jumping::default()));
    desk.sign_in(HEAD);
    desk.kiosk.stop();
    let said = device_events(&site.world.events_in("journal/b1"));
    assert!(said.iter().any(|one| one == "sign-in: still-locked"), "{said:?}");
    assert!(said.iter().any(|one| one == "pins-unlocked: tdt-01"), "{said:?}");
    let view = standing(&site, INVIGILATOR);
    assert!(!is_shut(&view), "{view:?}");
}

/// Each look at this clock is a minute later.
#[derive(Default)]
struct Jumping(std::sync::atomic::AtomicI64);

impl Clock for Jumping {
    fn now(&self) -> Stamp {
        Later(60 * self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed)).now()
    }
}

#[test]
fn the_enrolment_fixes_the_boards_keys_not_a_file() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open();
    desk.begin();
    desk.kiosk.stop();
    // A board of somebody's own, under the same name, with a package of its own.
    let other = NoteKey::generate("board.example", &mut SeededRandom::new("another")).unwrap();
    fs::write(site.world.path("board.vkey"), format!("{}\n", other.verifier())).unwrap();
    site.put("goi.diemdanh", &site.pack_with(&other, &site.recipient, &site.contents(), |_| {}));
    let desk = site.open();
    let view = desk.wait("the halt", |view| matches!(view.screen, Screen::Halted(_)));
    let Screen::Halted(halted) = &view.screen else { panic!("another screen") };
    assert_eq!(halted.failure, Failure::OtherBoard);
    desk.kiosk.stop();
}

/// The characters of the board's keys on the screen before a desk runs, for this operator.
fn is_asked(site: &Site, operator: usize) -> bool {
    let desk = site.open();
    chosen(&desk, operator);
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    let compares = |view: &View| match &view.screen {
        Screen::Preparing(PreparingView::Packages(packages)) => {
            packages.offers.iter().any(|one| !one.fingerprint.is_empty())
        }
        _ => false,
    };
    let view = desk.wait("the desk or the characters", |view| is_idle(view) || compares(view));
    let is_asked = compares(&view);
    if is_asked {
        desk.take_package();
        desk.wait("the idle desk", is_idle);
    }
    desk.kiosk.stop();
    is_asked
}

#[test]
fn whoever_has_not_compared_the_characters_here_compares_them() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    // The invigilator saw them when the package was taken.
    let desk = site.open();
    desk.begin();
    desk.kiosk.stop();
    assert!(!is_asked(&site, INVIGILATOR));
    assert!(is_asked(&site, HEAD), "a package that is alone is not used in silence");
    assert!(!is_asked(&site, HEAD), "once is enough");
    // Other board keys are other characters: nobody has compared these.
    let said = fs::read_to_string(site.world.path("packages/desk-state")).unwrap();
    assert!(said.contains("confirmed gt-07\n") && said.contains("confirmed tdt-01\n"), "{said}");
}

/// Whoever only looks and goes back has confirmed nothing.
#[test]
fn going_back_from_the_characters_opens_nothing() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open();
    desk.begin();
    desk.kiosk.stop();
    let desk = site.open();
    chosen(&desk, HEAD);
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    desk.packages();
    desk.send(Input::Back);
    desk.kiosk.stop();
    assert!(is_asked(&site, HEAD));
}

/// A desk that runs holds the journal: whoever starts a second one beside it has no PIN checked, right or wrong, for a
/// wrong one could not be written down.
#[test]
fn no_pin_is_checked_that_could_not_be_written_down() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let running = site.open();
    running.begin();
    for pin in ["000000", PIN] {
        let beside = site.open();
        chosen(&beside, HEAD);
        beside.send(Input::EnteredPin(Secret::new(pin.to_owned())));
        let view = beside.wait("the halt", |view| matches!(view.screen, Screen::Halted(_)));
        let Screen::Halted(halted) = &view.screen else { panic!("another screen") };
        assert_eq!(halted.failure, Failure::LogUnwritable, "{pin}");
        beside.kiosk.stop();
    }
    running.kiosk.stop();
    let said = device_events(&site.world.events_in("journal/b1"));
    assert!(said.iter().all(|one| !one.starts_with("wrong-pin")), "{said:?}");
}
