//! What the fuzzer begins with: the files of lab cards good and bad, the commands of a reading, and every hexadecimal
//! number of the test vectors, each for the targets that read such bytes.
//!
//! Invariant: the same vectors give the same seeds.

use crate::card::{CardData, SyntheticCard};
use crate::fuzz::TARGETS;
use crate::issuer::authority::{Authority, Profile, Validity};
use crate::issuer::people::{Person, people};
use crate::issuer::portrait::Coding;
use crate::issuer::{Fault, IssueError, Issuer, Making, groups};
use bits::hex;
use bits::random::SeededRandom;
use crypto::HashAlg;
use emrtd::access::key::AccessKey;
use emrtd::authenticity::trust::TrustStore;
use emrtd::evidence::ChipEvidence;
use emrtd::inspect::{InspectionPolicy, Unobserved, inspect};
use emrtd::lds::files::FileId;
use emrtd::lds::sod;
use iso7816::transport::{CardTransport, TransportError};
use jiff::Timestamp;
use roster::canonical;
use std::path::Path;
use std::sync::OnceLock;
use std::{fs, io};

/// Bytes for one target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed {
    /// The target.
    pub target: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Shorter numbers of a vector are no structure.
const MIN_NUMBER_LEN: usize = 8;
const LIST: &str = "format = \"diemdanh deviations 1\"\n[[deviation]]\nid = \"a\"\nreason = \"r\"\ncountry = \"VN\"\n\
                    signed_from = \"2024-01-01\"\ncheck = \"dg1.parse\"\ncause = \"malformed\"\nverdict = \"warn\"\n";

/// The country signers of the seeds: the lab's country signer, and the root of the seeds' master list.
pub fn country_signers() -> &'static TrustStore {
    static ANCHORS: OnceLock<TrustStore> = OnceLock::new();
    ANCHORS.get_or_init(|| {
        let lab = Issuer::lab().map(|issuer| issuer.country_signer_der().to_vec());
        let root = list_root().map(|root| root.certificate().to_vec());
        let ders: Vec<Vec<u8>> = lab.into_iter().chain(root).collect();
        TrustStore::from_certificates(&ders).0
    })
}

/// Every seed, sorted, each once. `vectors` is the folder of the test vectors.
///
/// # Errors
/// A card that could not be issued, or a folder that could not be read, as an I/O error.
pub fn seeds(vectors: &Path) -> io::Result<Vec<Seed>> {
    let mut seeds = lab_seeds().map_err(io::Error::other)?;
    for number in numbers_in(vectors)? {
        for (target, _) in TARGETS {
            seeds.push(Seed { target, bytes: number.clone() });
        }
    }
    seeds.sort();
    seeds.dedup();
    Ok(seeds)
}

/// Writes every seed into a folder of its target below `out`, as cargo-fuzz looks for them. Returns how many.
///
/// # Errors
/// As [`seeds`], and what the operating system refuses.
pub fn write_corpus(vectors: &Path, out: &Path) -> io::Result<usize> {
    let seeds = seeds(vectors)?;
    for seed in &seeds {
        let folder = out.join(seed.target);
        fs::create_dir_all(&folder)?;
        let name = hex::encode_lower(&HashAlg::Sha256.digest(&seed.bytes));
        fs::write(folder.join(name.get(..20).unwrap_or(&name)), &seed.bytes)?;
    }
    Ok(seeds.len())
}

/// The seeds that the lab makes: whole files and messages, each for the targets that read such bytes.
///
/// # Errors
/// [`IssueError`].
pub fn lab_seeds() -> Result<Vec<Seed>, IssueError> {
    let (issuer, person) = (Issuer::lab()?, people().swap_remove(0));
    let mut seeds = Vec::new();
    for making in makings() {
        let card = issuer.issue(&person, &making)?;
        for (fid, bytes) in card.files.iter().chain(&card.master_files) {
            seeds.extend(of_a_file(*fid, bytes));
        }
        if making == Making::default() || !making.chip_authentication {
            seeds.extend(of_a_reading(&issuer, &person, card));
        }
    }
    for der in [issuer.signer_der(), issuer.country_signer_der()] {
        seeds.push(seed("certificate", der));
    }
    seeds.push(seed("master_list", &master_list(&issuer)?));
    seeds.push(seed("mrz", groups::mrz(&person).as_bytes()));
    seeds.push(seed("qr", person.qr().as_bytes()));
    seeds.push(seed("deviations", LIST.as_bytes()));
    seeds.extend([front(), listed(), package_file()].map(|bytes| seed("package", &bytes)));
    seeds.sort();
    seeds.dedup();
    Ok(seeds)
}

/// What the device key opens of a package.
fn front() -> Vec<u8> {
    archive(&[
        ("desks/ban-01.cert", "x"),
        ("desks/ban-01.toml", "id = \"ban-01\"\ntitle = \"\"\nroom = \"\"\n"),
        ("keys/td", "x"),
        ("operators.toml", OPERATORS),
        ("settings.toml", SETTINGS),
        ("trust/a.cer", "x"),
    ])
}

/// What a PIN opens besides, with one candidate.
fn listed() -> Vec<u8> {
    let candidates = format!("{}\n{}", canonical::HEADER.join(","), CANDIDATE);
    archive(&[
        ("candidates.csv", candidates.as_str()),
        ("exam.key", "0123456789abcdef0123456789abcdef"),
        ("portraits/00112233445566778899aabbccddeeff", "x"),
    ])
}

/// The one form that packages have: another owner, mode or time would be refused at the first header.
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o600);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(text.len().try_into().unwrap_or_default());
        let _ = archive.append_data(&mut header, name, text.as_bytes());
    }
    archive.into_inner().unwrap_or_default()
}

/// A package's file; nobody signed it, and nothing is sealed in it.
fn package_file() -> Vec<u8> {
    format!("{PACKAGE_NOTE}\n\u{2014} so.example AAAAAAAAAAA=\n\nage-encryption.org/v1\n").into_bytes()
}

const CANDIDATE: &str = "00112233445566778899aabbccddeeff,01,,An,2008-02-15,male,099208000017,0901,P1,1,\n";
const OPERATORS: &str = "[[operator]]\ncode = \"td\"\nname = \"An\"\nrole = \"head-of-site\"\n";
const SETTINGS: &str = "board = \"so.example\"\nexam = \"tn\"\ntitle = \"Thi\"\nutc_offset_hours = 7\ntraining = false\n\
                        [session]\nid = \"b1\"\ntitle = \"\"\nstart = \"2026-06-26T00:35:00Z\"\n[site]\ncode = \"0901\"\n\
                        title = \"\"\n[policy]\nbac_fallback = true\nauthentication_required = true\n\
                        revocation_required = false\nregistry_required = false\nregistry_wait_ms = 2500\n\
                        registry_key = \"\"\nwitness_required = false\nwitness_key = \"\"\nscripts_required = false\npaper_folder = \"\"\n\
                        evidence_recipient = \"\"\nevidence_portrait = false\ncard_types = []\n";
const PACKAGE_NOTE: &str = "diemdanh/package/v3\nboard so.example\nexam tn\nsession b1\nsite 0901\nmode live\nversion 1\n\
                            not-before 2026-06-12T00:35:00Z\nnot-after 2026-07-03T00:35:00Z\nrows 1\nsize 22\nfront 22\nsha256 \
                            aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nmin-program 0.1.0\n\
                            revocations 0\nprevious -\n";

fn makings() -> Vec<Making> {
    let coded = |portrait, new_face_block| Making { portrait, new_face_block, ..Making::default() };
    let mut makings = vec![
        Making::default(),
        Making { chip_authentication: false, ..Making::default() },
        Making { chip_mapping: true, ..Making::default() },
        coded(Coding::Jpeg, false),
        coded(Coding::Codestream, false),
        coded(Coding::Jpeg, true),
        coded(Coding::Jp2, true),
    ];
    let faults = [Fault::OtherLdsVersion, Fault::LyingCom, Fault::PortraitWithoutImage, Fault::WithoutKeys];
    makings.extend(faults.map(Making::with_fault));
    makings.extend([1, 2, 13, 14, 15].map(|group| Making::with_fault(Fault::GarbageGroup(group))));
    makings
}

fn of_a_file(fid: u16, bytes: &[u8]) -> Vec<Seed> {
    let mut seeds = vec![seed("tlv", bytes), seed("lds", bytes)];
    if fid == FileId::Sod.fid() {
        seeds.push(seed("cms", bytes));
        seeds.extend(sod::signed_data(bytes).ok().map(|(data, _)| seed("cms", data)));
    } else if fid == FileId::Dg(2).fid() {
        seeds.push(seed("portrait", bytes));
    } else if fid == FileId::Dg(13).fid() {
        seeds.push(seed("dg13", bytes));
    }
    seeds
}

/// What a reading sends and gets, and the answer that it keeps.
fn of_a_reading(issuer: &Issuer, person: &Person, card: CardData) -> Vec<Seed> {
    let mut tape = Tape { card: SyntheticCard::new(card), bytes: Vec::new() };
    let (trust, _) = TrustStore::from_certificates(&[issuer.country_signer_der()]);
    let (policy, mut random) = (InspectionPolicy::default(), SeededRandom::new("seeds"));
    let now = Timestamp::constant(1_780_000_000, 0);
    let key = AccessKey::can(person.can());
    let inspection = inspect(&mut tape, &key, &trust, &policy, now, &mut random, &mut Unobserved);
    let mut seeds: Vec<Seed> = tape.bytes.iter().map(|bytes| seed("apdu", bytes)).collect();
    if let Some(ChipEvidence::ActiveAuthentication { answer, .. }) = inspection.evidence.and_then(|found| found.chip) {
        seeds.push(seed("evidence", answer.encode().as_bytes()));
    }
    seeds
}

fn master_list(issuer: &Issuer) -> Result<Vec<u8>, IssueError> {
    let root = list_root()?;
    let signer = root.signer_with("Seed list signer", "NL", Profile::MasterListSigner, long()?)?;
    signer.master_list(&root, &[issuer.country_signer_der().to_vec()], Some(moment("2026-05-01T00:00:00Z")?))
}

fn list_root() -> Result<Authority, IssueError> {
    Authority::country_signer("Seed root", "NL", long()?)
}

fn long() -> Result<Validity, IssueError> {
    Ok(Validity { from: moment("2020-01-01T00:00:00Z")?, to: moment("2045-01-01T00:00:00Z")? })
}

fn moment(text: &str) -> Result<Timestamp, IssueError> {
    text.parse().map_err(|_| IssueError::Date)
}

fn seed(target: &'static str, bytes: &[u8]) -> Seed {
    Seed { target, bytes: bytes.to_vec() }
}

/// Every hexadecimal number in the JSON files below `folder`.
fn numbers_in(folder: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut numbers = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(value) = serde_json::from_slice(&fs::read(&path)?) {
                take_numbers(&value, &mut numbers);
            }
        }
    }
    numbers.sort();
    numbers.dedup();
    Ok(numbers)
}

fn take_numbers(value: &serde_json::Value, numbers: &mut Vec<Vec<u8>>) {
    match value {
        serde_json::Value::String(text) => {
            numbers.extend(hex::decode(text).filter(|number| number.len() >= MIN_NUMBER_LEN));
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| take_numbers(value, numbers)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| take_numbers(value, numbers)),
        _ => {}
    }
}

/// Writes down what goes over the link.
struct Tape {
    card: SyntheticCard,
    bytes: Vec<Vec<u8>>,
}

impl CardTransport for Tape {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let answer = self.card.transmit(command)?;
        self.bytes.extend([command.to_vec(), answer.clone()]);
        Ok(answer)
    }

    fn atr(&self) -> &[u8] {
        self.card.atr()
    }
}
