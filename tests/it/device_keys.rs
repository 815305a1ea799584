//! Device keys wherever they lie: sealed files, a PKCS#11 token (SoftHSM 2), a TPM (swtpm); enrolment with each.

use crate::desk_support::{World, card, good, person};
use crate::programs::program;
use crate::skips::skip;
use crate::trust_signed;
use diemdanh::bits::random::SeededRandom;
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::failure::Failure;
use diemdanh::desk::enrol::{EnrolError, enrol};
use diemdanh::desk::start::read_config;
use diemdanh::lab::issuer::Issuer;
use diemdanh::record::{AttendanceEvent, BoardKeys, Enrolment, Revocation, RevocationList};
use diemdanh::tlog::NoteError;
use std::process::{Command, Output};

pub(crate) const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

fn run(name: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Output {
    Command::new(name).args(arguments).env("RUST_LOG", "error").output().unwrap()
}

fn request(world: &World, renew: bool) -> Result<(Enrolment, String, bool), EnrolError> {
    let (config, base) = read_config(&world.config()).unwrap();
    let request = enrol(&config, &base, renew, &mut SeededRandom::new("enrol"))?;
    let enrolment = Enrolment::open(&request.note).unwrap();
    assert_eq!(enrolment.fingerprint(), request.fingerprint);
    Ok((enrolment, request.fingerprint, request.is_new))
}

/// A session under whatever device key the configuration names; the board agrees with its log.
fn one_session(world: &World) {
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.stop();
    world.board_agrees();
}

#[test]
fn request_is_signed_by_the_key_it_names_and_by_no_other() {
    let world = World::alone();
    let (enrolment, fingerprint, is_new) = request(&world, false).unwrap();
    assert!(!is_new, "the desk has a key");
    assert_eq!((enrolment.board.as_str(), &*enrolment.desk), ("board.example", "desk-1"));
    assert_eq!(request(&world, false).unwrap().1, fingerprint, "the same key, the same characters");
    let (config, base) = read_config(&world.config()).unwrap();
    let note = enrol(&config, &base, false, &mut SeededRandom::new("enrol")).unwrap().note;
    assert_eq!(Enrolment::open(&note.replace("desk desk-1", "desk desk-2")), Err(NoteError::BadSignature));
    assert_eq!(Enrolment::open(&note.replace("site", "sight")), Err(NoteError::Form));
}

#[test]
fn key_is_renewed_only_while_no_log_stands_under_the_old_one() {
    let world = World::alone();
    let (before, ..) = request(&world, false).unwrap();
    let (after, _, is_new) = request(&world, true).unwrap();
    assert!(is_new && after.device != before.device);
    assert!(world.path("device.key.old-1").exists(), "the old key is kept");
    world.certify(&after.device, 2);
    one_session(&world);
    assert!(matches!(request(&world, true), Err(EnrolError::JournalInUse { segments: 1 })));
}

#[test]
fn board_signs_only_what_it_has_heard() {
    let world = World::alone();
    let board = &program("diemdanh-board");
    std::fs::write(world.path("pass"), "a passphrase\n").unwrap();
    let path = |name: &str| world.path(name).display().to_string();
    let new = ["key", "new", "--out", &path("board"), "--board", "board.example", "--passphrase-file", &path("pass")];
    assert!(run(board, &new).status.success());
    let desk = ["enrol", "--config", &world.config().display().to_string(), "--out", &path("request"), "--qr"];
    let told = run(program("diemdanh"), &desk);
    let told = String::from_utf8(told.stdout).unwrap();
    let fingerprint = told.lines().find_map(|line| line.strip_prefix("read out to the board: ")).expect("characters");
    assert!(told.contains("█▀▀▀"), "a QR code");
    let sign = |heard: &str| {
        let (key, pass) = (path("board/board.key"), path("pass"));
        let arguments = ["key", "enrol", "--key", &key, "--request", &path("request"), "--confirm", heard];
        run(board, &[&arguments[..], &["--out", &path("new-cert"), "--passphrase-file", &pass]].concat())
    };
    let misheard = sign("0000-0000-0000-0000");
    assert!(!misheard.status.success() && !world.path("new-cert").exists());
    let signed = sign(&fingerprint.to_ascii_lowercase().replace('-', " "));
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    assert!(world.path("new-cert").exists());
}

#[test]
fn desk_whose_certificate_was_taken_back_does_not_open() {
    let (issuer, board) = (Issuer::lab().unwrap(), trust_signed::board("board"));
    let world = trust_signed::world(&trust_signed::signed(trust_signed::folder(&issuer, 1), &board));
    world.change_config("[paths]\n", "[paths]\nrevocations = \"revocations\"\n");
    let list = |number, serial| {
        let revoked = vec![Revocation { serial, reason: "lost".to_owned(), last_accepted: None }];
        let note = RevocationList { number, board_keys: None, revoked }.sign(&board).unwrap();
        std::fs::write(world.path("revocations"), note).unwrap();
    };
    list(7, 99);
    world.open().stop();
    let AttendanceEvent::Open(opened) = world.events().remove(0) else { panic!("the first entry opens") };
    assert_eq!(opened.revocations, Some(7), "the log says which list the desk knew");
    list(8, 1);
    let halted = world.try_open().map(|_| ()).unwrap_err();
    assert_eq!(halted.failure, Failure::DeviceKeyClosed);
    assert!(halted.detail.contains("certificate 1 is revoked: lost"), "{}", halted.detail);
    std::fs::write(world.path("revocations"), "diemdanh/revocations/v1\nnumber 9\n").unwrap();
    assert_eq!(world.try_open().map(|_| ()).unwrap_err().failure, Failure::DeviceKeyClosed, "an unsigned list");
}

#[test]
fn board_takes_certificates_back_one_list_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("pass"), "a passphrase\n").unwrap();
    let board = &program("diemdanh-board");
    let new = ["key", "new", "--out", &path("board"), "--board", "board.example", "--passphrase-file", &path("pass")];
    assert!(run(board, &new).status.success());
    let revoke = |arguments: &[&str]| {
        let (key, pass) = (path("board/board.key"), path("pass"));
        let fixed = ["key", "revoke", "--key", &key, "--passphrase-file", &pass, "--reason", "lost"];
        run(board, &[&fixed[..], arguments].concat()).status.success()
    };
    let (first, second) = (path("list-1"), path("list-2"));
    assert!(revoke(&["--serial", "3", "--out", &first]));
    assert!(revoke(&["--serial", "1", "--list", &first, "--last", "board.example/e/d/b1/001:250", "--out", &second]));
    assert!(!revoke(&["--serial", "3", "--list", &second, "--out", &path("list-3")]), "twice");
    let vkey = std::fs::read_to_string(path("board/board.vkey")).unwrap();
    let note = std::fs::read_to_string(&second).unwrap();
    let list = RevocationList::open(&note, &BoardKeys::parse(&vkey).unwrap()).unwrap();
    assert_eq!((list.number, list.revoked.len()), (2, 2));
    assert_eq!(list.of(1).unwrap().last_accepted, Some(("board.example/e/d/b1/001".to_owned(), 250)));
}

/// Runs one test of this file again as a process of its own, with these variables.
pub(crate) fn again(test: &str, variables: &[(&str, String)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(INSIDE, "1");
    let output = command.envs(variables.iter().map(|(name, value)| (*name, value))).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}

const INSIDE: &str = "DIEMDANH_DEVICE_KEY_TEST";

pub(crate) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

#[test]
fn key_in_a_token_endorses_logs_and_signs_exports() {
    if is_inside() {
        return in_a_token();
    }
    let Some((_folder, conf)) = init_token() else { return };
    again("device_keys::key_in_a_token_endorses_logs_and_signs_exports", &[("SOFTHSM2_CONF", conf)]);
}

/// A fresh token “desk” in a folder of its own, and the path of the configuration that leads there; `None` where the
/// token's module is not installed.
pub(crate) fn init_token() -> Option<(tempfile::TempDir, String)> {
    if !std::path::Path::new(MODULE).exists() {
        skip(&format!("{MODULE} is not installed"));
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let conf = folder.path().join("softhsm2.conf");
    std::fs::create_dir(folder.path().join("tokens")).unwrap();
    std::fs::write(&conf, format!("directories.tokendir = {}/tokens\n", folder.path().display())).unwrap();
    let arguments = ["--init-token", "--free", "--label", "desk", "--so-pin", "12345678", "--pin", "4321"];
    let made = Command::new("softhsm2-util").args(arguments).env("SOFTHSM2_CONF", &conf).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some((folder, conf.display().to_string()))
}

fn in_a_token() {
    let world = World::alone();
    let text = std::fs::read_to_string(world.config()).unwrap();
    let device = format!("[device]\nstore = \"pkcs11\"\nmodule = \"{MODULE}\"\ntoken = \"desk\"\n");
    world.write_config(&format!("{text}\n{device}"));
    std::fs::write(world.path("device.pass"), "4321\n").unwrap();
    assert_eq!(world.try_open().map(|_| ()).unwrap_err().failure, Failure::DeviceKeyClosed, "no key yet");
    let (made, _, is_new) = request(&world, false).unwrap();
    assert!(is_new);
    assert_eq!(request(&world, false).unwrap().0, made, "found again");
    assert!(matches!(request(&world, true), Err(EnrolError::NotAFile)));
    world.certify(&made.device, 2);
    one_session(&world);
    std::fs::write(world.path("device.pass"), "9999\n").unwrap();
    assert_eq!(world.try_open().map(|_| ()).unwrap_err().failure, Failure::DeviceKeyClosed, "a wrong PIN");
    std::fs::write(world.path("device.pass"), "4321\n").unwrap();
    world.change_config("token = \"desk\"", "token = \"another\"");
    assert_eq!(world.try_open().map(|_| ()).unwrap_err().failure, Failure::DeviceKeyClosed, "no such token");
}

#[cfg(feature = "tpm")]
#[test]
fn key_in_a_tpm_endorses_logs_and_signs_exports() {
    let folder = tempfile::tempdir().unwrap();
    let Some((_tpm, tcti)) = tpm(folder.path()) else { return skip("swtpm is not installed") };
    let world = World::alone();
    let text = std::fs::read_to_string(world.config()).unwrap();
    world.write_config(&format!("{text}\n[device]\nstore = \"tpm\"\ntcti = \"{tcti}\"\n"));
    world.change_config("device_key = \"device.key\"", "device_key = \"device.tpm\"");
    assert_eq!(world.try_open().map(|_| ()).unwrap_err().failure, Failure::DeviceKeyClosed, "no key yet");
    let (made, _, is_new) = request(&world, false).unwrap();
    assert!(is_new && made.device.is_ecdsa());
    assert_eq!(request(&world, false).unwrap().0, made, "found again");
    world.certify(&made.device, 2);
    one_session(&world);
    // The file without its TPM, or without its passphrase, signs nothing.
    let other = tempfile::tempdir().unwrap();
    let (_other, other_tcti) = tpm(other.path()).unwrap();
    world.change_config(&tcti, &other_tcti);
    assert!(request(&world, false).is_err(), "another TPM");
    world.change_config(&other_tcti, &tcti);
    std::fs::write(world.path("device.pass"), "wrong\n").unwrap();
    assert_eq!(world.try_open().map(|_| ()).unwrap_err().failure, Failure::DeviceKeyClosed, "a wrong passphrase");
}

/// Ends the TPM with the test.
#[cfg(feature = "tpm")]
pub(crate) struct Tpm(std::process::Child);

#[cfg(feature = "tpm")]
impl Drop for Tpm {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A software TPM on two free ports of loopback; `None` where there is none.
#[cfg(feature = "tpm")]
pub(crate) fn tpm(folder: &std::path::Path) -> Option<(Tpm, String)> {
    let port = (20_000..60_000).step_by(2).map(|port| port + std::process::id() as u16 % 1_000 * 2).find(|port| {
        let free = |port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
        free(*port) && free(*port + 1)
    })?;
    let child = Command::new("swtpm")
        .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
        .args(["--tpmstate", &format!("dir={}", folder.display())])
        .args(["--server", &format!("type=tcp,port={port}"), "--ctrl", &format!("type=tcp,port={}", port + 1)])
        .spawn()
        .ok()?;
    let tpm = Tpm(child);
    // The server listens a moment after its start.
    let listens = || std::net::TcpStream::connect(("127.0.0.1", port + 1)).is_ok();
    (0..200).find(|_| {
        let is_there = listens();
        if !is_there {
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
        is_there
    })?;
    Some((tpm, format!("swtpm:host=127.0.0.1,port={port}")))
}
