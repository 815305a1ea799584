//! What a board has issued for an exam, as its folder tells: certificates, packages with their rules and trust store,
//! programs. A log is held against it.

use super::{
    DESKS_FOLDER, EXAM_FILE, ExamError, Files, FormFault, Ledger, MEMBERS_FOLDER, PACKAGES_FILE, Settings, required,
};
use bits::hex;
use bits::spreadsheet::meant;
use record::{DeskCert, Digest};
use std::collections::BTreeMap;

/// The file of the programs that desks may run: a line each, SHA-256 of the program's file, a comma, a name.
pub const PROGRAMS_FILE: &str = "programs.csv";

/// Everything issued for one exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The board's domain.
    pub board: String,
    /// The exam.
    pub exam: String,
    /// The certificates' notes by desk, as they lie in the folder now. Who signed them is the check's matter.
    pub certificates: BTreeMap<String, String>,
    /// The same of members of the board, whose records rest on no package.
    pub members: BTreeMap<String, String>,
    /// Every version of every package.
    pub packages: Ledger,
    /// The programs by the digests of their files; `None` where the folder has no such list.
    pub programs: Option<BTreeMap<Digest, String>>,
}

impl Issued {
    /// Reads it out of the files of an exam's folder.
    ///
    /// # Errors
    /// [`ExamError`].
    pub fn read(files: &Files) -> Result<Self, ExamError> {
        let settings = Settings::read(required(files, EXAM_FILE)?)?;
        let certificates = |folder: &str| {
            let certificate = |(path, bytes): (&String, &Vec<u8>)| {
                let desk = path.strip_prefix(folder)?.strip_suffix(".cert")?.to_owned();
                let note = String::from_utf8(bytes.clone()).ok().filter(|note| DeskCert::peek(note).is_some())?;
                Some((desk, note))
            };
            files.iter().filter_map(certificate).collect()
        };
        Ok(Self {
            board: settings.board,
            exam: settings.id,
            certificates: certificates(DESKS_FOLDER),
            members: certificates(MEMBERS_FOLDER),
            packages: Ledger::read(files.get(PACKAGES_FILE).map(Vec::as_slice).unwrap_or_default())?,
            programs: files.get(PROGRAMS_FILE).map(|bytes| programs(bytes)).transpose()?,
        })
    }
}

fn programs(bytes: &[u8]) -> Result<BTreeMap<Digest, String>, ExamError> {
    let form = |line: usize| ExamError::Form { file: PROGRAMS_FILE.to_owned(), line, what: FormFault::Program };
    let text = std::str::from_utf8(bytes).map_err(|_| form(1))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(line, number)| {
            let (digest, name) = line.split_once(',').ok_or_else(|| form(number))?;
            let digest = hex::decode(digest.trim()).and_then(|digest| digest.try_into().ok());
            Ok((Digest(digest.ok_or_else(|| form(number))?), meant(name.trim()).into_owned()))
        })
        .collect()
}
