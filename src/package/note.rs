//! What the board says about a package for desks, and what a desk says when it took one.
//!
//! A package is one file: a signed note, an empty line, two age ciphertexts one behind the other. The note is judged
//! before anything is decrypted. What is in the ciphertexts is another room's matter: the first is for the desks' keys,
//! the second needs an operator's PIN besides.
//!
//! A package lives for days: a form of earlier programs is refused by its name, never read.

use bits::{hex, text};
use jiff::Timestamp;
use record::ids::DeskId;
use record::statement::{Fields, Statement, board_keys_line};
use record::{BoardKeys, Code, Digest, PackageRef};
use sha2::{Digest as _, Sha256};
use tlog::{NoteError, NoteKey, NoteSigner, NoteVerifier};

/// The largest note of a package that is read, signature included.
pub const MAX_PACKAGE_NOTE_LEN: usize = 8 << 10;
/// The largest ciphertext of a package.
pub const MAX_PACKAGE_LEN: u64 = 1 << 30;

/// What the board says about one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageNote {
    /// The board's domain, and the name of the key that signs.
    pub board: String,
    /// The exam's word, first part of the package's id.
    pub exam: String,
    /// The session's word, a part of every log that is written with it.
    pub session: String,
    /// The site, as the list of candidates writes it; empty where the exam has no sites.
    pub site: String,
    /// Packed for training: no desk takes it for an exam, none takes another for training.
    pub training: bool,
    /// One more with every package of this exam, session and site, from 1.
    pub version: u32,
    /// No desk takes it before this moment.
    pub not_before: Timestamp,
    /// No desk takes it or works with it after this moment, by the latest time it knows.
    pub not_after: Timestamp,
    /// How many candidates the people's part lists: it is counted when a PIN opens it.
    pub rows: u64,
    /// How long both ciphertexts are together, in bytes.
    pub size: u64,
    /// How long the first ciphertext, the front, is; the people's is the rest.
    pub front: u64,
    /// SHA-256 of both ciphertexts.
    pub sha256: Digest,
    /// The oldest program that understands it: `0.1.0`.
    pub min_program: String,
    /// The number of the revocation list in it; 0 where there is none.
    pub revocations: u32,
    /// SHA-256 of the ciphertexts of the version before; nothing for version 1.
    pub previous: Option<Digest>,
    /// The set of board keys that speaks here; packages of older programs name none.
    pub board_keys: Option<Digest>,
}

/// Why a package is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageFault {
    /// Not in the form of a package.
    #[error("not a package")]
    Form,
    /// In a form of older programs, or of newer ones.
    #[error("unsupported package format {found}, expected {PACKAGE}")]
    OtherForm {
        /// Its first line.
        found: String,
        /// The form came after this program's.
        is_newer: bool,
    },
    /// The board did not sign it.
    #[error("the package's note: {0}")]
    Note(#[from] NoteError),
    /// Cut, or something was added.
    #[error("the package has {found} bytes; its note says {stated}")]
    Size {
        /// What the note says.
        stated: u64,
        /// What there is.
        found: u64,
    },
    /// Other bytes than those that the board signed.
    #[error("the package's bytes are not those that the board signed")]
    Digest,
    /// Another board's.
    #[error("the package is of the board {found}")]
    Board {
        /// Whose.
        found: String,
    },
    /// Another exam's.
    #[error("the package is for the exam {found}")]
    Exam {
        /// Which.
        found: String,
    },
    /// Another session's.
    #[error("the package is for the session {found}")]
    Session {
        /// Which.
        found: String,
    },
    /// Another site's.
    #[error("the package is for the site {found}")]
    Site {
        /// Which.
        found: String,
    },
    /// A package for training at a live desk, or the other way round.
    #[error("{}", if *training { "the package is for training only" } else { "the package is not for training" })]
    Mode {
        /// What the package is for.
        training: bool,
    },
    /// Not good yet.
    #[error("the package is good from {from}")]
    Early {
        /// From when.
        from: Timestamp,
    },
    /// Not good any more.
    #[error("the package was good until {until}")]
    Expired {
        /// Until when.
        until: Timestamp,
    },
    /// This program is too old for it.
    #[error("the package needs version {needs} of the program")]
    Program {
        /// The oldest version that understands it.
        needs: String,
    },
    /// Older than one that was taken before.
    #[error("the package has version {version}; version {seen} was taken before")]
    Older {
        /// Its version.
        version: u32,
        /// The version that was taken.
        seen: u32,
    },
    /// Two packages of one version, or a version that does not follow the one that was taken.
    #[error("version {version} of the package does not follow the one that was taken before")]
    OtherHistory {
        /// Its version.
        version: u32,
    },
    /// Its revocation list is older than one that was seen before.
    #[error("the package has revocation list {number}; list {seen} was seen before")]
    Revocations {
        /// Its list.
        number: u32,
        /// The list that was seen.
        seen: u32,
    },
}

/// What the taker of a package knows. What is `None` fits every package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackageUse<'a> {
    /// The exam.
    pub exam: Option<&'a str>,
    /// The session.
    pub session: Option<&'a str>,
    /// The site.
    pub site: Option<&'a str>,
    /// For training.
    pub training: bool,
    /// The version of the running program.
    pub program: &'a str,
    /// The latest of all times that are known: wall clock, last time in the log, last signed time from outside.
    pub now: Timestamp,
    /// Version and digest of the package that was taken last under this id.
    pub seen: Option<(u32, Digest)>,
    /// The highest number of a revocation list that was seen.
    pub revocations: u32,
}

impl PackageNote {
    /// Signs it with the board's key.
    ///
    /// # Errors
    /// [`NoteError::Form`] when a field cannot stand on a line; [`NoteError::BadName`] for another board's key.
    pub fn sign(&self, board: &NoteKey) -> Result<String, NoteError> {
        if board.verifier().name() == self.board { self.signed(board) } else { Err(NoteError::BadName) }
    }

    /// Reads a note that `board` must have signed, and that names it.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str, board: &BoardKeys) -> Result<Self, NoteError> {
        let read = Self::opened_by(note, board)?;
        if read.board == board.board() { Ok(read) } else { Err(NoteError::BadName) }
    }

    /// Reads a note without checking who signed it: for showing it, never for trusting it.
    pub fn peek(note: &str) -> Option<Self> {
        Self::peeked(note)
    }

    /// The package's name, see [`package_id`].
    pub fn id(&self) -> String {
        package_id(&self.exam, &self.session, &self.site)
    }

    /// The name of the package's file.
    pub fn file_name(&self) -> String {
        format!("{}-v{}.diemdanh", self.id().replace('/', "-"), self.version)
    }

    /// How an entry of the log names the package.
    pub fn reference(&self) -> PackageRef {
        let id = Code::new(&self.id()).unwrap_or_else(|_| Code::unknown());
        PackageRef { id, version: self.version, sha256: self.sha256 }
    }

    /// Says that these are the bytes that the note is about.
    ///
    /// # Errors
    /// [`PackageFault::Size`], [`PackageFault::Digest`].
    pub fn judge(&self, ciphertext: &[u8]) -> Result<(), PackageFault> {
        let found = u64::try_from(ciphertext.len()).unwrap_or(u64::MAX);
        if found != self.size {
            return Err(PackageFault::Size { stated: self.size, found });
        }
        if digest_of(ciphertext) == self.sha256 { Ok(()) } else { Err(PackageFault::Digest) }
    }

    /// The two ciphertexts, found to be what the note is about.
    ///
    /// # Errors
    /// [`PackageFault::Size`], [`PackageFault::Digest`], [`PackageFault::Form`].
    pub fn parts<'a>(&self, ciphertexts: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), PackageFault> {
        self.judge(ciphertexts)?;
        let front = usize::try_from(self.front).map_err(|_| PackageFault::Form)?;
        ciphertexts.split_at_checked(front).ok_or(PackageFault::Form)
    }

    /// Says that a desk may work from this package.
    ///
    /// # Errors
    /// The first [`PackageFault`], place before time before version.
    pub fn suits(&self, taker: &PackageUse<'_>) -> Result<(), PackageFault> {
        self.suits_place(taker)?;
        if taker.now < self.not_before {
            return Err(PackageFault::Early { from: self.not_before });
        }
        if taker.now > self.not_after {
            return Err(PackageFault::Expired { until: self.not_after });
        }
        if program(taker.program).is_none_or(|runs| program(&self.min_program).is_none_or(|needs| runs < needs)) {
            return Err(PackageFault::Program { needs: self.min_program.clone() });
        }
        self.follows(taker)
    }

    fn suits_place(&self, taker: &PackageUse<'_>) -> Result<(), PackageFault> {
        let differs = |wanted: Option<&str>, found: &str| wanted.is_some_and(|wanted| wanted != found);
        if differs(taker.exam, &self.exam) {
            return Err(PackageFault::Exam { found: self.exam.clone() });
        }
        if differs(taker.session, &self.session) {
            return Err(PackageFault::Session { found: self.session.clone() });
        }
        if differs(taker.site, &self.site) {
            return Err(PackageFault::Site { found: self.site.clone() });
        }
        if taker.training == self.training { Ok(()) } else { Err(PackageFault::Mode { training: self.training }) }
    }

    fn follows(&self, taker: &PackageUse<'_>) -> Result<(), PackageFault> {
        let version = self.version;
        if let Some((seen, sha256)) = taker.seen {
            if version < seen {
                return Err(PackageFault::Older { version, seen });
            }
            let is_same = version == seen && self.sha256 == sha256;
            let is_next = version == seen.saturating_add(1) && self.previous == Some(sha256);
            if !is_same && !is_next && version <= seen.saturating_add(1) {
                return Err(PackageFault::OtherHistory { version });
            }
        }
        let (number, seen) = (self.revocations, taker.revocations);
        if number != 0 && number < seen { Err(PackageFault::Revocations { number, seen }) } else { Ok(()) }
    }
}

impl Statement for PackageNote {
    fn text(&self) -> String {
        let mode = if self.training { "training" } else { "live" };
        let previous = self.previous.map_or_else(|| "-".to_owned(), |digest| digest.to_string());
        let Self { board, exam, session, site, version, not_before, not_after, .. } = self;
        let Self { rows, size, front, sha256, min_program, revocations, board_keys, .. } = self;
        format!(
            "{PACKAGE}\nboard {board}\nexam {exam}\nsession {session}\nsite {site}\nmode {mode}\nversion {version}\n\
             not-before {not_before}\nnot-after {not_after}\nrows {rows}\nsize {size}\nfront {front}\nsha256 {sha256}\n\
             min-program {min_program}\nrevocations {revocations}\nprevious {previous}\n{}",
            board_keys_line(*board_keys)
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let mut fields = Fields::new(text, PACKAGE)?;
        let note = Self {
            board: fields.take("board")?.to_owned(),
            exam: fields.take("exam")?.to_owned(),
            session: fields.take("session")?.to_owned(),
            site: fields.take("site")?.to_owned(),
            training: match fields.take("mode")? {
                "training" => true,
                "live" => false,
                _ => return None,
            },
            version: fields.take("version")?.parse().ok()?,
            not_before: fields.take("not-before")?.parse().ok()?,
            not_after: fields.take("not-after")?.parse().ok()?,
            rows: fields.take("rows")?.parse().ok()?,
            size: fields.take("size")?.parse().ok().filter(|size| *size <= MAX_PACKAGE_LEN)?,
            front: fields.take("front")?.parse().ok()?,
            sha256: digest(fields.take("sha256")?)?,
            min_program: Some(fields.take("min-program")?).filter(|text| program(text).is_some())?.to_owned(),
            revocations: fields.take("revocations")?.parse().ok()?,
            previous: match fields.take("previous")? {
                "-" => None,
                written => Some(digest(written)?),
            },
            board_keys: fields.board_keys()?,
        };
        (note.version > 0 && note.front <= note.size && note.text() == text).then_some(note)
    }

    fn board_keys(&self) -> Option<Digest> {
        self.board_keys
    }
}

/// A desk's word that it took a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageAcceptance {
    /// The package's [`PackageNote::id`].
    pub package: String,
    /// The version that was taken.
    pub version: u32,
    /// SHA-256 of its ciphertexts: the board sees that nothing else was taken.
    pub sha256: Digest,
    /// The id of the desk, whose device key signs.
    pub desk: DeskId,
    /// When it was taken, by the desk's clock.
    pub at: Timestamp,
}

impl PackageAcceptance {
    /// Signs it with the desk's device key.
    ///
    /// # Errors
    /// [`NoteError::Form`] when a field cannot stand on a line; [`NoteError::Device`].
    pub fn sign(&self, device: &dyn NoteSigner) -> Result<String, NoteError> {
        self.signed(device)
    }

    /// Reads a receipt that this device key must have signed.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str, device: &NoteVerifier) -> Result<Self, NoteError> {
        Self::opened(note, device)
    }

    /// Reads a receipt without checking who signed it: for finding the key that should have.
    pub fn peek(note: &str) -> Option<Self> {
        Self::peeked(note)
    }
}

impl Statement for PackageAcceptance {
    fn text(&self) -> String {
        let Self { package, version, sha256, desk, at } = self;
        format!("{RECEIPT}\npackage {package}\nversion {version}\nsha256 {sha256}\ndesk {desk}\nat {at}\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let mut fields = Fields::new(text, RECEIPT)?;
        let receipt = Self {
            package: fields.take("package")?.to_owned(),
            version: fields.take("version")?.parse().ok()?,
            sha256: digest(fields.take("sha256")?)?,
            desk: fields.take("desk")?.parse().ok()?,
            at: fields.take("at")?.parse().ok()?,
        };
        (receipt.text() == text).then_some(receipt)
    }
}

/// The name of all versions of a package: `<exam>/<session>/<site>`, each part as [`name_part`] writes it.
pub fn package_id(exam: &str, session: &str, site: &str) -> String {
    format!("{}/{}/{}", name_part(exam), name_part(session), name_part(site))
}

/// The one file: note, empty line, ciphertext.
pub fn seal_file(note: &str, ciphertext: &[u8]) -> Vec<u8> {
    [note.as_bytes(), b"\n", ciphertext].concat()
}

/// Takes a package's file apart; nothing in it is checked yet.
///
/// # Errors
/// [`PackageFault::Form`].
pub fn split_file(file: &[u8]) -> Result<(&str, &[u8]), PackageFault> {
    let head = file.get(..file.len().min(MAX_PACKAGE_NOTE_LEN)).unwrap_or_default();
    let empty_line = |from: usize| {
        let place = head.get(from..)?.windows(2).position(|pair| pair == b"\n\n")?;
        Some(from + place)
    };
    let text_end = empty_line(0).ok_or(PackageFault::Form)?;
    let note_end = empty_line(text_end + 2).ok_or(PackageFault::Form)?;
    let note = head.get(..=note_end).and_then(|note| std::str::from_utf8(note).ok()).ok_or(PackageFault::Form)?;
    let ciphertext = file.get(note_end + 2..).unwrap_or_default();
    if ciphertext.starts_with(AGE_HEAD) { Ok((note, ciphertext)) } else { Err(PackageFault::Form) }
}

/// Says that a note is in the form of this program. Nobody has signed that yet: it only names why others are refused.
///
/// # Errors
/// [`PackageFault::OtherForm`], [`PackageFault::Form`] where it is no package's note at all.
pub fn check_form(note: &str) -> Result<(), PackageFault> {
    let first = note.lines().next().unwrap_or_default();
    let number = |line: &str| line.strip_prefix(PACKAGE_HEAD).and_then(|number| number.parse::<u32>().ok());
    match (number(first), number(PACKAGE)) {
        (Some(found), Some(own)) if found == own => Ok(()),
        (Some(found), Some(own)) => {
            Err(PackageFault::OtherForm { found: format!("{PACKAGE_HEAD}{found}"), is_newer: found > own })
        }
        _ => Err(PackageFault::Form),
    }
}

/// SHA-256 of both ciphertexts.
pub fn digest_of(ciphertext: &[u8]) -> Digest {
    Digest(Sha256::digest(ciphertext).into())
}

/// A name of an exam, a session or a site as a part of a package's name, in a file's name and in the log: at most 20
/// characters `a`–`z`, `0`–`9`, `.`, `-`, `_`, beginning with a letter or digit, no six digits in a row.
///
/// A name that is so already stays as it is. Any other becomes the first letters and digits of its plain form, `__`,
/// and 48 bits of its SHA-256 as twelve letters `a`–`p`; two names never become one. No name at all is `-`.
pub fn name_part(name: &str) -> String {
    if name.is_empty() {
        return "-".to_owned();
    }
    let is_short = name.len() <= MAX_PART_LEN && name.starts_with(|first: char| first.is_ascii_alphanumeric());
    if is_short && !name.contains(['/']) && !name.contains(FOLDED_MARK) && Code::new(name).is_ok() {
        return name.to_owned();
    }
    let plain = text::fold(name);
    let stem: String = plain.chars().filter(char::is_ascii_alphanumeric).take(STEM_LEN).collect();
    let digest = Sha256::digest(name.as_bytes());
    let nibbles = digest.iter().take(DIGEST_PART_LEN).flat_map(|byte| [byte >> 4, byte & 15]);
    let letters: String = nibbles.map(|nibble| char::from(b'a' + nibble)).collect();
    format!("{stem}{FOLDED_MARK}{letters}")
}

fn digest(text: &str) -> Option<Digest> {
    hex::decode(text)?.try_into().ok().map(Digest)
}

/// The three numbers of a program's version; what follows a minus sign does not count.
fn program(version: &str) -> Option<[u32; 3]> {
    let mut numbers = version.split('-').next()?.split('.').map(|number| number.parse::<u32>().ok());
    let found = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(found)
}

const PACKAGE: &str = "diemdanh/package/v3";
const PACKAGE_HEAD: &str = "diemdanh/package/v";
const RECEIPT: &str = "diemdanh/package-receipt/v1";
/// What every age file begins with.
const AGE_HEAD: &[u8] = b"age-encryption.org/v1\n";
const MAX_PART_LEN: usize = 20;
/// Between the readable stem of a name that was folded and its digest.
const FOLDED_MARK: &str = "__";
const STEM_LEN: usize = 5;
/// Bytes of the digest in a folded name.
const DIGEST_PART_LEN: usize = 6;
