//! More of the hostile-log corpus: logs of a desk whose device key lies in a TPM, ECDSA on P-256.

use crate::forge::{Forge, add, key_of};
use crate::hostile_log_cases::Case;
use crate::hostile_logs::Expect::{Forged, Good};
use crate::record_support::{at, board, check_in, code, desk_cert, opening};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use diemdanh::bits::random::SeededRandom;
use diemdanh::crypto::ecdsa::ecdsa_sign;
use diemdanh::crypto::{EcSecret, NamedCurve};
use diemdanh::lab::journal::MemoryStore;
use diemdanh::record::export::{Beside, MANIFEST_FILE, Manifest, export_with};
use diemdanh::record::statement::endorse;
use diemdanh::record::{AttendanceEvent, AttendanceLog, DeskCert, Entry, Opening};
use diemdanh::tlog::{NoteError, NoteKey, NoteSigner, NoteVerifier, signed_elsewhere};
use sha2::{Digest as _, Sha256};

pub(crate) const CASES: &[Case] = &[
    ("key of a TPM", Good, |forge| *forge = good()),
    // ECDSA takes n - s for s; who changes that changes nothing that was said.
    ("key of a TPM, the other s", Good, |forge| endorsed(forge, |note| resigned(note, |signature| other_s(signature)))),
    ("key of a TPM, one bit of the endorsement's signature", Forged, |forge| {
        endorsed(forge, |note| resigned(note, |signature| signature[40] ^= 1));
    }),
    ("key of a TPM, one bit of the endorsement", Forged, |forge| {
        endorsed(forge, |note| note.replacen("+", "+0", 1));
    }),
    ("key of a TPM, endorsed by another TPM of that name", Forged, |forge| {
        let stranger = Tpm::new("stranger");
        endorsed(forge, |_| endorse(key_of(1).verifier(), &stranger).unwrap());
    }),
    ("key of a TPM, endorsed by another TPM under its id", Forged, |forge| {
        let digest = Sha256::digest(note_text(&endorse(key_of(1).verifier(), &tpm()).unwrap()).as_bytes());
        let foreign = Tpm::new("stranger").signature(&digest);
        endorsed(forge, |note| resigned(note, |signature| signature.clone_from(&foreign)));
    }),
    ("key of a TPM, r and s are nought", Forged, |forge| endorsed(forge, |note| resigned(note, |all| all.fill(0)))),
    ("key of a TPM, r and s too short", Forged, |forge| {
        endorsed(forge, |note| resigned(note, |all| all.truncate(62)));
    }),
    ("key of a TPM, manifest by an Ed25519 key of that name", Forged, |forge| {
        *forge = good();
        let thief = NoteKey::generate(tpm().verifier.name(), &mut SeededRandom::new("thief")).unwrap();
        sign_manifest(forge, &thief);
    }),
    ("key of a TPM, certified off the curve", Forged, |forge| {
        certified(forge, |point| point[64] ^= 1);
    }),
    ("key of a TPM, certified in short form", Forged, |forge| {
        certified(forge, |point| {
            point[0] = 2 | (point[64] & 1);
            point.truncate(33);
        });
    }),
];

/// A TPM without the TPM.
struct Tpm {
    secret: EcSecret,
    verifier: NoteVerifier,
}

impl Tpm {
    fn new(seed: &str) -> Self {
        let secret = EcSecret::random(NamedCurve::P256, &mut SeededRandom::new(seed));
        let verifier = NoteVerifier::of_device("board.example/desk-1", &secret.public().unwrap().encode()).unwrap();
        Self { secret, verifier }
    }

    fn signature(&self, digest: &[u8]) -> Vec<u8> {
        let (r, s) = ecdsa_sign(&self.secret, digest, &mut SeededRandom::new("nonce")).unwrap();
        [r, s].concat()
    }
}

impl NoteSigner for Tpm {
    fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    fn sign(&self, text: &str) -> Result<String, NoteError> {
        signed_elsewhere(text, &self.verifier, &self.signature(&Sha256::digest(text.as_bytes())))
    }
}

fn tpm() -> Tpm {
    Tpm::new("TPM of desk-1")
}

fn cert() -> String {
    DeskCert { device: tpm().verifier, ..desk_cert(false) }.sign(&board()).unwrap()
}

fn good() -> Forge {
    let (store, tpm) = (MemoryStore::default(), tpm());
    let desk = NoteKey::generate("unused", &mut SeededRandom::new("unused")).unwrap();
    let opening = Opening { device: &tpm, desk_cert: cert(), ..opening(&desk) };
    let (mut log, _) =
        AttendanceLog::open(store.clone(), &opening, at(0), &mut SeededRandom::new("segment 0")).unwrap();
    add(&mut log, check_in(1), 1);
    log.close(&code("op-1"), at(2)).unwrap();
    let files = export_with(&mut store.clone(), &Beside::default(), &cert(), &tpm).unwrap();
    Forge { files: files.into_iter().collect(), ..Forge::default() }
}

/// Another endorsement in the first entry; everything that follows is signed anew.
fn endorsed(forge: &mut Forge, change: impl FnOnce(&str) -> String) {
    *forge = good();
    let mut entries = forge.entries(1);
    let AttendanceEvent::Open(opened) = &mut entries[0].event else { panic!("an open") };
    opened.endorsement = change(&opened.endorsement);
    let raw: Vec<Vec<u8>> = entries.iter().map(|entry: &Entry| entry.encode().unwrap()).collect();
    forge.replace(1, &raw, Some(&key_of(1)));
    sign_manifest(forge, &tpm());
}

/// The board's own certificate over other bytes of the key.
fn certified(forge: &mut Forge, change: fn(&mut Vec<u8>)) {
    *forge = good();
    let line = tpm().verifier.to_string();
    let mut point = tpm().secret.public().unwrap().encode();
    change(&mut point);
    let material = [b"\xFFdiemdanh/ecdsa-p256-sha256".as_slice(), &point].concat();
    let id = Sha256::digest([b"board.example/desk-1\n".as_slice(), &material].concat());
    let id = diemdanh::bits::hex::encode_lower(&id[..4]);
    let text = note_text(&cert()).replace(&line, &format!("board.example/desk-1+{id}+{}", BASE64.encode(material)));
    forge.put("desk-cert", board().sign(&text).unwrap());
    sign_manifest(forge, &tpm());
}

fn sign_manifest(forge: &mut Forge, device: &dyn NoteSigner) {
    forge.files.remove(MANIFEST_FILE);
    let list: Vec<_> = forge.files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    let manifest = device.sign(&Manifest::of(false, &list).text()).unwrap();
    forge.put(MANIFEST_FILE, manifest);
}

fn note_text(note: &str) -> String {
    format!("{}\n", note.rsplit_once("\n\n").unwrap().0)
}

/// The note with other bytes behind the key's id.
fn resigned(note: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let (before, payload) = note.trim_end().rsplit_once(' ').unwrap();
    let payload = BASE64.decode(payload).unwrap();
    let mut signature = payload[4..].to_vec();
    change(&mut signature);
    format!("{before} {}\n", BASE64.encode([&payload[..4], &signature].concat()))
}

/// The group's order minus s.
fn other_s(signature: &mut [u8]) {
    let mut borrow = 0;
    for (byte, order) in signature[32..].iter_mut().zip(NamedCurve::P256.order()).rev() {
        let difference = i16::from(order) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
}
