//! Keys and certificates that a board makes.

use crate::ids::{DeskId, ExamId};
pub use crate::statement::device_key_name;
use crate::{BoardKeys, DeskCert};
use jiff::Timestamp;
use tlog::{NoteError, NoteKey, NoteVerifier};

/// Why no certificate was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertifyError {
    /// The certificate would end before it begins.
    #[error("the certificate would end before it begins")]
    Dates,
    /// A part of the name is empty or has a space, a slash or a plus sign.
    #[error("the board's domain must be ASCII without space, slash or plus sign")]
    Name,
    /// The site's name has a character that is not seen or turns the others round. A desk of every site has none.
    #[error("the site must be a name that shows what it is")]
    Site,
    /// The device key is named after another board or desk.
    #[error("the device key must be named <board>/<desk>")]
    DeviceName,
    /// The note could not be signed.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// What a certificate is made of.
#[derive(Debug, Clone)]
pub struct CertRequest {
    /// The board's count of certificates; a revocation names it.
    pub serial: u32,
    /// The exam's word; the certificate counts in no other exam.
    pub exam: ExamId,
    /// The desk's id, `ban-01`; the device key is named `<board>/<desk>`.
    pub desk: DeskId,
    /// The site as the list of candidates writes it.
    pub site: String,
    /// For a training desk: none of its logs counts as live.
    pub training: bool,
    /// Entries before this moment do not count.
    pub not_before: Timestamp,
    /// Entries after this moment do not count.
    pub not_after: Timestamp,
    /// The device key's public half, as the desk's request names it.
    pub device: NoteVerifier,
    /// What the desk may show a server that asks who calls (X.509, DER).
    pub tls_certificate: Option<Vec<u8>>,
}

/// Signs a desk's certificate.
///
/// # Errors
/// [`CertifyError`].
pub fn certify(board: &NoteKey, request: CertRequest) -> Result<String, CertifyError> {
    let domain = board.verifier().name().to_owned();
    if request.not_after <= request.not_before {
        return Err(CertifyError::Dates);
    }
    if !is_part(&domain) {
        return Err(CertifyError::Name);
    }
    if !request.site.is_empty() && !bits::text::is_plain(&request.site) {
        return Err(CertifyError::Site);
    }
    if request.device.name() != device_key_name(&domain, &request.desk) {
        return Err(CertifyError::DeviceName);
    }
    let board_keys = Some(BoardKeys::one(board.verifier().clone()).digest());
    let CertRequest { serial, exam, desk, site, training, not_before, not_after, device, tls_certificate } = request;
    let cert = DeskCert {
        serial,
        board: domain,
        exam,
        desk,
        site,
        training,
        not_before,
        not_after,
        device,
        tls_certificate,
        board_keys,
    };
    Ok(cert.sign(board)?)
}

fn is_part(part: &str) -> bool {
    part.starts_with(|first: char| first.is_ascii_alphanumeric())
        && part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+' && byte != b'/')
}
