//! Keys of the board and of its desks, and a desk's certificate without a request of its own.

use super::{Work, WorkError};
use host::file;
use host::folder::write_new_file;
use host::key_place;
pub use host::key_place::KeyPlace;
use host::keys::{SealCost, create_key_file, open_key_file, read_new_passphrase, read_passphrase, read_public_keys};
use jiff::{SignedDuration, Timestamp};
use record::certify;
use record::ids::{DeskId, ExamId};
use std::path::PathBuf;
use tlog::{NoteSigner, NoteVerifier};

/// A key to be made.
pub struct NewKey {
    /// The folder that takes the key and its verifier key.
    pub out: PathBuf,
    /// The board's domain.
    pub board: String,
    /// The desk whose device key it becomes; `None` for a board key.
    pub desk: Option<String>,
    /// Where the key lies, if in no sealed file.
    pub place: Option<KeyPlace>,
    /// Whose first line is the passphrase, or the token's PIN; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// A certificate to be signed.
pub struct Certify {
    /// The board's sealed key.
    pub key: PathBuf,
    /// The desk's verifier key.
    pub device: PathBuf,
    /// The certificate's new file.
    pub out: PathBuf,
    /// The exam's id.
    pub exam: ExamId,
    /// The desk's id.
    pub desk: DeskId,
    /// The site's code.
    pub site: String,
    /// The certificate's number.
    pub serial: u32,
    /// Good from; `None` for now.
    pub from: Option<Timestamp>,
    /// Good for this many days.
    pub days: u16,
    /// For training only.
    pub training: bool,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Makes a key, sealed or in a device, and beside it its verifier key.
///
/// # Errors
/// What kept it from being done.
pub fn new_key(work: &mut Work<'_>, asked: &NewKey) -> Result<(), WorkError> {
    let (file, name) = match &asked.desk {
        None => ("board", asked.board.clone()),
        Some(desk) => ("device", certify::device_key_name(&asked.board, desk)),
    };
    file::create_folders(&asked.out)?;
    let path = asked.out.join(file).with_extension("key");
    let from = asked.passphrase_file.as_deref();
    let key: Box<dyn NoteSigner> = match &asked.place {
        None => {
            let passphrase = read_new_passphrase(from)?;
            Box::new(create_key_file(&path, &name, &passphrase, SealCost::default(), work.random)?)
        }
        // A token's PIN was chosen before, and the token bounds the tries.
        Some(place @ KeyPlace::Token { .. }) => {
            key_place::create(place.clone(), &path, &name, &read_passphrase(from)?, work.random)?
        }
        Some(place) => key_place::create(place.clone(), &path, &name, &read_new_passphrase(from)?, work.random)?,
    };
    write_new_file(&path.with_extension("vkey"), format!("{}\n", key.verifier()).as_bytes())?;
    work.voice.say(&key.verifier().to_string());
    Ok(())
}

/// Signs a desk's certificate.
///
/// # Errors
/// What kept it from being done.
pub fn certify(work: &Work<'_>, asked: &Certify) -> Result<(), WorkError> {
    let board = open_key_file(&asked.key, &read_passphrase(asked.passphrase_file.as_deref())?)?;
    let not_before = asked.from.unwrap_or(work.now);
    let request = certify::CertRequest {
        serial: asked.serial,
        exam: asked.exam.clone(),
        desk: asked.desk.clone(),
        site: asked.site.clone(),
        training: asked.training,
        not_before,
        not_after: not_before.checked_add(SignedDuration::from_hours(i64::from(asked.days) * 24))?,
        device: NoteVerifier::parse(&read_public_keys(&asked.device)?)?,
        tls_certificate: None,
    };
    write_new_file(&asked.out, certify::certify(&board, request)?.as_bytes())?;
    Ok(())
}
