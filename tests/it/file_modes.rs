//! Whatever is made on a disk is its owner's alone, from the first byte on: under a umask that forbids nothing.

use crate::desk_package_support::{PIN, Site};
use crate::desk_support::{card, case_of, good, person, ready};
use crate::exam_pack::{Enrollee, Office};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::view::StageView;
use diemdanh::desk::handover::hand_over;
use diemdanh::desk::overrule::{Claim, prove};
use diemdanh::desk::purge::{Leave, purge};
use diemdanh::desk::sessions::chosen;
use diemdanh::desk::start::read_config;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::folder::{replace_files, write_folder, write_new_file};
use diemdanh::host::keys::{SealCost, create_key_file};
use diemdanh::host::{disk, file, sealed};
use proptest::prelude::*;
use rustix::fs::Mode;
use rustix::process::umask;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Everything below `folder`, itself included.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all(&path)) } else { found.push(path) }
    }
    found
}

#[track_caller]
fn is_private(path: &Path) {
    let facts = fs::symlink_metadata(path).unwrap();
    let (mode, wanted) = (facts.permissions().mode() & 0o7777, if facts.is_dir() { 0o700 } else { 0o600 });
    assert_eq!(format!("{mode:o}"), format!("{wanted:o}"), "{}", path.display());
}

#[test]
fn a_desk_under_a_umask_that_forbids_nothing() {
    umask(Mode::empty());
    let site = Site::new();
    site.world.change_config("[paths]\n", "[paths]\ncopy = \"copy\"\n");
    let (_, recipient) = sealed::generate();
    let mut contents = site.contents();
    contents.front.settings.policy.evidence_recipient = recipient;
    // What the fixture made is not what is looked at.
    fs::remove_dir_all(site.world.path("packages")).unwrap();
    let (config, base) = read_config(&site.world.config()).unwrap();
    let request =
        diemdanh::desk::enrol::enrol(&config, &base, false, &mut diemdanh::host::random::SystemRandom).unwrap();
    let recipient = diemdanh::record::Enrolment::open(&request.note).unwrap().recipient;
    site.write_state(|_| {});
    site.put("goi.diemdanh", &site.pack_with(site.world.board(), &recipient, &contents, |_| {}));
    let desk = site.open();
    desk.packages();
    desk.take_package();
    desk.signing_in(|_| true);
    desk.send(Input::ChoseOperator(0));
    desk.send(Input::EnteredPin(Secret::new("000000".to_owned())));
    desk.signing_in(|sign_in| sign_in.wrong.is_some());
    desk.sign_in(0);
    desk.send(Input::Entered(person(0).qr()));
    desk.field.insert(card(&good(&person(0))));
    desk.wait("a verdict", |view| ready(&view.screen).is_some());
    desk.choose(Choice::Admit);
    desk.wait("a receipt", |view| {
        case_of(&view.screen).is_some_and(|case| matches!(case.stage, StageView::Recorded(_)))
    });
    desk.kiosk.stop();
    let (config, base) = read_config(&site.world.config()).unwrap();
    let plan = chosen(&config, &base, None).unwrap();
    hand_over(&plan, &site.world.path("export")).unwrap();
    let made = |names: &[&str]| names.iter().flat_map(|name| all(&site.world.path(name))).collect::<Vec<_>>();
    let before = made(&["packages", "journal", "copy", "export"]);
    before.iter().for_each(|path| is_private(path));
    assert!(before.iter().any(|path| path.to_string_lossy().contains("evidence/")), "{before:?}");
    assert!(before.iter().any(|path| path.to_string_lossy().contains("index")), "{before:?}");
    let receipts =
        all(&site.world.path("stick")).into_iter().filter(|path| path.extension().is_some_and(|e| e == "receipt"));
    receipts.for_each(|path| is_private(&path));
    let claims = ["gt-07", "tdt-01"].map(|code| Claim { code: code.to_owned(), pin: Secret::new(PIN.to_owned()) });
    let pair = prove(&plan, &claims, &SystemClock).unwrap();
    purge(&plan, &Leave::Overruled(&pair)).unwrap();
    made(&["packages", "journal"]).iter().for_each(|path| is_private(path));
}

#[test]
fn a_board_under_a_umask_that_forbids_nothing() {
    umask(Mode::empty());
    let office = Office::new(false);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    office.pack("--accept", 1, "gói mới");
    office.expect("operator add thi --code gt-9 --name Mau --role invigilator --site 0901", 0, "thêm");
    office.expect("letters thi --out thu.pdf", 0, "thu.pdf");
    // The folder itself is the fixture's; what lies in it is not.
    let thi = all(&office.path("thi")).split_off(1);
    let made = [thi, all(&office.path("goi")), vec![office.path("thu.pdf")]].concat();
    made.iter().for_each(|path| is_private(path));
    assert!(made.len() > 10, "{made:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every function that makes something, under every umask.
    #[test]
    fn whatever_the_umask_says(mask in 0_u32..0o100, depth in 1_usize..4) {
        let before = umask(Mode::from_bits_truncate(mask));
        let work = tempfile::tempdir().unwrap();
        let at = |name: &str| work.path().join(name);
        let deep = (0..depth).fold(at("deep"), |path, _| path.join("er"));
        file::create_folders(&deep).unwrap();
        write_new_file(&at("new"), b"x").unwrap();
        replace_files(work.path(), &[("replaced".to_owned(), vec![1]), ("in/replaced".to_owned(), vec![1])]).unwrap();
        write_folder(&at("folder"), &[("a".to_owned(), vec![1]), ("b/c".to_owned(), vec![2])]).unwrap();
        disk::FileStore::open(&at("journal/b1")).unwrap();
        disk::keep_evidence(&at("evidence"), "00", b"x").unwrap();
        let cost = SealCost { memory_kib: 8, passes: 1 };
        let pass = Secret::new("mat khau".to_owned());
        create_key_file(&at("key"), "board.example", &pass, cost, &mut SeededRandom::new("key")).unwrap();
        umask(before);
        all(work.path()).iter().skip(1).for_each(|path| is_private(path));
    }
}
