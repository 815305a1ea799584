//! What a desk shows the registry's server, from its enrolment to an answered question: the real programs all the way,
//! over real TLS.

#[cfg(feature = "tpm")]
use crate::device_keys::tpm;
use crate::device_keys::{MODULE, init_token};
use crate::programs::{board_program_in, program};
use diemdanh::bits::secret::Secret;
use diemdanh::host::desk_ca::DeskCa;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

const PASS: &str = "mat khau cua hoi dong";
const CONFIG: &str = "\
[exam]
board = \"so.example\"
id = \"tn\"
[desk]
id = \"ban-01\"
site = \"0901\"
[paths]
journal = \"journal\"
device_key = \"device.key\"
passphrase = \"device.pass\"
desk_cert = \"desk-cert\"
[registry]
ca = \"registry-ca.pem\"
verifier = \"registry.vkey\"
";

/// A board and one of its desks, in a folder each of their own.
struct Ground {
    folder: TempDir,
    /// The desk's own file but for the registry's address.
    config: String,
    /// What a desk's programs find in their environment.
    env: Vec<(&'static str, String)>,
}

impl Ground {
    /// The board has its keys and its CA; the desk has its configuration and nothing else.
    fn new() -> Self {
        Self::with("", "mat khau cua ban", Vec::new())
    }

    /// The same with the desk's keys where `device` says.
    fn with(device: &str, passphrase: &str, env: Vec<(&'static str, String)>) -> Self {
        let config = CONFIG.replace("[registry]", &format!("{device}[registry]"));
        let ground = Self { folder: tempfile::tempdir().unwrap(), config, env };
        fs::write(ground.at("pass"), format!("{PASS}\n")).unwrap();
        fs::write(ground.at("device.pass"), passphrase).unwrap();
        fs::write(ground.at("desk.toml"), &ground.config).unwrap();
        ground.board("key new --out . --board so.example");
        ground.board("key desks-ca --key board.key");
        ground
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn try_board(&self, arguments: &str) -> Output {
        let mut command = board_program_in("en_US.UTF-8");
        command.current_dir(self.folder.path()).args(arguments.split(' ')).args(["--passphrase-file", "pass"]);
        command.output().unwrap()
    }

    #[track_caller]
    fn board(&self, arguments: &str) -> String {
        let output = self.try_board(arguments);
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        text(&output)
    }

    fn desk(&self, arguments: &str) -> Output {
        Command::new(program("diemdanh"))
            .current_dir(self.folder.path())
            .args(arguments.split(' '))
            .args(["--config", "desk.toml"])
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .output()
            .unwrap()
    }

    /// The desk asks; the sixteen characters that its technician reads out.
    fn request(&self, more: &str) -> String {
        let _ = fs::remove_file(self.at("request"));
        let output = self.desk(&format!("enrol --out request{more}"));
        let said = text(&output);
        let line = said.lines().find_map(|line| line.strip_prefix("read out to the board: "));
        line.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&output.stderr))).to_owned()
    }

    /// The board certifies the desk under this number; `more` are more arguments.
    fn certify(&self, serial: u32, more: &str) -> String {
        let heard = self.request("");
        let _ = fs::remove_file(self.at("desk-cert"));
        self.board(&format!(
            "key enrol --key board.key --request request --confirm {heard} --out desk-cert --serial {serial}{more}"
        ))
    }

    /// A registry that takes the desks that `lines` of its settings name.
    fn registry(&self, lines: &str) -> Server {
        let settings = format!("otherwise = \"not_found\"\n{lines}\n");
        fs::write(self.at("stub.toml"), settings).unwrap();
        let mut child = Command::new(program("registry-stub"))
            .current_dir(self.folder.path())
            .args(["stub.toml", "--out", "."])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("https://"), "{url}");
        fs::write(self.at("desk.toml"), format!("{}url = \"{}\"\n", self.config, url.trim())).unwrap();
        Server(child)
    }

    /// How an examination of the registry ends, and what it says.
    fn examined(&self, lines: &str) -> (Option<i32>, String) {
        let _server = self.registry(lines);
        let output = self.desk("doctor --registry");
        (output.status.code(), format!("{}{}", text(&output), String::from_utf8_lossy(&output.stderr)))
    }

    #[track_caller]
    fn is_let_in(&self, lines: &str) {
        let (code, said) = self.examined(lines);
        assert!(code == Some(0) && said.contains("20 of 20 calls"), "{code:?} {said}");
    }

    #[track_caller]
    fn is_refused(&self, lines: &str, words: &str) {
        let (code, said) = self.examined(lines);
        assert!(code == Some(2) && said.contains("0 of 3 calls") && said.contains(words), "{code:?} {said}");
    }
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const OF_THE_BOARD: &str = "client_authority = \"desks-ca.pem\"\nboard_key = \"board.vkey\"";
const NOT_TAKEN: &str = "does not take this desk's certificate";

#[test]
fn enrolled_desk_shows_what_the_board_certified_and_is_answered() {
    let ground = Ground::new();
    let said = ground.certify(1, "");
    assert!(said.contains("certificate 1 for desk ban-01"), "{said}");
    ground.is_let_in(OF_THE_BOARD);
    // Another server knows other desks, and this one knows no other board.
    ground.is_refused("", NOT_TAKEN);
    let other = Ground::new();
    fs::copy(other.at("desks-ca.pem"), ground.at("other-ca.pem")).unwrap();
    ground.is_refused("client_authority = \"other-ca.pem\"", NOT_TAKEN);
    fs::copy(other.at("board.vkey"), ground.at("other.vkey")).unwrap();
    let (connected, stranger) = ("client_authority = \"desks-ca.pem\"\nboard_key = \"other.vkey\"", "HTTP 403");
    ground.is_refused(connected, stranger);
}

#[test]
fn ended_certificate_is_refused_and_renewed() {
    let ground = Ground::new();
    ground.certify(1, " --from 2025-01-01T00:00:00Z --days 3");
    ground.is_refused(OF_THE_BOARD, NOT_TAKEN);
    let early = " --from 2090-01-01T00:00:00Z --days 3";
    let refused = ground.try_board(&format!(
        "key enrol --key board.key --request request --confirm {} --out late --serial 2{early}",
        ground.request("")
    ));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("the desks' CA ends at"), "{said}");
    // The same key under the next number; nothing but the board's word is new.
    ground.certify(2, "");
    ground.is_let_in(OF_THE_BOARD);
}

#[test]
fn revoked_desk_is_refused_by_its_certificate_and_by_its_signature() {
    let ground = Ground::new();
    ground.certify(1, "");
    ground.certify(2, "");
    ground.board("key desks-crl --key board.key --out none.crl");
    ground.is_let_in(&format!("{OF_THE_BOARD}\nclient_revocations = \"none.crl\""));
    let said = ground.board("key revoke --key board.key --serial 2 --reason lost --out revocations");
    assert!(said.contains("revocations.crl"), "{said}");
    let by_certificate = format!("{OF_THE_BOARD}\nclient_revocations = \"revocations.crl\"");
    ground.is_refused(&by_certificate, NOT_TAKEN);
    ground.is_refused(&format!("{OF_THE_BOARD}\nrevocations = \"revocations\""), "HTTP 403");
    // A list of an earlier day takes nobody in by its silence: it is written anew.
    let (sealed, passphrase) = (fs::read_to_string(ground.at("desks-ca.key")).unwrap(), Secret::new(PASS.to_owned()));
    let (ca, now) = (DeskCa::open(&sealed, &passphrase).unwrap(), Timestamp::now());
    let ended = ca.revocations(1, &[2], (now - SignedDuration::from_hours(48), now - SignedDuration::from_hours(24)));
    fs::write(ground.at("ended.crl"), ended.unwrap()).unwrap();
    ground.is_refused(&format!("{OF_THE_BOARD}\nclient_revocations = \"ended.crl\""), NOT_TAKEN);
    ground.certify(3, "");
    ground.is_let_in(&by_certificate);
}

/// A desk whose computer was replaced starts anew, and what its old key was given is of no use to the new one.
#[test]
fn renewed_device_has_another_key_for_tls() {
    let ground = Ground::new();
    let first = ground.request("");
    assert_eq!(ground.request(""), first, "asked again, the same request");
    ground.certify(1, "");
    let cert = fs::read(ground.at("desk-cert")).unwrap();
    assert_ne!(ground.request(" --renew"), first);
    assert!(ground.at("tls/tls-key.age.old-1").is_file() && ground.at("device.key.old-1").is_file());
    fs::write(ground.at("desk-cert"), cert).unwrap();
    let (code, said) = ground.examined(OF_THE_BOARD);
    assert!(code == Some(3), "{said}");
    ground.certify(2, "");
    ground.is_let_in(OF_THE_BOARD);
}

/// A board without such a CA certifies desks as before, and says what is missing.
#[test]
fn board_without_a_ca_says_so() {
    let ground = Ground::new();
    fs::remove_file(ground.at("desks-ca.key")).unwrap();
    let heard = ground.request("");
    let order = format!("key enrol --key board.key --request request --confirm {heard} --out desk-cert");
    let output = ground.try_board(&order);
    let said = format!("{}{}", text(&output), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("no desks-ca.key"), "{said}");
    ground.is_refused(OF_THE_BOARD, "asks for a certificate of this desk, and there is none");
    // Whoever does not know the board's passphrase makes no CA either, and nothing is overwritten.
    assert!(!ground.try_board("key desks-ca --key device.key").status.success());
    assert!(!ground.try_board("key desks-ca --key board.key").status.success(), "its certificate is here still");
    assert!(!ground.at("desks-ca.key").exists());
    fs::remove_file(ground.at("desks-ca.pem")).unwrap();
    ground.board("key desks-ca --key board.key --days 1");
    assert!(!ground.try_board("key desks-ca --key board.key").status.success());
}

/// A desk with a token makes its key for TLS there, and answers with it; without the token there is no answer.
#[test]
fn key_for_tls_stays_in_the_token() {
    let Some((_token, conf)) = init_token() else { return };
    let device = format!("[device]\nstore = \"pkcs11\"\nmodule = \"{MODULE}\"\ntoken = \"desk\"\n");
    let mut ground = Ground::with(&device, "4321\n", vec![("SOFTHSM2_CONF", conf)]);
    stays_in_the_device(&ground);
    let (_other, conf) = init_token().unwrap();
    ground.env = vec![("SOFTHSM2_CONF", conf)];
    let (code, said) = ground.examined(OF_THE_BOARD);
    assert!(code == Some(3) && said.contains("no key of this name"), "{code:?} {said}");
}

#[cfg(feature = "tpm")]
#[test]
fn key_for_tls_stays_in_the_tpm() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some((_tpm, tcti)) = tpm(folder.path()) else { return };
    let mut ground =
        Ground::with(&format!("[device]\nstore = \"tpm\"\ntcti = \"{tcti}\"\n"), "mat khau cua ban", Vec::new());
    stays_in_the_device(&ground);
    let (_other, stranger) = tpm(other.path()).unwrap();
    ground.config = ground.config.replace(&tcti, &stranger);
    let (code, said) = ground.examined(OF_THE_BOARD);
    assert!(code == Some(2) || code == Some(3), "another TPM signs nothing for this desk: {code:?} {said}");
    assert!(!said.contains("20 of 20 calls"), "{said}");
}

#[track_caller]
fn stays_in_the_device(ground: &Ground) {
    let first = ground.request("");
    assert_eq!(ground.request(""), first, "asked again, the same request");
    ground.certify(1, "");
    assert!(ground.at("tls/tls-request.der").is_file() && !ground.at("tls/tls-key.age").exists());
    ground.is_let_in(OF_THE_BOARD);
    // A stop between key and request: the key is taken, not another one made.
    fs::remove_file(ground.at("tls/tls-request.der")).unwrap();
    ground.request("");
    ground.is_let_in(OF_THE_BOARD);
    // What another desk was given is of no use with this key.
    let other = Ground::new();
    other.certify(1, "");
    fs::copy(other.at("desk-cert"), ground.at("desk-cert")).unwrap();
    let (code, said) = ground.examined(OF_THE_BOARD);
    assert!(code == Some(3), "{code:?} {said}");
    ground.certify(2, "");
    ground.is_let_in(OF_THE_BOARD);
}
