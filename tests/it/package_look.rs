//! What lies on sticks: looked at by its note first, read once, named once.

use crate::desk_package_support::Site;
use crate::diagnostics::diagnostics_of;
use diemdanh::bits::random::SeededRandom;
use diemdanh::checkin::failure::Failure;
use diemdanh::desk::package::Packages;
use diemdanh::desk::start::read_config;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::package_shelf::MAX_PACKAGE_LEN;
use diemdanh::tlog::NoteKey;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;

fn packages(site: &Site) -> Packages {
    let (config, base) = read_config(&site.world.config()).unwrap();
    Packages::open(&config, &base).unwrap().unwrap()
}

#[test]
fn one_bad_file_is_named_once_however_often_it_is_looked_at() {
    let site = Site::new();
    site.put("xau.diemdanh", b"rubbish");
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    fs::create_dir(site.world.path("no-such-stick")).unwrap();
    let mut packages = packages(&site);
    let told = diagnostics_of(|| {
        for _ in 0..5 {
            let found = packages.look(&SystemClock);
            assert_eq!((found.good.len(), found.refused.len()), (1, 1));
        }
    });
    assert_eq!(told.matches("not taken").count(), 1, "{told}");
    // Another file of the name is another file.
    site.put("xau.diemdanh", b"other rubbish");
    let told = diagnostics_of(|| drop(packages.look(&SystemClock)));
    assert_eq!(told.matches("not taken").count(), 1, "{told}");
}

/// A file that has not changed is not read again: it can be gone and replaced by what only looks like it.
#[test]
fn a_package_is_read_once() {
    let site = Site::new();
    let good = site.pack(&site.contents(), |_| {});
    site.put("goi.diemdanh", &good);
    let path = site.world.path("stick").join("goi.diemdanh");
    let changed = fs::metadata(&path).unwrap().modified().unwrap();
    let mut packages = packages(&site);
    assert_eq!(packages.look(&SystemClock).good.len(), 1);
    fs::write(&path, vec![0; good.len()]).unwrap();
    File::options().write(true).open(&path).unwrap().set_modified(changed).unwrap();
    let mut found = packages.look(&SystemClock);
    assert_eq!(found.good.len(), 1, "nothing was read");
    // What is chosen is read anew, and judged by what is there then.
    let refusal = packages.take(&mut found.good[0], &SystemClock).unwrap_err();
    assert_eq!(refusal.failure, Failure::PackageDamaged);
}

#[test]
fn nothing_is_read_that_the_board_did_not_sign() {
    let site = Site::new();
    let other = NoteKey::generate("board.example", &mut SeededRandom::new("another")).unwrap();
    // Larger than any package that is read: whoever reads it before its note, says so.
    let path = site.world.path("stick").join("goi.diemdanh");
    fs::write(&path, site.pack_with(&other, &site.recipient, &site.contents(), |_| {})).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(MAX_PACKAGE_LEN + 1).unwrap();
    let found = packages(&site).look(&SystemClock);
    assert_eq!(found.refused.iter().map(|(_, failure)| *failure).collect::<Vec<_>>(), [Failure::PackageForeign]);
    // Signed, and longer or shorter than its note says: not read either.
    let good = site.pack(&site.contents(), |_| {});
    fs::write(&path, &good).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(MAX_PACKAGE_LEN + 1).unwrap();
    let found = packages(&site).look(&SystemClock);
    assert_eq!(found.refused.iter().map(|(_, failure)| *failure).collect::<Vec<_>>(), [Failure::PackageDamaged]);
}

#[test]
fn a_name_that_is_no_utf_8_hides_nothing() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let odd = std::ffi::OsStr::from_bytes(b"\xFF\xFE.diemdanh");
    fs::write(site.world.path("stick").join(odd), b"rubbish").unwrap();
    fs::write(site.world.path("stick").join(std::ffi::OsStr::from_bytes(b"\xC3\x28.txt")), b"x").unwrap();
    let found = packages(&site).look(&SystemClock);
    assert_eq!((found.good.len(), found.refused.len()), (1, 1));
}

#[test]
fn what_is_no_plain_file_is_no_package() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let stick = site.world.path("stick");
    fs::create_dir(stick.join("thu-muc.diemdanh")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", stick.join("lien-ket.diemdanh")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(stick.join("ong.diemdanh")).status().unwrap();
    assert!(made.success());
    let found = packages(&site).look(&SystemClock);
    assert_eq!((found.good.len(), found.refused.len()), (1, 0));
}

#[test]
fn a_package_of_an_older_program_is_refused_by_its_form() {
    let site = Site::new();
    let good = site.pack(&site.contents(), |_| {});
    let rest = &good[b"diemdanh/package/v3".len()..];
    site.put("cu.diemdanh", &[b"diemdanh/package/v2", rest].concat());
    site.put("moi.diemdanh", &[b"diemdanh/package/v4", rest].concat());
    let found = packages(&site).look(&SystemClock);
    let mut failures: Vec<Failure> = found.refused.iter().map(|(_, failure)| *failure).collect();
    failures.sort();
    assert_eq!(failures, [Failure::ProgramTooOld, Failure::PackageOldForm]);
}

/// The people are judged when a PIN opens them: by the note, as everything else.
#[test]
fn people_that_are_others_than_the_note_says_start_no_desk() {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |note| note.rows = 10));
    let desk = site.open();
    desk.packages();
    desk.take_package();
    desk.signing_in(|_| true);
    desk.send(diemdanh::checkin::event::Input::ChoseOperator(0));
    let pin = diemdanh::bits::secret::Secret::new(crate::desk_package_support::PIN.to_owned());
    desk.send(diemdanh::checkin::event::Input::EnteredPin(pin));
    let view = desk.wait("the halt", |view| matches!(view.screen, diemdanh::checkin::view::Screen::Halted(_)));
    let diemdanh::checkin::view::Screen::Halted(halted) = &view.screen else { panic!("another screen") };
    assert_eq!(halted.failure, Failure::PackageDamaged);
    desk.kiosk.stop();
}
