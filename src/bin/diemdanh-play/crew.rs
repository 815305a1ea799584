//! The real desks of a played exam: their folders, their witness, their days.

use crate::seat::{Gone, Seat, ShiftedClock};
use bits::hex;
use bits::random::Random as _;
use bits::secret::Secret;
use desk::enrol::enrol;
use desk::handover::hand_over;
use desk::sessions::chosen;
use desk::start::read_config;
use desk::status::status;
use host::folder::{read_folder, write_folder};
use host::keys::open_key_file;
use host::random::SystemRandom;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use lab::card::CardData;
use lab::issuer::people::Person;
use lab::issuer::portrait::Coding;
use lab::issuer::{IssueError, Issuer, Making, trust_store_der};
use lab::registry_stub::{RegistryStub, StubError, StubSettings};
use played::{Crew, CrewDesk, CrewError, Enrolled, PlayOrder, Sat, Sitting};
use sample::SamplePerson;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Real desks, in folders of their own below `desks` in the exam's.
pub(crate) struct RealDesks {
    folder: PathBuf,
    desks: usize,
    trust: Vec<Vec<u8>>,
    days: Vec<Day>,
    admitted: AtomicU64,
    lifted: AtomicU64,
}

/// What happened at all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tally {
    /// People who were let in.
    pub(crate) admitted: u64,
    /// Of them, whose card was lifted and put back.
    pub(crate) lifted: u64,
}

/// One session: its clock, and the witness who lives by it.
struct Day {
    clock: ShiftedClock,
    witness: RegistryStub,
}

/// Why there are no real desks.
#[derive(Debug)]
pub(crate) enum NoCrew {
    /// No card can be signed.
    Card(IssueError),
    /// No witness.
    Witness(StubError),
}

impl std::fmt::Display for NoCrew {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Card(error) => write!(formatter, "the lab's cards: {error}"),
            Self::Witness(error) => write!(formatter, "the witness: {error}"),
        }
    }
}

impl RealDesks {
    /// So many desks for this exam; a witness for each session stands ready.
    pub(crate) fn new(order: &PlayOrder, desks: usize) -> Result<Self, NoCrew> {
        let trust = trust_store_der().map_err(NoCrew::Card)?;
        let days = if desks == 0 { 0 } else { order.sessions };
        let days = (0..days).map(|session| day(played::opens(order, session)));
        Ok(Self {
            folder: order.folder.join("desks"),
            desks,
            trust,
            days: days.collect::<Result<_, _>>().map_err(NoCrew::Witness)?,
            admitted: AtomicU64::new(0),
            lifted: AtomicU64::new(0),
        })
    }

    /// What happened at all desks so far.
    pub(crate) fn tally(&self) -> Tally {
        Tally { admitted: self.admitted.load(Ordering::Relaxed), lifted: self.lifted.load(Ordering::Relaxed) }
    }

    fn made(&self, asked: &CrewDesk<'_>) -> Result<Enrolled, Gone> {
        let folder = self.folder.join(asked.desk);
        let passphrase = hex::encode_lower(&SystemRandom.bytes(PASSPHRASE_LEN));
        let text = |text: String| text.into_bytes();
        let files = [
            ("desk.toml".to_owned(), text(configuration(asked))),
            ("device.pass".to_owned(), text(passphrase.clone())),
            ("board.vkey".to_owned(), text(format!("{}\n", asked.board_key))),
        ];
        write_folder(&folder, &files).map_err(said)?;
        let (config, base) = read_config(&folder.join("desk.toml")).map_err(|halted| halted.detail)?;
        let request = enrol(&config, &base, false, &mut SystemRandom).map_err(said)?;
        let device = open_key_file(&folder.join("device.key"), &Secret::new(passphrase)).map_err(said)?;
        Ok(Enrolled { request: request.note, device })
    }

    fn sat(&self, sitting: &Sitting<'_>) -> Result<Sat, Gone> {
        let folder = self.folder.join(sitting.desk);
        let day = self.days.get(sitting.session).ok_or("no such session")?;
        put(&folder, day, &sitting.package)?;
        let seat = Seat::open(&folder.join(CONFIG_FILE), std::sync::Arc::new(day.clock))?;
        let played = self.play(&seat, sitting);
        seat.stop();
        played?;
        let out = folder.join(format!("export-{}", sitting.session));
        let (config, base) = read_config(&folder.join(CONFIG_FILE)).map_err(|halted| halted.detail)?;
        let session = played::session_id(sitting.session);
        let plan = chosen(&config, &base, Some(&session)).map_err(|halted| halted.detail)?;
        hand_over(&plan, &out).map_err(said)?;
        let files = read_folder(&out).map_err(said)?;
        let entries = status(&plan).map_err(said)?.heads.iter().map(|head| head.size).sum();
        Ok(Sat { files: files.into_iter().collect(), entries })
    }

    fn play(&self, seat: &Seat, sitting: &Sitting<'_>) -> Result<(), Gone> {
        let issuer = Issuer::lab().map_err(said)?;
        seat.begin(sitting.pin)?;
        for (place, holder) in
            sitting.line.iter().enumerate().filter(|(place, _)| place % ABSENT_EVERY != ABSENT_EVERY - 1)
        {
            let (person, card) = card_of(&issuer, holder, sitting.opens)?;
            let is_lifted = place % LIFTED_EVERY == LIFTED_EVERY - 1;
            if seat.check_in(&person.qr(), &card, is_lifted)? {
                self.admitted.fetch_add(1, Ordering::Relaxed);
                self.lifted.fetch_add(u64::from(is_lifted), Ordering::Relaxed);
            }
        }
        seat.close(sitting.pin)
    }
}

impl Crew for RealDesks {
    fn desks(&self) -> usize {
        self.desks
    }

    fn trust(&self) -> Vec<Vec<u8>> {
        self.trust.clone()
    }

    fn witnesses(&self) -> Vec<(String, String)> {
        let key =
            |(at, day): (usize, &Day)| (format!("real-{}.vkey", at + 1), format!("{}\n", day.witness.witness_key()));
        self.days.iter().enumerate().map(key).collect()
    }

    fn enrol(&self, asked: &CrewDesk<'_>) -> Result<Enrolled, CrewError> {
        self.made(asked).map_err(|what| CrewError { desk: asked.desk.to_owned(), what })
    }

    fn sit(&self, sitting: &Sitting<'_>) -> Result<Sat, CrewError> {
        self.sat(sitting).map_err(|what| CrewError { desk: sitting.desk.to_owned(), what })
    }
}

/// A session whose doors have been open for some minutes.
fn day(opens: Timestamp) -> Result<Day, StubError> {
    let now = opens.as_second() + OPEN_FOR_S;
    let shift_s = now - bits::stamp::Clock::now(&host::clock::SystemClock).wall.as_second();
    let settings = StubSettings { witness_clock_s: shift_s, ..StubSettings::default() };
    Ok(Day { clock: ShiftedClock(shift_s), witness: RegistryStub::start(settings, &mut SystemRandom)? })
}

/// Puts a session's package on the desk's stick, and says where its witness is.
fn put(folder: &Path, day: &Day, package: &[u8]) -> Result<(), Gone> {
    day.witness.hand_out(folder).map_err(said)?;
    let config = host::file::read(&folder.join("desk.toml"), MAX_CONFIG_LEN).map_err(said)?;
    let witness = format!(
        "[witness]\nurl = \"{}\"\nca = \"registry-ca.pem\"\nverifier = \"witness.vkey\"\n",
        day.witness.witness_prefix()
    );
    let files = [
        (CONFIG_FILE.to_owned(), [config.as_slice(), witness.as_bytes()].concat()),
        ("stick/goi.diemdanh".to_owned(), package.to_vec()),
    ];
    host::file::create_folders(&folder.join("stick")).map_err(said)?;
    host::folder::replace_files(folder, &files).map_err(said)
}

fn card_of(issuer: &Issuer, holder: &SamplePerson, day: Timestamp) -> Result<(Person, CardData), Gone> {
    let day = day.to_zoned(jiff::tz::TimeZone::UTC).date();
    let years = |years: i64| -> Date { day.checked_add(years.years()).unwrap_or(day) };
    let person = Person {
        number: holder.id_number.clone(),
        full_name: holder.full_name(),
        birth: holder.born,
        female: holder.female,
        issued: years(-2),
        expiry: Some(years(5)),
        old_number: None,
        face: holder.seat,
    };
    let card = issuer.issue(&person, &Making { portrait: Coding::Jpeg, ..Making::default() }).map_err(said)?;
    Ok((person, card))
}

/// The desk's own file.
fn configuration(asked: &CrewDesk<'_>) -> String {
    let CrewDesk { board, exam, desk, site, .. } = asked;
    format!(
        "[exam]\nboard = \"{board}\"\nid = \"{exam}\"\n\
         [desk]\nid = \"{desk}\"\nsite = \"{site}\"\ntraining = true\n\
         [paths]\npackages = \"packages\"\ninbox = [\"stick\"]\nboard_key = \"board.vkey\"\njournal = \"journal\"\n\
         device_key = \"device.key\"\npassphrase = \"device.pass\"\n",
    )
}

fn said(error: impl std::fmt::Display) -> Gone {
    error.to_string()
}

const CONFIG_FILE: &str = "desk-of-the-session.toml";
const PASSPHRASE_LEN: usize = 16;
const MAX_CONFIG_LEN: u64 = 64 << 10;
/// The doors are open for so long when a real desk begins.
const OPEN_FOR_S: i64 = 10 * 60;
/// One in so many does not come.
const ABSENT_EVERY: usize = 12;
/// One in so many lifts the card too early.
const LIFTED_EVERY: usize = 7;
