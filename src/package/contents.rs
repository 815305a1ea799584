//! What is in a package: everything that a desk works from in one session at one site. It has two parts, sealed apart,
//! each a tar archive; no file of the one may stand in the other, so that neither is read as the other.
//!
//! ```text
//! the front, for the device key of each desk
//!   desks/<id>.toml      the desks of the site, desks/<id>.cert the board's certificates for them
//!   keys/<code>          the key of the other part, sealed for the PIN of this operator
//!   operators.toml       who works there, and how a PIN becomes a key; nothing that a guess can be compared with
//!   revocations          the board's signed list of revocations
//!   settings.toml        which exam, session and site, and the rules
//!   trust/<name>         the folder of CSCA certificates, its signed note included
//! the people, for whoever has the front and a PIN
//!   candidates.csv       the candidates of this session and site, in their canonical form
//!   exam.key             32 bytes: the key of the log's pseudonyms
//!   portraits/<id>       portraits by the candidates' ids
//! ```

use super::container::{self, Parts};
use super::operators::{self, Operator};
use super::rules::Rules;
use bits::secret::{Pii, Secret};
use jiff::Timestamp;
use roster::canonical::CanonicalError;
use roster::{CandidateId, Roster, canonical};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

pub use super::container::{MAX_CONTENTS_LEN, MAX_FILE_LEN, MAX_FILES, MAX_NAME_LEN};

/// Why a package's contents cannot be read. No variant shows a fact about a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentsFault {
    /// No tar archive, or a header that is none.
    #[error("not a tar archive as packages have it")]
    Archive,
    /// They end too early.
    #[error("truncated contents")]
    Cut,
    /// Something stands behind the last file.
    #[error("trailing data after the last file")]
    Trailing,
    /// A link, folder, device, sparse file, or a long name of GNU or pax.
    #[error("{name}: not a regular file (type “{kind}”)")]
    Kind {
        /// The file, as the archive calls it.
        name: String,
        /// The type of the header: `5` is a folder.
        kind: char,
    },
    /// A regular file whose header or padding says more than name and size.
    #[error("{name}: owner, mode, time or padding are not those of packages")]
    Header {
        /// The file.
        name: String,
    },
    /// A name that is no plain name of a file.
    #[error("“{name}” is no plain name")]
    Name {
        /// The name.
        name: String,
    },
    /// A file stands twice or not in its place.
    #[error("{name} stands twice or in the wrong place")]
    Order {
        /// The file.
        name: String,
    },
    /// More than is taken.
    #[error("{name}: more than {limit}")]
    TooLarge {
        /// What: a file, or all of them.
        name: String,
        /// The limit, in bytes or files.
        limit: usize,
    },
    /// A file that no package of this version has.
    #[error("{name}: no package has such a file")]
    Unknown {
        /// The file.
        name: String,
    },
    /// A file that every package has.
    #[error("{name} is missing")]
    Missing {
        /// The file.
        name: String,
    },
    /// A file that is not in its form.
    #[error("{name}, line {line}: not in its form")]
    Form {
        /// The file.
        name: String,
        /// The line, from 1.
        line: usize,
    },
    /// A portrait of nobody who is expected.
    #[error("{name}: nobody in the package has this id")]
    Nobody {
        /// The file.
        name: String,
    },
    /// The candidates.
    #[error("{CANDIDATES}, {0}")]
    Candidates(#[from] CanonicalError),
}

/// What a desk works from.
#[derive(Clone)]
pub struct Contents {
    /// What the device key opens.
    pub front: Front,
    /// What a PIN opens besides.
    pub people: People,
}

/// What a desk knows before anybody has signed in.
#[derive(Clone)]
pub struct Front {
    /// Which exam, session and site, and the rules.
    pub settings: PackageSettings,
    /// Who works at the desks.
    pub operators: Vec<Operator>,
    /// The key of the people, sealed for the operators' PINs, by their codes. Empty before the package is sealed.
    pub keys: BTreeMap<String, Vec<u8>>,
    /// The files of the folder of CSCA certificates, by their names in it.
    pub trust: BTreeMap<String, Vec<u8>>,
    /// The board's list of revocations, a signed note.
    pub revocations: Option<String>,
    /// The desks of the site, by their ids.
    pub desks: Vec<PackageDesk>,
}

/// Who is expected, and what points to them.
#[derive(Clone)]
pub struct People {
    /// Who is expected.
    pub roster: Roster,
    /// The key of the log's pseudonyms.
    pub exam_key: Secret<[u8; EXAM_KEY_LEN]>,
    /// Portraits, where there are any.
    pub portraits: BTreeMap<CandidateId, Pii<Vec<u8>>>,
}

/// Which exam, session and site a package is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageSettings {
    /// The board's domain, first part of every origin.
    pub board: String,
    /// The exam, a part of every log's name.
    pub exam: String,
    /// The exam's name as people read it, on screens and paper.
    pub title: String,
    /// Local time minus UTC, in hours.
    pub utc_offset_hours: i8,
    /// As the note says: the two are held together.
    pub training: bool,
    /// Which session the candidates are expected in, and when.
    pub session: PackageSession,
    /// Where they are expected.
    pub site: PackageSite,
    /// The board's rules; a desk's own file makes them stricter, never weaker.
    pub policy: Rules,
}

impl PackageSettings {
    /// SHA-256 of the settings as they stand in the package: the rules that the log's first entry names.
    pub fn sha256(&self) -> [u8; 32] {
        let text = toml::to_string(self).unwrap_or_default();
        Sha256::digest(text.as_bytes()).into()
    }
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageSession {
    /// A short word, `b1`; a part of every log's name.
    pub id: String,
    /// As the list of candidates writes it; empty where it has no sessions.
    pub title: String,
    /// When people may come; nothing where the exam does not say.
    pub opens: Option<Timestamp>,
    /// The start signal: who comes later is late.
    pub start: Timestamp,
    /// Nobody is let in after this moment; nothing: as long as the desk is open.
    pub last_entry: Option<Timestamp>,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageSite {
    /// As the list of candidates writes it; empty where the exam has no sites.
    pub code: String,
    /// Its name on screens and paper; empty for the code.
    pub title: String,
}

/// One desk of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageDesk {
    /// A part of its logs' names.
    pub id: String,
    /// Its name on the screen.
    pub title: String,
    /// The room, for a desk at a room's door; empty at the gate.
    pub room: String,
    /// The board's certificate for its device key, a signed note.
    pub cert: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskFile {
    id: String,
    title: String,
    room: String,
}

impl Front {
    /// The one run of bytes that is sealed for the desks. The same front is the same bytes. Whatever a guess at a PIN
    /// could be compared with is left out.
    ///
    /// # Errors
    /// [`ContentsFault::TooLarge`], [`ContentsFault::Name`].
    pub fn write(&self) -> Result<Secret<Vec<u8>>, ContentsFault> {
        let mut files = Parts::new();
        let mut put = |name: String, bytes: Vec<u8>| files.insert(name, Zeroizing::new(bytes));
        put(SETTINGS.to_owned(), to_toml(SETTINGS, &self.settings)?);
        let operators: Vec<Operator> = self.operators.iter().map(Operator::for_desk).collect();
        put(OPERATORS.to_owned(), operators::write(&operators).into_bytes());
        for (code, key) in &self.keys {
            put(format!("{KEYS}{code}"), key.clone());
        }
        for (name, bytes) in &self.trust {
            put(format!("{TRUST}{name}"), bytes.clone());
        }
        for desk in &self.desks {
            let PackageDesk { id, title, room, cert } = desk.clone();
            put(format!("{DESKS}{id}{CERT}"), cert.into_bytes());
            let name = format!("{DESKS}{id}{DESK}");
            let text = to_toml(&name, &DeskFile { id, title, room })?;
            put(name, text);
        }
        if let Some(list) = &self.revocations {
            put(REVOCATIONS.to_owned(), list.clone().into_bytes());
        }
        container::write(&files)
    }

    /// Reads what [`Front::write`] wrote; a file that is not known is refused by its name.
    ///
    /// # Errors
    /// [`ContentsFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, ContentsFault> {
        let mut files = container::read(bytes)?;
        let settings = from_toml(SETTINGS, taken(&mut files, SETTINGS)?)?;
        let operators = operators::read(taken(&mut files, OPERATORS)?)
            .map_err(|fault| ContentsFault::Form { name: OPERATORS.to_owned(), line: fault.line })?;
        let revocations = files.remove(REVOCATIONS).map(|bytes| text(REVOCATIONS, bytes)).transpose()?;
        let desks = desks(&mut files)?;
        let owned = |(name, bytes): (String, &[u8])| (name, bytes.to_vec());
        let keys: BTreeMap<String, Vec<u8>> = below(&mut files, KEYS).into_iter().map(owned).collect();
        if let Some(code) = keys.keys().find(|code| operators.iter().all(|one| one.code != **code)) {
            return Err(ContentsFault::Unknown { name: format!("{KEYS}{code}") });
        }
        let trust = below(&mut files, TRUST).into_iter().map(owned).collect();
        nothing_left(files)?;
        Ok(Self { settings, operators, keys, trust, revocations, desks })
    }
}

impl People {
    /// The one run of bytes that is sealed for the operators' PINs. The same people are the same bytes.
    ///
    /// # Errors
    /// [`ContentsFault::TooLarge`], [`ContentsFault::Name`].
    pub fn write(&self) -> Result<Secret<Vec<u8>>, ContentsFault> {
        let mut files = Parts::new();
        let mut put = |name: String, bytes: Vec<u8>| files.insert(name, Zeroizing::new(bytes));
        put(CANDIDATES.to_owned(), canonical::write(self.roster.iter().collect()));
        put(EXAM_KEY.to_owned(), self.exam_key.expose().to_vec());
        for (id, portrait) in &self.portraits {
            put(format!("{PORTRAITS}{id}"), portrait.reveal().clone());
        }
        container::write(&files)
    }

    /// Reads what [`People::write`] wrote; a file that is not known is refused by its name.
    ///
    /// # Errors
    /// [`ContentsFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, ContentsFault> {
        let mut files = container::read(bytes)?;
        let roster = Roster::from_canonical(taken(&mut files, CANDIDATES)?)?;
        let exam_key = taken(&mut files, EXAM_KEY)?.try_into().map_err(|_| form(EXAM_KEY))?;
        let portraits = portraits(&mut files, &roster)?;
        nothing_left(files)?;
        Ok(Self { roster, exam_key: Secret::new(exam_key), portraits })
    }
}

impl fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Contents({:?}, {:?})", self.front, self.people)
    }
}

impl fmt::Debug for Front {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Front({} desks, {} operators)", self.desks.len(), self.operators.len())
    }
}

impl fmt::Debug for People {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "People({} candidates, {} portraits)", self.roster.len(), self.portraits.len())
    }
}

fn taken<'a>(files: &mut BTreeMap<&'a str, &'a [u8]>, name: &str) -> Result<&'a [u8], ContentsFault> {
    files.remove(name).ok_or_else(|| ContentsFault::Missing { name: name.to_owned() })
}

fn nothing_left(files: BTreeMap<&str, &[u8]>) -> Result<(), ContentsFault> {
    match files.into_keys().next() {
        Some(name) => Err(ContentsFault::Unknown { name: name.to_owned() }),
        None => Ok(()),
    }
}

/// Takes the files of a folder out, by their names in it.
fn below<'a>(files: &mut BTreeMap<&'a str, &'a [u8]>, folder: &str) -> BTreeMap<String, &'a [u8]> {
    let names: Vec<&str> = files.keys().copied().filter(|name| name.starts_with(folder)).collect();
    let taken = names.into_iter().filter_map(|name| {
        let bytes = files.remove(name)?;
        Some((name.strip_prefix(folder)?.to_owned(), bytes))
    });
    taken.collect()
}

fn desks<'a>(files: &mut BTreeMap<&'a str, &'a [u8]>) -> Result<Vec<PackageDesk>, ContentsFault> {
    let mut found = below(files, DESKS);
    let mut desks = Vec::new();
    let ids: Vec<String> = found.keys().filter_map(|name| name.strip_suffix(DESK)).map(str::to_owned).collect();
    for id in ids {
        let (name, cert) = (format!("{DESKS}{id}{DESK}"), format!("{DESKS}{id}{CERT}"));
        let file: DeskFile = from_toml(&name, found.remove(&format!("{id}{DESK}")).unwrap_or_default())?;
        let bytes = found.remove(&format!("{id}{CERT}"));
        let bytes = bytes.ok_or_else(|| ContentsFault::Missing { name: cert.clone() })?;
        if file.id != id {
            return Err(form(&name));
        }
        desks.push(PackageDesk { id, title: file.title, room: file.room, cert: text(&cert, bytes)? });
    }
    match found.into_keys().next() {
        Some(name) => Err(ContentsFault::Unknown { name: format!("{DESKS}{name}") }),
        None => Ok(desks),
    }
}

fn portraits<'a>(
    files: &mut BTreeMap<&'a str, &'a [u8]>,
    roster: &Roster,
) -> Result<BTreeMap<CandidateId, Pii<Vec<u8>>>, ContentsFault> {
    let read = |(name, bytes): (String, &[u8])| {
        let whole = || format!("{PORTRAITS}{name}");
        let id = canonical::id_of(name.as_bytes()).ok_or_else(|| ContentsFault::Unknown { name: whole() })?;
        if bytes.len() > MAX_PORTRAIT_LEN {
            return Err(ContentsFault::TooLarge { name: whole(), limit: MAX_PORTRAIT_LEN });
        }
        roster.get(id).ok_or_else(|| ContentsFault::Nobody { name: whole() })?;
        Ok((id, Pii::new(bytes.to_vec())))
    };
    below(files, PORTRAITS).into_iter().map(read).collect()
}

fn text(name: &str, bytes: &[u8]) -> Result<String, ContentsFault> {
    String::from_utf8(bytes.to_vec()).map_err(|_| form(name))
}

fn to_toml<T: Serialize>(name: &str, value: &T) -> Result<Vec<u8>, ContentsFault> {
    toml::to_string(value).map(String::into_bytes).map_err(|_| form(name))
}

/// What the parser says is not passed on: it may quote the file.
fn from_toml<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, ContentsFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| form(name))?;
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        ContentsFault::Form { name: name.to_owned(), line: before.matches('\n').count() + 1 }
    })
}

fn form(name: &str) -> ContentsFault {
    ContentsFault::Form { name: name.to_owned(), line: 1 }
}

/// Bytes of the key of the log's pseudonyms.
pub const EXAM_KEY_LEN: usize = 32;
/// The largest portrait.
pub const MAX_PORTRAIT_LEN: usize = 1 << 20;

const SETTINGS: &str = "settings.toml";
const CANDIDATES: &str = "candidates.csv";
const OPERATORS: &str = "operators.toml";
const EXAM_KEY: &str = "exam.key";
const REVOCATIONS: &str = "revocations";
const KEYS: &str = "keys/";
const TRUST: &str = "trust/";
const DESKS: &str = "desks/";
const PORTRAITS: &str = "portraits/";
const DESK: &str = ".toml";
const CERT: &str = ".cert";
