//! The board's small CA: what it signs, for whom, and that others read it the same way.

use diemdanh::bits::secret::Secret;
use diemdanh::host::desk_ca::{DeskCa, DeskCaError, DeskName, NewDeskCa};
use diemdanh::host::device_key::DeviceStore;
use diemdanh::host::tls_folder::TlsFolder;
use jiff::{SignedDuration, Timestamp};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose, PKCS_ED25519};
use std::fs;
use std::path::Path;
use std::process::Command;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn passphrase() -> Secret<String> {
    Secret::new("mat khau cua hoi dong".to_owned())
}

fn made() -> NewDeskCa {
    let now = Timestamp::now();
    DeskCa::create("so.example", (now - DAY, now + DAY * 30), &passphrase()).unwrap()
}

fn ca() -> DeskCa {
    DeskCa::open(&made().sealed, &passphrase()).unwrap()
}

fn desk(serial: u32) -> DeskName<'static> {
    let now = Timestamp::now();
    DeskName { serial, name: "so.example/ban-01", not_before: now - DAY, not_after: now + DAY }
}

/// The request of a desk, as `diemdanh enrol` makes it.
fn request(folder: &Path, name: &str) -> Vec<u8> {
    let passphrase = Secret::new("cua ban".to_owned());
    let path = folder.join("device.key");
    TlsFolder::at(&folder.join("tls"))
        .request(&DeviceStore::File { path: &path, passphrase: &passphrase }, name)
        .unwrap()
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Another name, a CA, more uses: the board writes what a desk is, and a desk's key is all that is taken.
#[test]
fn what_a_request_says_of_itself_is_not_read() {
    let key = KeyPair::generate().unwrap();
    let mut wish = CertificateParams::new(vec!["registry.example".to_owned()]).unwrap();
    wish.distinguished_name.push(DnType::CommonName, "Desks of so.example");
    wish.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    wish.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let wished = wish.serialize_request(&key).unwrap().der().to_vec();
    assert!(holds(&wished, "registry.example"));
    let certificate = ca().certify(&wished, &desk(7)).unwrap();
    assert!(holds(&certificate, "so.example/ban-01") && !holds(&certificate, "registry.example"));
    let (folder, mut others) = (tempfile::tempdir().unwrap(), Vec::new());
    let whose = |usage: &str| {
        let path = folder.path().join("desk.der");
        fs::write(&path, &certificate).unwrap();
        let mut command = Command::new("openssl");
        command.args(["x509", "-inform", "DER", "-noout", "-purpose", "-in"]).arg(&path);
        let text = String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned();
        text.lines().any(|line| line == format!("{usage} : Yes"))
    };
    assert!(whose("SSL client"));
    for other in ["SSL client CA", "SSL server", "SSL server CA", "S/MIME signing", "S/MIME encryption", "CRL signing"]
    {
        others.extend(whose(other).then_some(other));
    }
    assert_eq!(others, Vec::<&str>::new());
}

/// OpenSSL says the same of certificate and list.
#[test]
fn others_read_certificate_and_list_the_same_way() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (made, now) = (made(), Timestamp::now());
    let ca = DeskCa::open(&made.sealed, &passphrase()).unwrap();
    fs::write(at("ca.pem"), &made.certificate).unwrap();
    let request = request(folder.path(), "so.example/ban-01");
    for serial in [7, 200] {
        fs::write(at(&format!("{serial}.der")), ca.certify(&request, &desk(serial)).unwrap()).unwrap();
    }
    fs::write(at("list.crl"), ca.revocations(3, &[200], (now, now + DAY)).unwrap()).unwrap();
    let verified = |serial: u32| {
        let mut command = Command::new("openssl");
        command.current_dir(folder.path()).args(["verify", "-purpose", "sslclient", "-x509_strict", "-crl_check"]);
        command.args(["-CAfile", "ca.pem", "-CRLfile", "list.crl"]).arg(format!("{serial}.der"));
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (good, said) = verified(7);
    assert!(good, "{said}");
    let (revoked, said) = verified(200);
    assert!(!revoked && said.contains("revoked"), "{said}");
}

#[test]
fn ca_opens_with_its_passphrase_only_and_outlives_its_desks() {
    let made = made();
    assert!(made.certificate.starts_with("-----BEGIN CERTIFICATE-----") && !made.sealed.contains("so.example"));
    let other = DeskCa::open(&made.sealed, &Secret::new("another one".to_owned())).map(|_| ());
    assert!(matches!(other, Err(DeskCaError::Sealed(_))), "{other:?}");
    let folder = tempfile::tempdir().unwrap();
    let request = request(folder.path(), "so.example/ban-01");
    let late = DeskName { not_after: Timestamp::now() + DAY * 31, ..desk(1) };
    assert!(matches!(ca().certify(&request, &late), Err(DeskCaError::Outlived { .. })));
    // Keys of another kind are no desk's.
    let other = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let ed25519 = CertificateParams::new(Vec::new()).unwrap().serialize_request(&other).unwrap().der().to_vec();
    for request in [ed25519, Vec::new(), vec![0x30; 5_000], [request.clone(), vec![0]].concat()] {
        assert!(matches!(ca().certify(&request, &desk(1)), Err(DeskCaError::Request)));
    }
}

/// The folder opens at its own device only, and a request without its key is none.
#[test]
fn key_for_tls_is_sealed_and_its_request_stays_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let first = request(folder.path(), "so.example/ban-01");
    assert_eq!(request(folder.path(), "so.example/ban-01"), first);
    let path = folder.path().join("tls/tls-key.age");
    let sealed = fs::read(&path).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1") && !holds(&sealed, "PRIVATE KEY"));
    let other = Secret::new("another passphrase".to_owned());
    let device = folder.path().join("device.key");
    let store = DeviceStore::File { path: &device, passphrase: &other };
    let tls = TlsFolder::at(&folder.path().join("tls"));
    assert!(tls.key(&store, "so.example/ban-01").is_err() && tls.request(&store, "so.example/ban-01").is_err());
    fs::remove_file(&path).unwrap();
    let own = Secret::new("cua ban".to_owned());
    let store = DeviceStore::File { path: &device, passphrase: &own };
    assert!(tls.request(&store, "so.example/ban-01").is_err());
}

/// Nobody gets a certificate for a key without having it: a request with one bit changed is none.
#[test]
fn request_with_a_changed_bit_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, request) = (ca(), request(folder.path(), "so.example/ban-01"));
    ca.certify(&request, &desk(1)).unwrap();
    for bit in 0..request.len() * 8 {
        let mut changed = request.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(ca.certify(&changed, &desk(1)).is_err(), "bit {bit}");
    }
}
