//! What the board of the demo has when the desk's day is over: the folder of its exam, its key, and the log of another desk,
//! where somebody who came in here came in as well.

use super::package::Packed;
use super::world::{BOARD, DESK, DemoError, EXAM, OTHER_ROOM, SITE, certified};
use bits::secret::Secret;
use bits::stamp::Stamp;
use host::folder::write_folder;
use host::keys::{SealCost, seal};
use host::random::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use lab::journal::MemoryStore;
use lab::roster_sample::room_name;
use record::export::export;
use record::{
    AttendanceEvent, AttendanceLog, CandidateRef, CheckIn, ChipState, Code, Digest, LogName, OpenBasis, Opening,
    RegistryState, document_ref,
};
use roster::{Candidate, canonical};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tlog::NoteKey;

/// The passphrase of every key that the demo's board has.
const PASSPHRASE: &str = "mat khau tap huan";
/// The other desk.
const OTHER_DESK: &str = "ban-02";
/// Of the other room so many people, the last ones on its list, do not come.
const STAY_AWAY: usize = 2;
/// The other desk took in one person every so many seconds.
const PACE_S: u64 = 35;
/// So long before this moment it began.
const BEGAN_S: i64 = 1_500;

/// Writes `out/exam`, `out/board.key` with its passphrase, and the other desk's export.
pub(super) fn write(out: &Path, board: &NoteKey, packed: &Packed, desk_cert: &str) -> Result<(), DemoError> {
    let passphrase = Secret::new(PASSPHRASE.to_owned());
    fs::write(out.join("board.key"), seal(board, &passphrase, SealCost::default(), &mut SystemRandom)?)?;
    fs::write(out.join("passphrase"), format!("{PASSPHRASE}\n"))?;
    let device = NoteKey::generate(&format!("{BOARD}/{OTHER_DESK}"), &mut SystemRandom)?;
    let cert = certified(board, OTHER_DESK, 2, device.verifier().clone())?;
    write_folder(&out.join("exam"), &exam(packed, desk_cert, &cert))?;
    write_folder(&out.join("export-2"), &other_log(packed, &device, &cert)?)?;
    Ok(())
}

/// The folder of the exam as the board left it when the packages were made.
fn exam(packed: &Packed, desk_cert: &str, other_cert: &str) -> Vec<(String, Vec<u8>)> {
    let people = &packed.contents.people.roster;
    let settings = &packed.contents.front.settings;
    let session = &settings.session;
    let title = &settings.title;
    let exam = format!(
        "board = \"{BOARD}\"\nid = \"{EXAM}\"\ntitle = \"{title}\"\ntraining = true\n\
         [[session]]\nid = \"{}\"\nstart = \"{}\"\n",
        session.id, session.start,
    );
    let places: BTreeSet<[String; 2]> = people.iter().map(|one| [one.site, one.room]).collect();
    let sites: BTreeSet<&str> = places.iter().map(|[site, _]| site.as_str()).collect();
    let lines = |head: &str, rows: Vec<String>| format!("{head}\n{}\n", rows.join("\n")).into_bytes();
    let desk = |id: &str, title: &str, room: u32| {
        format!("id = \"{id}\"\ntitle = \"{title}\"\nsite = \"{SITE}\"\nroom = \"{}\"\n", room_name(room)).into_bytes()
    };
    vec![
        ("exam.toml".to_owned(), exam.into_bytes()),
        ("sites.csv".to_owned(), lines("code,title", sites.iter().map(|site| format!("{site},")).collect())),
        (
            "rooms.csv".to_owned(),
            lines("site,room,capacity", places.iter().map(|[site, room]| format!("{site},{room},")).collect()),
        ),
        ("candidates.csv".to_owned(), canonical::write(people.iter().collect())),
        ("packages.csv".to_owned(), ledger(packed)),
        (format!("desks/{DESK}.toml"), desk(DESK, "1", super::world::ROOM)),
        (format!("desks/{DESK}.cert"), desk_cert.as_bytes().to_vec()),
        (format!("desks/{OTHER_DESK}.toml"), desk(OTHER_DESK, "2", OTHER_ROOM)),
        (format!("desks/{OTHER_DESK}.cert"), other_cert.as_bytes().to_vec()),
    ]
}

/// `packages.csv` with the one package.
fn ledger(packed: &Packed) -> Vec<u8> {
    let note = &packed.note;
    let mut text = "package,version,sha256,size,rows,packed_at,fingerprint,revocations,desks,received\n".to_owned();
    let _ = writeln!(
        text,
        "{},{},{},{},{},{},{},0,{DESK} {OTHER_DESK},{DESK} {OTHER_DESK}",
        note.id(),
        note.version,
        note.sha256,
        note.size,
        note.rows,
        note.not_before,
        note.sha256,
    );
    text.into_bytes()
}

/// The other desk's log: its room but for two people, and the first of this desk's people.
fn other_log(packed: &Packed, device: &NoteKey, cert: &str) -> Result<Vec<(String, Vec<u8>)>, DemoError> {
    let began = Timestamp::now().saturating_sub(SignedDuration::from_secs(BEGAN_S)).unwrap_or_default();
    let at = |second: u64| Stamp {
        wall: began + SignedDuration::from_secs(i64::try_from(second).unwrap_or(0)),
        boot_ms: 60_000 + second * 1_000,
    };
    let (store, operator) = (MemoryStore::default(), Code::new("gt-02")?);
    let (mut log, _) = AttendanceLog::open(store.clone(), &opening(packed, device, cert)?, at(0), &mut SystemRandom)?;
    let mut second = 0;
    for person in comers(packed) {
        second += PACE_S;
        log.append(&operator, check_in(packed, &person)?, at(second))?;
    }
    log.close(&operator, at(second + PACE_S))?;
    Ok(export(&mut store.clone(), cert, device)?)
}

fn comers(packed: &Packed) -> Vec<Candidate> {
    let people = &packed.contents.people.roster;
    let room: Vec<Candidate> = people.iter().filter(|one| one.room == room_name(OTHER_ROOM)).collect();
    let coming = room.len().saturating_sub(STAY_AWAY);
    let twice = lab::issuer::people::people().into_iter().next();
    let twice = twice.and_then(|person| people.by_id_number(&person.number).into_iter().next());
    room.into_iter().take(coming).chain(twice).collect()
}

fn opening<'a>(packed: &Packed, device: &'a NoteKey, cert: &str) -> Result<Opening<'a>, DemoError> {
    Ok(Opening {
        name: LogName {
            board: BOARD.to_owned(),
            exam: EXAM.parse()?,
            desk: OTHER_DESK.parse()?,
            session: packed.note.session.parse()?,
        },
        device,
        desk_cert: cert.to_owned(),
        training: true,
        boot_id: "demo".to_owned(),
        operator: Code::new("gt-02")?,
        package: Some(packed.note.reference()),
        policy_sha256: Digest([0; 32]),
        trust_store: "lab".to_owned(),
        program: concat!("diemdanh ", env!("CARGO_PKG_VERSION")).to_owned(),
        program_sha256: None,
        revocations: None,
        basis: OpenBasis::default(),
    })
}

fn check_in(packed: &Packed, person: &Candidate) -> Result<AttendanceEvent, DemoError> {
    let number = person.id_number.reveal();
    Ok(AttendanceEvent::CheckIn(CheckIn {
        cand: CandidateRef(person.id.0),
        doc: document_ref(&packed.contents.people.exam_key, *b"ID", *b"VNM", number),
        chip: ChipState::Pass,
        access: Code::new("pace-can")?,
        registry: RegistryState::Match,
        remarks: Vec::new(),
        late: false,
        second: None,
    }))
}
