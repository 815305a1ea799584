//! From the board's command line to a desk that runs, and the desk's word back: the real programs' files all the way.

use crate::desk_package_support::{Opened, PIN};
use crate::exam_pack::Office;
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::bits::spread::InTurn;
use diemdanh::checkin::event::Input;
use diemdanh::desk::enrol::enrol;
use diemdanh::desk::handover::hand_over;
use diemdanh::desk::sessions::chosen;
use diemdanh::desk::start::read_config;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::folder::{Files, read_chosen, read_folder};
use diemdanh::host::random::SystemRandom;
use diemdanh::office::exam::{self, OPERATORS_FILE, Operator, Role, operators};
use diemdanh::office::finding::Verdict;
use diemdanh::office::verify;
use diemdanh::office::{Check, Outside};
use diemdanh::package::operators::{PinCost, PinLock};
use diemdanh::record::ExportSource;
use std::fs;
use std::sync::Arc;

const CONFIG: &str = "\
[exam]
board = \"so.example\"
id = \"tn\"
[desk]
id = \"ban-01\"
site = \"0901\"
[paths]
packages = \"packages\"
inbox = [\"stick\"]
board_key = \"board.vkey\"
journal = \"journal\"
device_key = \"device.key\"
passphrase = \"device.pass\"
";

fn invigilator() -> Operator {
    let pin = PinLock::make(&Secret::new(PIN.to_owned()), PinCost::LEAST, &mut SeededRandom::new("pin")).unwrap();
    Operator {
        code: "gt-07".to_owned(),
        name: "Lê Thị Mẫu".to_owned(),
        role: Role::Invigilator,
        site: "0901".to_owned(),
        pin: Some(pin),
        telephone: None,
        revoked: None,
    }
}

#[test]
fn what_the_board_packs_a_desk_works_from_and_the_board_hears_of_it() {
    let office = Office::new(false);
    let people = operators::write(&[invigilator()]).into_bytes();
    office.put(Files::from([(OPERATORS_FILE.to_owned(), people)]));
    let desk = tempfile::tempdir().unwrap();
    let at = |name: &str| desk.path().join(name);
    fs::create_dir(at("stick")).unwrap();
    fs::copy(office.path("board.vkey"), at("board.vkey")).unwrap();
    fs::write(at("device.pass"), "mat khau cua ban").unwrap();
    fs::write(at("desk.toml"), CONFIG).unwrap();
    let (config, base) = read_config(&at("desk.toml")).unwrap();

    // The desk asks, the board hears sixteen characters and signs.
    let request = enrol(&config, &base, false, &mut SystemRandom).unwrap();
    fs::write(office.path("ban-01.request"), &request.note).unwrap();
    let key = "--key board.key --passphrase-file pass";
    office.expect(&format!("enrol thi ban-01.request --fingerprint {} {key}", request.fingerprint), 0, "chứng thư");
    // The other site has no head of site yet: a remark, and no reason to wait.
    let said = office.pack("--site 0901 --accept", 1, "2 gói mới");
    for (name, bytes) in office.packages() {
        fs::write(at("stick").join(name), bytes).unwrap();
    }

    // Two sessions lie on the stick; somebody chooses.
    let open = Opened::of(&at("desk.toml"), Arc::new(SystemClock));
    let offers = open.packages().offers;
    assert_eq!(offers.iter().map(|one| one.rows).collect::<Vec<_>>(), [2, 2]);
    assert!(offers[0].session.starts_with("Buổi 1") && offers[1].session.starts_with("Buổi 2"), "{offers:?}");
    assert!(said.contains(&offers[0].fingerprint), "what the board prints is what the desk shows: {said}");
    open.take_package();
    // Somebody mistypes: an entry of its own, and nothing that the board holds against the desk.
    open.signing_in(|_| true);
    open.send(Input::ChoseOperator(0));
    open.send(Input::EnteredPin(Secret::new("000000".to_owned())));
    open.signing_in(|sign_in| sign_in.wrong.is_some());
    open.sign_in(0);
    assert_eq!(open.view.get().header.expected, 2);
    open.kiosk.stop();

    // The desk's word lies beside the package, and the board takes it.
    let files = fs::read_dir(at("stick")).unwrap().map(|entry| entry.unwrap().path());
    let receipts: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "receipt")).collect();
    assert_eq!(receipts.len(), 1);
    fs::copy(&receipts[0], office.path("ban-01.receipt")).unwrap();
    office.expect("receipt thi ban-01.receipt", 0, "ban-01");
    office.expect("desks thi", 0, "v1 đã nhận");

    // The log of that session is the board's to check, under the certificate that came with the package.
    let plan = chosen(&config, &base, None).unwrap();
    hand_over(&plan, &at("export")).unwrap();
    let keys = diemdanh::record::BoardKeys::one(office.board.verifier().clone());
    let files = read_folder(&at("export")).unwrap();
    let verification = verify::verify(&files, &keys);
    assert!(matches!(verification.verdict(), Verdict::Clean | Verdict::Remarks), "{:?}", verification.findings);

    // And everything that the desk rested on is what the board issued.
    let digest = diemdanh::host::program::sha256().map(diemdanh::record::Digest).unwrap();
    fs::write(office.path("thi").join(exam::PROGRAMS_FILE), format!("{digest}, chương trình thử\n")).unwrap();
    let names = [exam::EXAM_FILE, exam::PACKAGES_FILE, exam::PROGRAMS_FILE];
    let issued = read_chosen(&office.path("thi"), &names, &[exam::DESKS_FOLDER]).unwrap();
    let outside = Outside { issued: Some(exam::Issued::read(&issued).unwrap()), ..Outside::default() };
    let check = Check { board: &keys, outside: &outside, spread: &InTurn, progress: &|_| {} };
    let verification = check.run(&[&files as &dyn ExportSource]).remove(0);
    let basis: Vec<_> = verification.counts.keys().filter(|what| what.code().starts_with("basis.")).collect();
    assert!(basis.is_empty(), "{basis:?}");
}
