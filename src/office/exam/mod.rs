//! An exam as a folder of small files, made to be kept in version control.
//!
//! ```text
//! exam.toml        which exam, rooms' capacity, sessions
//! sites.csv        code, title
//! rooms.csv        site, room, capacity
//! candidates.csv   everybody, sorted, each with an id that stays
//! exempt.csv       who need not sit which session, where anybody is exempt: session, candidate
//! operators.toml   who works at the desks
//! policy.toml      the rules of the desks
//! mapping.toml     how the last list was read
//! import.toml      which list that was, and what was accepted
//! trust/           country signers' certificates and revocation lists
//! desks/<id>.toml  the desks; <id>.request what they asked for, <id>.cert their certificates
//! packages.csv     the packages that were made, and who took them
//! programs.csv     the programs that desks may run, where the board lists them
//! receipts/        what the desks signed about that
//! logs/            the exports that were received, one folder each; apart/ those that were not taken
//! portraits/       <SBD>.jpg or <number>.jpg, where there are any
//! ```
//!
//! Invariants:
//! - Reading and writing again gives the same bytes, whatever was in the folder.
//! - An unknown key is refused by name: a misspelt rule must not be a missing rule.
//! - No file, no clock: the program hands over bytes and takes back bytes.

pub mod check;
mod check_sessions;
mod check_text;
pub mod desks;
pub mod enrolment;
pub mod exempt;
pub mod expecting;
pub mod issued;
pub mod ledger;
mod letter_list;
pub mod letter_page;
pub mod letters;
pub mod package;
pub mod packing;
pub mod places;
pub mod policy;
pub mod report;
pub mod settings;

pub use ::package::operators::{self, Operator, Role};
pub use check::{Fault, check};
pub use desks::Desk;
pub use enrolment::{DeskEnrolment, DeskState};
pub use exempt::{EXEMPT_FILE, Exempt};
pub use issued::{Issued, PROGRAMS_FILE};
pub use ledger::{Ledger, Packed};
pub use places::{Room, Site};
pub use policy::Policy;
pub use settings::{Session, Settings};

use super::language::FormWords;
use ::package::operators::OperatorsError;
use roster::canonical::CanonicalError;
use roster::{Candidate, CandidateNumber, Roster, canonical};
use std::collections::BTreeMap;

/// The files of a folder, or of an export, by their paths, parts separated by `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The file of [`Settings`].
pub const EXAM_FILE: &str = "exam.toml";
/// The file of the sites.
pub const SITES_FILE: &str = "sites.csv";
/// The file of the rooms.
pub const ROOMS_FILE: &str = "rooms.csv";
/// The file of the candidates, in their canonical form.
pub const CANDIDATES_FILE: &str = "candidates.csv";
/// The file of the operators.
pub const OPERATORS_FILE: &str = "operators.toml";
/// The file of the desks' rules.
pub const POLICY_FILE: &str = "policy.toml";
/// The file that tells how the last list was read.
pub const MAPPING_FILE: &str = "mapping.toml";
/// The file that tells which list that was.
pub const IMPORT_FILE: &str = "import.toml";
/// The file of the packages.
pub const PACKAGES_FILE: &str = "packages.csv";
/// The folder of CSCA certificates.
pub const TRUST_FOLDER: &str = "trust/";
/// The folder of the desks.
pub const DESKS_FOLDER: &str = "desks/";
/// The folder of the board's members.
pub const MEMBERS_FOLDER: &str = "members/";
/// The folder of the desks' receipts for packages.
pub const RECEIPTS_FOLDER: &str = "receipts/";
/// The folder of the exports that were received and found sound, one folder each.
pub const LOGS_FOLDER: &str = "logs/";
/// The folder of what was found out about kept exports: sealed, and made again where it is missing.
pub const INDEX_FOLDER: &str = "index/";
/// The folder of exports that were not: forged, damaged, not to be decided, another exam's, training.
pub const APART_FOLDER: &str = "apart/";
/// The folder of portraits.
pub const PORTRAITS_FOLDER: &str = "portraits/";

/// Why a folder is no exam.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExamError {
    /// A file that every exam has.
    #[error("the file {file} is missing")]
    Missing {
        /// Its path in the folder.
        file: String,
    },
    /// A file that is not in its form.
    #[error("{file}, line {line}: {what}")]
    Form {
        /// Its path in the folder.
        file: String,
        /// The line.
        line: usize,
        /// What is wrong.
        what: FormFault,
    },
    /// The list of candidates.
    #[error("{CANDIDATES_FILE}, {0}")]
    Candidates(#[from] CanonicalError),
}

impl ExamError {
    /// What the clerk reads, who may have had the file in an editor.
    pub fn said(&self, words: &FormWords) -> String {
        match self {
            Self::Missing { file } => words.missing(file),
            Self::Form { file, line, what } => words.form(file, line, what.said(words)),
            Self::Candidates(error) => words.form(CANDIDATES_FILE, error.line(), candidates_fault(error, words)),
        }
    }
}

fn candidates_fault(error: &CanonicalError, words: &FormWords) -> String {
    match error {
        CanonicalError::Header => words.headings(),
        CanonicalError::Form { .. } => words.csv(),
        CanonicalError::Id { .. } => words.candidate_id(),
        CanonicalError::Number { .. } => words.candidate_number(),
        CanonicalError::BirthDate { .. } => words.birth_date(),
        CanonicalError::Sex { .. } => words.sex(),
    }
}

/// What is wrong with a file of an exam.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// Other bytes than text.
    #[error("not UTF-8")]
    Utf8,
    /// What the library says of TOML.
    #[error("{0}")]
    Toml(String),
    /// Not comma-separated.
    #[error("not CSV")]
    Csv,
    /// Other headings.
    #[error("unexpected headings")]
    Headings,
    /// A row in no form of ours.
    #[error("malformed row")]
    Row,
    /// Packages twice, or out of order.
    #[error("duplicate or out-of-order package")]
    Order,
    /// A place without a code, or with a number that is none.
    #[error("missing code or malformed number")]
    Place,
    /// A desk's file under another name.
    #[error("id = “{0}” is not the file's name")]
    DeskId(String),
    /// A line that names no program.
    #[error("wanted: SHA-256 of the program's file, a comma, a name")]
    Program,
    /// A request or certificate of nobody.
    #[error("this desk has no .toml file")]
    NoDesk,
    /// Not a request.
    #[error("no signed request for enrolment")]
    NoRequest,
    /// Not a certificate.
    #[error("no desk's certificate")]
    NoCert,
}

impl FormFault {
    fn said(&self, words: &FormWords) -> String {
        match self {
            Self::Utf8 => words.utf8(),
            Self::Toml(message) => message.clone(),
            Self::Csv => words.csv(),
            Self::Headings => words.headings(),
            Self::Row => words.row(),
            Self::Order => words.order(),
            Self::Place => words.place(),
            Self::DeskId(id) => words.desk_id(id),
            Self::Program => words.program(),
            Self::NoDesk => words.no_desk(),
            Self::NoRequest => words.no_request(),
            Self::NoCert => words.no_cert(),
        }
    }
}

/// A whole exam.
#[derive(Debug, Clone)]
pub struct Exam {
    /// Which exam, and its sessions.
    pub settings: Settings,
    /// Its sites, by their code.
    pub sites: Vec<Site>,
    /// Its rooms, by site and name.
    pub rooms: Vec<Room>,
    /// Everybody who is expected.
    pub candidates: Roster,
    /// Who works at the desks.
    pub operators: Vec<Operator>,
    /// Who need not sit which session.
    pub exempt: Exempt,
    /// The rules of the desks.
    pub policy: Policy,
    /// Nobody wrote rules: these are the usual ones.
    pub is_policy_unsaid: bool,
    /// The desks, by their id.
    pub desks: Vec<Desk>,
    /// How the desks are enrolled, by their ids.
    pub enrolments: BTreeMap<String, DeskEnrolment>,
    /// The packages that were made.
    pub packages: Ledger,
    /// The CSCA certificates by their names in their folder.
    pub trust: Files,
}

impl Exam {
    /// Reads an exam from the files of its folder. Files that it does not know are nobody's business here.
    ///
    /// # Errors
    /// [`ExamError`].
    pub fn read(files: &Files) -> Result<Self, ExamError> {
        let candidates = match files.get(CANDIDATES_FILE) {
            Some(bytes) => Roster::from_canonical(bytes)?,
            None => Roster::default(),
        };
        let settings = Settings::read(required(files, EXAM_FILE)?)?;
        let knows = |session: &str, number: &CandidateNumber| {
            settings.sessions.iter().any(|one| one.id == session) && !candidates.by_number(number).is_empty()
        };
        let exempt = Exempt::read(files.get(EXEMPT_FILE).map(Vec::as_slice).unwrap_or_default(), &knows)?;
        let below = |folder: &str| {
            let found = files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(folder)?.to_owned(), bytes)));
            found.filter(|(name, _)| !name.contains('/')).collect::<Vec<_>>()
        };
        let desk_files = below(DESKS_FOLDER);
        let desks = desk_files.iter().filter(|(name, _)| name.ends_with(".toml"));
        let desks = desks.map(|(name, bytes)| Desk::read(&format!("{DESKS_FOLDER}{name}"), bytes));
        let desks = desks.collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            settings,
            exempt,
            sites: places::read_sites(files.get(SITES_FILE).map(Vec::as_slice).unwrap_or_default())?,
            rooms: places::read_rooms(files.get(ROOMS_FILE).map(Vec::as_slice).unwrap_or_default())?,
            candidates,
            operators: read_operators(files.get(OPERATORS_FILE).map(Vec::as_slice).unwrap_or_default())?,
            is_policy_unsaid: files.get(POLICY_FILE).is_none_or(|text| text.trim_ascii().is_empty()),
            policy: Policy::read(files.get(POLICY_FILE).map(Vec::as_slice).unwrap_or_default())?,
            enrolments: enrolment::read(DESKS_FOLDER, &desk_files, &desks)?,
            packages: Ledger::read(files.get(PACKAGES_FILE).map(Vec::as_slice).unwrap_or_default())?,
            desks,
            trust: below(TRUST_FOLDER).into_iter().map(|(name, bytes)| (name, bytes.clone())).collect(),
        })
    }

    /// The files of a new exam, with nobody in it.
    pub fn new_files(settings: &Settings) -> Files {
        let mut files = Files::new();
        files.insert(EXAM_FILE.to_owned(), settings.write().into_bytes());
        files.insert(SITES_FILE.to_owned(), places::write_sites(&[]));
        files.insert(ROOMS_FILE.to_owned(), places::write_rooms(&[]));
        files.insert(CANDIDATES_FILE.to_owned(), canonical::write(Vec::new()));
        files.insert(OPERATORS_FILE.to_owned(), operators::write(&[]).into_bytes());
        files.insert(POLICY_FILE.to_owned(), Policy::default().write().into_bytes());
        files.insert(format!("{TRUST_FOLDER}READ-ME.txt"), TRUST_READ_ME.as_bytes().to_vec());
        files.insert(format!("{DESKS_FOLDER}READ-ME.txt"), DESKS_READ_ME.as_bytes().to_vec());
        files
    }

    /// The files that change when these are the candidates: candidates, and the sites and rooms that they name and
    /// that are not known yet. Sites and rooms are never taken away.
    pub fn with_candidates(&self, candidates: Vec<Candidate>) -> Files {
        self.with_sorted(canonical::sorted(candidates).into_iter())
    }

    /// [`Exam::with_candidates`] for people who come one by one, in the order of a roster.
    pub fn with_sorted(&self, candidates: impl Iterator<Item = Candidate>) -> Files {
        let mut places = places::Named::new(&self.sites, &self.rooms);
        let mut list = canonical::Writer::default();
        for one in candidates {
            places.take(&one);
            list.push(&one);
        }
        let mut files = places.files();
        files.insert(CANDIDATES_FILE.to_owned(), list.finish());
        files
    }
}

fn required<'a>(files: &'a Files, name: &str) -> Result<&'a [u8], ExamError> {
    files.get(name).map(Vec::as_slice).ok_or_else(|| ExamError::Missing { file: name.to_owned() })
}

fn read_operators(bytes: &[u8]) -> Result<Vec<Operator>, ExamError> {
    let form = |line, what| ExamError::Form { file: OPERATORS_FILE.to_owned(), line, what };
    std::str::from_utf8(bytes).map_err(|_| form(1, FormFault::Utf8))?;
    operators::read(bytes).map_err(|OperatorsError { line, what }| form(line, FormFault::Toml(what)))
}

/// Reads a TOML file with its name and line on every fault.
fn from_toml<T: serde::de::DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, ExamError> {
    let form = |line: usize, what: FormFault| ExamError::Form { file: file.to_owned(), line, what };
    let text = std::str::from_utf8(bytes).map_err(|_| form(1, FormFault::Utf8))?;
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        form(before.matches('\n').count() + 1, FormFault::Toml(error.message().to_owned()))
    })
}

const TRUST_READ_ME: &str = "\
Chứng thư của cơ quan phát hành thẻ (CSCA) và danh sách thu hồi.
Dùng: diemdanh-board trust import --into <thư mục này> <tệp>...
";
const DESKS_READ_ME: &str = "\
Mỗi bàn một tệp <mã bàn>.toml:

id = \"ban-01\"
title = \"Bàn 1\"
site = \"0901\"

Ghi danh: diemdanh-board exam enrol; xem: diemdanh-board exam desks.
";
