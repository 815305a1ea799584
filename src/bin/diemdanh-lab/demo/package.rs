//! What the demo's board puts on a stick: the package of the session, and one that was damaged on the way.

use super::world::{BOARD, DESK, DemoError, EXAM, ListSize, ROOM, SITE, roster};
use bits::random::Random as _;
use bits::secret::{Pii, Secret};
use crypto::pin::{PinCost, PinLock};
use host::random::SystemRandom;
use host::sealed;
use jiff::{SignedDuration, Timestamp};
use lab::issuer::people::people;
use lab::issuer::portrait::{Coding, coded};
use lab::issuer::trust_store_der;
use lab::roster_sample::room_name;
use package::Rules;
use package::contents::{Contents, Front, PackageDesk, PackageSession, PackageSettings, PackageSite, People};
use package::note::{PackageNote, digest_of, seal_file};
use package::operators::{Operator, Role, Telephone};
use package::sealing::{self, SealTools, SealedContents};
use record::BoardKeys;
use roster::Roster;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tlog::NoteKey;

/// The PIN of everybody in the demo.
pub(crate) const PIN: &str = "480913";

/// What was packed, as the board keeps it.
pub(super) struct Packed {
    /// What the package's note says.
    pub(super) note: PackageNote,
    /// What is in it.
    pub(super) contents: Contents,
}

/// Writes the stick.
pub(super) fn write_stick(
    stick: &Path,
    board: &NoteKey,
    recipient: &str,
    cert: &str,
    list: ListSize,
) -> Result<Packed, DemoError> {
    fs::create_dir_all(stick)?;
    let contents = contents(cert, list)?;
    let (note, good) = packed(&contents, board, recipient)?;
    let mut damaged = good.clone();
    if let Some(byte) = damaged.last_mut() {
        *byte ^= 1;
    }
    fs::write(stick.join("tap-huan-b1-0901-v1.diemdanh"), good)?;
    fs::write(stick.join("ban-chep-loi.diemdanh"), damaged)?;
    Ok(Packed { note, contents })
}

fn packed(contents: &Contents, board: &NoteKey, recipient: &str) -> Result<(PackageNote, Vec<u8>), DemoError> {
    let with = SealTools {
        seal: &|bytes, recipients| sealed::seal(bytes, recipients).ok(),
        fresh: &sealed::generate,
        recipient: &|public| sealed::recipient_from(public).ok(),
    };
    let SealedContents { bytes: sealed, front_len } = sealing::seal(contents, &[recipient], None, &with)?;
    let (now, day) = (Timestamp::now(), SignedDuration::from_hours(24));
    let note = PackageNote {
        board: BOARD.to_owned(),
        exam: EXAM.to_owned(),
        session: "b1".to_owned(),
        site: SITE.to_owned(),
        training: true,
        version: 1,
        not_before: now.saturating_sub(day).unwrap_or(now),
        not_after: now.saturating_add(day).unwrap_or(now),
        rows: u64::try_from(contents.people.roster.len()).unwrap_or(u64::MAX),
        size: u64::try_from(sealed.len()).unwrap_or(u64::MAX),
        front: front_len,
        sha256: digest_of(&sealed),
        min_program: env!("CARGO_PKG_VERSION").to_owned(),
        revocations: 0,
        previous: None,
        board_keys: Some(BoardKeys::one(board.verifier().clone()).digest()),
    };
    let file = seal_file(&note.sign(board)?, &sealed);
    Ok((note, file))
}

fn contents(cert: &str, list: ListSize) -> Result<Contents, DemoError> {
    let mut key = [0; 32];
    SystemRandom.fill(&mut key);
    let exam_key = Secret::new(key);
    let roster = Roster::new(roster(&exam_key, list));
    let mut portraits = BTreeMap::new();
    for person in people() {
        for row in roster.by_id_number(&person.number) {
            portraits.insert(row.id, Pii::new(coded(&person, Coding::Jpeg)?));
        }
    }
    let trust = trust_store_der()?.into_iter().enumerate();
    let front = Front {
        settings: settings(),
        operators: operators()?,
        keys: BTreeMap::new(),
        trust: trust.map(|(index, certificate)| (format!("lab-csca-{index}.cer"), certificate)).collect(),
        revocations: None,
        desks: vec![PackageDesk {
            id: DESK.to_owned(),
            title: "1".to_owned(),
            room: room_name(ROOM),
            cert: cert.to_owned(),
        }],
    };
    Ok(Contents { front, people: People { roster, exam_key, portraits } })
}

/// A session whose start signal is 25 minutes away: the door is open, nobody is late.
fn settings() -> PackageSettings {
    let now = Timestamp::now();
    PackageSettings {
        board: BOARD.to_owned(),
        exam: EXAM.to_owned(),
        title: "Tập huấn kỳ thi tốt nghiệp THPT".to_owned(),
        utc_offset_hours: 7,
        training: true,
        session: PackageSession {
            id: "b1".to_owned(),
            title: String::new(),
            opens: None,
            start: now.saturating_add(SignedDuration::from_mins(25)).unwrap_or(now),
            last_entry: None,
        },
        site: PackageSite { code: SITE.to_owned(), title: "Trường THPT Mẫu".to_owned() },
        policy: Rules::default(),
    }
}

fn operators() -> Result<Vec<Operator>, DemoError> {
    let pin = PinLock::make(&Secret::new(PIN.to_owned()), PinCost::default(), &mut SystemRandom)?;
    let operator = |code: &str, name: &str, role: Role, telephone: &str| Operator {
        code: code.to_owned(),
        name: name.to_owned(),
        role,
        site: SITE.to_owned(),
        pin: Some(pin.clone()),
        telephone: Telephone::parse(telephone),
        revoked: None,
    };
    Ok(vec![
        operator("gt-01", "Nguyễn Mẫu", Role::Invigilator, ""),
        operator("gt-02", "Trần Thị Thử", Role::Invigilator, ""),
        operator("tdt-01", "Lê Kiểm Tra", Role::HeadOfSite, "0900 000 001"),
    ])
}
