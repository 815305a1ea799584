//! One package, out of its plan: contents, seal, note.

use super::packing::{PackOrder, Plan};
use super::{Exam, Ledger, ledger::Packed};
use crate::language::PackWords;
use bits::secret::{Pii, Secret};
use package::PackageNote;
use package::contents::{
    Contents, ContentsFault, Front, PackageDesk, PackageSession, PackageSettings, PackageSite, People,
};
use package::note::{MAX_PACKAGE_LEN, digest_of, package_id, seal_file};
use package::sealing::{self, SealTools, SealingFault};
use record::{BoardKeys, Digest};
use roster::{Candidate, CandidateId, Roster};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use tlog::NoteError;

/// What packing needs from outside: a cipher and the portraits' files.
pub trait PackTools: Sync {
    /// Seals bytes for recipients; `None` when that cannot be done.
    fn seal(&self, bytes: &[u8], recipients: &[&str]) -> Option<Vec<u8>>;

    /// A fresh identity and its recipient.
    fn fresh(&self) -> (Secret<String>, String);

    /// The recipient of an X25519 public key.
    fn recipient(&self, public: &[u8; 32]) -> Option<String>;

    /// The portrait of a candidate, where there is one.
    ///
    /// # Errors
    /// The name of a file that cannot be read.
    fn portrait(&self, candidate: &Candidate) -> Result<Option<Pii<Vec<u8>>>, String>;
}

/// Why a package was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackFault {
    /// The contents cannot be written.
    Contents {
        /// The package.
        id: String,
        /// Why.
        fault: ContentsFault,
    },
    /// A portrait that cannot be read.
    Portrait {
        /// The file.
        file: String,
    },
    /// The cipher failed.
    Seal {
        /// The package.
        id: String,
    },
    /// The last version that a number can say was made.
    NoVersion {
        /// The package.
        id: String,
    },
    /// Larger than any desk takes.
    TooLarge {
        /// The package.
        id: String,
    },
    /// The note cannot be signed.
    Note {
        /// The package.
        id: String,
        /// Why.
        fault: NoteError,
    },
}

impl PackFault {
    /// What the clerk reads.
    pub fn said(&self, words: &PackWords) -> String {
        match self {
            Self::Contents { id, fault } => words.contents(id, fault),
            Self::Portrait { file } => words.portrait(file),
            Self::Seal { id } => words.seal(id),
            Self::NoVersion { id } => words.no_version(id),
            Self::TooLarge { id } => words.too_large(id, MAX_PACKAGE_LEN),
            Self::Note { id, fault } => words.note(id, fault),
        }
    }
}

/// A package before it is sealed.
pub struct Prepared {
    /// Its name.
    pub id: String,
    /// How many portraits are in it.
    pub portraits: usize,
    /// What tells whether anything has changed.
    pub fingerprint: Digest,
    contents: Contents,
    recipients: Vec<String>,
    desks: Vec<String>,
    /// All but sizes and digest.
    note: PackageNote,
}

/// A package, ready to leave.
#[derive(Debug, Clone)]
pub struct NewPackage {
    /// The name of its file.
    pub file_name: String,
    /// Its file.
    pub file: Vec<u8>,
    /// How the ledger remembers it.
    pub packed: Packed,
}

/// Puts the contents of a package together.
///
/// # Errors
/// [`PackFault`].
pub fn prepare(order: &PackOrder<'_>, plan: &Plan<'_>, tools: &dyn PackTools) -> Result<Prepared, PackFault> {
    let settings = &order.exam.settings;
    let id = package_id(&settings.id, &plan.session.id, &plan.site.code);
    let people: Vec<Candidate> = plan.rows.iter().filter_map(|row| order.exam.candidates.row(*row)).collect();
    let portraits = portraits(&people, tools)?;
    let (rows, count) = (u64::try_from(people.len()).unwrap_or(u64::MAX), portraits.len());
    let contents = contents(order, plan, people, portraits);
    let note = note(order, plan, rows).ok_or_else(|| PackFault::NoVersion { id: id.clone() })?;
    let mut recipients: Vec<String> = plan.desks.iter().map(|one| one.recipient.to_owned()).collect();
    recipients.sort();
    recipients.dedup();
    let fingerprint = fingerprint(&note, &recipients, order.recovery, &contents);
    let fingerprint = fingerprint.map_err(|fault| PackFault::Contents { id: id.clone(), fault })?;
    let desks = plan.desks.iter().map(|one| one.desk.id.clone()).collect();
    Ok(Prepared { id, portraits: count, fingerprint, contents, recipients, desks, note })
}

impl Prepared {
    /// The version that holds exactly this, where that is the last one.
    pub fn unchanged<'a>(&self, ledger: &'a Ledger) -> Option<&'a Packed> {
        ledger.last(&self.id).filter(|last| last.fingerprint == self.fingerprint)
    }

    /// The name of its file, once it is sealed.
    pub fn file_name(&self) -> String {
        self.note.file_name()
    }

    /// How many candidates are in it.
    pub fn rows(&self) -> u64 {
        self.note.rows
    }

    /// The desks that it is for.
    pub fn desks(&self) -> &[String] {
        &self.desks
    }

    /// Seals and signs it.
    ///
    /// # Errors
    /// [`PackFault`].
    pub fn seal(self, order: &PackOrder<'_>, tools: &dyn PackTools) -> Result<NewPackage, PackFault> {
        let Self { id, fingerprint, contents, recipients, desks, mut note, .. } = self;
        let rules_sha256 = Some(Digest(contents.front.settings.sha256()));
        let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
        let with = SealTools {
            seal: &|bytes, recipients| tools.seal(bytes, recipients),
            fresh: &|| tools.fresh(),
            recipient: &|public| tools.recipient(public),
        };
        let sealed =
            sealing::seal(&contents, &recipients, Some(order.recovery), &with).map_err(|fault| match fault {
                SealingFault::Contents(fault) => PackFault::Contents { id: id.clone(), fault },
                SealingFault::Cipher => PackFault::Seal { id: id.clone() },
            })?;
        drop(contents);
        let ciphertext = sealed.bytes;
        note.size = u64::try_from(ciphertext.len()).unwrap_or(u64::MAX);
        (note.front, note.sha256) = (sealed.front_len, digest_of(&ciphertext));
        if note.size > MAX_PACKAGE_LEN {
            return Err(PackFault::TooLarge { id });
        }
        let signed = note.sign(order.board).map_err(|fault| PackFault::Note { id: id.clone(), fault })?;
        let PackageNote { version, size, sha256, rows, revocations, .. } = note;
        let (packed_at, received) = (order.now, Vec::new());
        let packed = Packed {
            id,
            version,
            sha256,
            size,
            rows,
            packed_at,
            fingerprint,
            revocations,
            desks,
            received,
            rules_sha256,
            // Whoever reads certificates knows it.
            trust_store: None,
        };
        Ok(NewPackage { file_name: note.file_name(), file: seal_file(&signed, &ciphertext), packed })
    }
}

fn portraits(people: &[Candidate], tools: &dyn PackTools) -> Result<BTreeMap<CandidateId, Pii<Vec<u8>>>, PackFault> {
    let mut found = BTreeMap::new();
    for one in people {
        if let Some(portrait) = tools.portrait(one).map_err(|file| PackFault::Portrait { file })? {
            found.insert(one.id, portrait);
        }
    }
    Ok(found)
}

fn contents(
    order: &PackOrder<'_>,
    plan: &Plan<'_>,
    people: Vec<Candidate>,
    portraits: BTreeMap<CandidateId, Pii<Vec<u8>>>,
) -> Contents {
    let everybody = order.exam.operators.iter();
    let operators = everybody.filter(|one| one.works_at(&plan.site.code) && !one.is_revoked());
    let desks = plan.desks.iter().map(|one| PackageDesk {
        id: one.desk.id.clone(),
        title: one.desk.title.clone(),
        room: one.desk.room.clone(),
        cert: one.cert_note.to_owned(),
    });
    let front = Front {
        settings: settings(order.exam, plan),
        operators: operators.cloned().collect(),
        keys: BTreeMap::new(),
        trust: order.trust.clone(),
        revocations: order.revocations.map(|(_, note)| note.to_owned()),
        desks: desks.collect(),
    };
    let people = People { roster: Roster::new(people), exam_key: order.exam_key.clone(), portraits };
    Contents { front, people }
}

fn settings(exam: &Exam, plan: &Plan<'_>) -> PackageSettings {
    let (settings, session) = (&exam.settings, plan.session);
    PackageSettings {
        board: settings.board.clone(),
        exam: settings.id.clone(),
        title: settings.title.clone(),
        utc_offset_hours: settings.utc_offset_hours,
        training: settings.training,
        session: PackageSession {
            id: session.id.clone(),
            title: session.title.clone(),
            opens: session.opens,
            start: session.start,
            last_entry: session.last_entry,
        },
        site: PackageSite { code: plan.site.code.clone(), title: plan.site.title.clone() },
        policy: exam.policy.packed(),
    }
}

/// The note of the next version, without sizes and digest; `None` where no version is left.
fn note(order: &PackOrder<'_>, plan: &Plan<'_>, rows: u64) -> Option<PackageNote> {
    let settings = &order.exam.settings;
    let last = order.exam.packages.last(&package_id(&settings.id, &plan.session.id, &plan.site.code));
    Some(PackageNote {
        board: settings.board.clone(),
        exam: settings.id.clone(),
        session: plan.session.id.clone(),
        site: plan.site.code.clone(),
        training: settings.training,
        version: last.map_or(Some(1), |last| last.version.checked_add(1))?,
        not_before: plan.not_before,
        not_after: plan.not_after,
        rows,
        size: 0,
        front: 0,
        sha256: Digest([0; 32]),
        min_program: MIN_PROGRAM.to_owned(),
        revocations: order.revocations.map_or(0, |(list, _)| list.number),
        previous: last.map(|last| last.sha256),
        board_keys: Some(BoardKeys::one(order.board.verifier().clone()).digest()),
    })
}

/// Everything that makes a package another one: what is in it, whom it is for, when it is good. Nobody can guess at
/// the contents from it: the exam's key is among them.
fn fingerprint(
    note: &PackageNote,
    recipients: &[String],
    recovery: &str,
    contents: &Contents,
) -> Result<Digest, ContentsFault> {
    let mut hash = Sha256::new();
    let PackageNote { not_before, not_after, min_program, .. } = note;
    hash.update(format!("{FINGERPRINT}\n{not_before}\n{not_after}\n{min_program}\n{}\n", recipients.len()).as_bytes());
    recipients.iter().for_each(|recipient| hash.update(format!("{recipient}\n").as_bytes()));
    hash.update(format!("{recovery}\n").as_bytes());
    // A new PIN has a new salt, and the salt stands in the front.
    hash.update(contents.front.write()?.expose());
    hash.update(contents.people.write()?.expose());
    Ok(Digest(hash.finalize().into()))
}

/// The oldest program that reads contents of this form.
const MIN_PROGRAM: &str = "0.1.0";
const FINGERPRINT: &str = "diemdanh/package-fingerprint/v2";
