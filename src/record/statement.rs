//! What keys say: signed notes whose first line names type and version.
//!
//! board key → desk certificate → device key → segment key.

use super::board_keys::BoardKeys;
use super::event::Digest;
use super::ids::{DeskId, ExamId};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::{base32, hex};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tlog::{NoteError, NoteKey, NoteSigner, NoteVerifier};

/// The sixteen characters by which two people compare the board that this key alone speaks for.
pub fn signer_fingerprint(key: &NoteVerifier) -> String {
    BoardKeys::one(key.clone()).fingerprint()
}

/// Lines of text in one spelling only, for some key to sign.
pub trait Statement: Sized + PartialEq {
    /// The lines, newline included.
    fn text(&self) -> String;

    /// Reads the lines; nothing but what [`Statement::text`] writes is read.
    fn parse(text: &str) -> Option<Self>;

    /// Signs it.
    fn signed(&self, key: &dyn NoteSigner) -> Result<String, NoteError> {
        let text = self.text();
        // A field that holds a line break would come back as another statement, or as none.
        if Self::parse(&text).as_ref() == Some(self) { key.sign(&text) } else { Err(NoteError::Form) }
    }

    /// The set of board keys that it names, where it is a board's and names one.
    fn board_keys(&self) -> Option<Digest> {
        None
    }

    /// Reads a statement of a board: enough of its keys must have signed, and it must name this set.
    fn opened_by(note: &str, board: &BoardKeys) -> Result<Self, NoteError> {
        let read = Self::parse(board.open(note)?).ok_or(NoteError::Form)?;
        board.is_meant(read.board_keys()).map(|()| read)
    }

    /// Reads a note that `key` must have signed.
    fn opened(note: &str, key: &NoteVerifier) -> Result<Self, NoteError> {
        Self::parse(key.open(note)?).ok_or(NoteError::Form)
    }

    /// Reads a note without checking who signed it.
    fn peeked(note: &str) -> Option<Self> {
        Self::parse(note.split_inclusive("\n\n").next()?.strip_suffix('\n')?)
    }
}

/// The board's word about a desk's device key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskCert {
    /// Number of the certificate at this board.
    pub serial: u32,
    /// The board's domain, first part of every origin of the desk.
    pub board: String,
    /// The exam's word; the certificate counts in no other exam.
    pub exam: ExamId,
    /// The desk's id, a part of its origins.
    pub desk: DeskId,
    /// The site as the list of candidates writes it.
    pub site: String,
    /// For training only: its logs never count as live.
    pub training: bool,
    /// Entries before this moment do not count.
    pub not_before: Timestamp,
    /// Entries after this moment do not count.
    pub not_after: Timestamp,
    /// The key that endorses the desk's segment keys.
    pub device: NoteVerifier,
    /// What the desk shows a server that asks who calls (X.509, DER), signed by the board's CA for as long as this
    /// certificate counts; `None` where the desk asked for none or the board has no such CA.
    pub tls_certificate: Option<Vec<u8>>,
    /// The set of board keys that speaks here; certificates of older programs name none.
    pub board_keys: Option<Digest>,
}

impl DeskCert {
    /// Signs it with the board's key.
    ///
    /// # Errors
    /// [`NoteError::Form`] when a field cannot stand on a line.
    pub fn sign(&self, board: &NoteKey) -> Result<String, NoteError> {
        self.signed(board)
    }

    /// Reads a certificate that `board` must have signed. Dates are the caller's matter.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str, board: &BoardKeys) -> Result<Self, NoteError> {
        Self::opened_by(note, board)
    }

    /// Reads a certificate without checking who signed it: for showing it, never for trusting it.
    pub fn peek(note: &str) -> Option<Self> {
        Self::peeked(note)
    }
}

impl Statement for DeskCert {
    fn text(&self) -> String {
        let mode = if self.training { "training" } else { "live" };
        format!(
            "{DESK_CERT}\nserial {}\nboard {}\nexam {}\ndesk {}\nsite {}\nmode {mode}\nnot-before {}\nnot-after {}\ndevice-key {}\n{}{}",
            self.serial,
            self.board,
            self.exam,
            self.desk,
            self.site,
            self.not_before,
            self.not_after,
            self.device,
            bytes_line(TLS_CERTIFICATE, self.tls_certificate.as_deref()),
            board_keys_line(self.board_keys)
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let mut fields = Fields::new(text, DESK_CERT)?;
        let cert = Self {
            serial: fields.take("serial")?.parse().ok()?,
            board: fields.take("board")?.to_owned(),
            exam: fields.take("exam")?.parse().ok()?,
            desk: fields.take("desk")?.parse().ok()?,
            site: fields.take("site")?.to_owned(),
            training: match fields.take("mode")? {
                "training" => true,
                "live" => false,
                _ => return None,
            },
            not_before: fields.take("not-before")?.parse().ok()?,
            not_after: fields.take("not-after")?.parse().ok()?,
            device: NoteVerifier::parse(fields.take("device-key")?).ok()?,
            tls_certificate: fields.bytes(TLS_CERTIFICATE)?,
            board_keys: fields.board_keys()?,
        };
        (cert.text() == text).then_some(cert)
    }

    fn board_keys(&self) -> Option<Digest> {
        self.board_keys
    }
}

/// The line by which a statement of a board names the set of its keys; nothing where it names none.
pub fn board_keys_line(set: Option<Digest>) -> String {
    set.map_or_else(String::new, |set| format!("{BOARD_KEYS} {set}\n"))
}

/// The line of bytes that may be missing.
fn bytes_line(name: &str, bytes: Option<&[u8]>) -> String {
    bytes.map_or_else(String::new, |bytes| format!("{name} {}\n", BASE64.encode(bytes)))
}

/// The name that a desk's device key must have.
pub fn device_key_name(board: &str, desk: &str) -> String {
    format!("{board}/{desk}")
}

/// A desk's request for a certificate: who it is, signed by the device key itself, so that nobody enrols a key he
/// does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The board's domain, as the desk was told it: a board takes no request for another.
    pub board: String,
    /// The exam's word that the desk asks for.
    pub exam: ExamId,
    /// The desk's id as its configuration writes it; the device key is named `<board>/<desk>`.
    pub desk: DeskId,
    /// The site as the desk's configuration writes it.
    pub site: String,
    /// The device key, which signs this very request.
    pub device: NoteVerifier,
    /// Whom the board seals this desk's packages for, `age1…`; empty for a desk that takes none.
    pub recipient: String,
    /// The desk's request for what it shows a server that asks who calls (PKCS#10, DER); desks of older programs send
    /// none.
    pub tls_request: Option<Vec<u8>>,
}

impl Enrolment {
    /// Signs the request with the device key it is about.
    ///
    /// # Errors
    /// [`NoteError::Form`] when a field cannot stand on a line; [`NoteError::Device`].
    pub fn sign(&self, device: &dyn NoteSigner) -> Result<String, NoteError> {
        if device.verifier() == &self.device { self.signed(device) } else { Err(NoteError::Form) }
    }

    /// Reads a request; the key that it names must have signed it.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str) -> Result<Self, NoteError> {
        let claimed = Self::peeked(note).ok_or(NoteError::Form)?;
        claimed.device.open(note)?;
        Ok(claimed)
    }

    /// Sixteen characters that both ends read out to each other.
    pub fn fingerprint(&self) -> String {
        base32::fingerprint(&Sha256::digest(self.text().as_bytes()))
    }
}

impl Statement for Enrolment {
    fn text(&self) -> String {
        format!(
            "{ENROLMENT}\nboard {}\nexam {}\ndesk {}\nsite {}\ndevice-key {}\npackage-recipient {}\n{}",
            self.board,
            self.exam,
            self.desk,
            self.site,
            self.device,
            self.recipient,
            bytes_line(TLS_REQUEST, self.tls_request.as_deref())
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let mut fields = Fields::new(text, ENROLMENT)?;
        let request = Self {
            board: fields.take("board")?.to_owned(),
            exam: fields.take("exam")?.parse().ok()?,
            desk: fields.take("desk")?.parse().ok()?,
            site: fields.take("site")?.to_owned(),
            device: NoteVerifier::parse(fields.take("device-key")?).ok()?,
            recipient: fields.take("package-recipient")?.to_owned(),
            tls_request: fields.bytes(TLS_REQUEST)?,
        };
        (request.text() == text).then_some(request)
    }
}

/// The device key's word about a segment's key, signed.
///
/// # Errors
/// [`NoteError::Form`] when the origin cannot stand on a line.
pub fn endorse(segment: &NoteVerifier, device: &dyn NoteSigner) -> Result<String, NoteError> {
    device.sign(&format!("{SEGMENT_KEY}\norigin {}\nkey {segment}\n", segment.name()))
}

/// The segment key that `device` endorsed for `origin`.
///
/// # Errors
/// [`NoteError`].
pub fn endorsed(note: &str, origin: &str, device: &NoteVerifier) -> Result<NoteVerifier, NoteError> {
    let mut fields = Fields::new(device.open(note)?, SEGMENT_KEY).ok_or(NoteError::Form)?;
    let (Some(named), Some(key)) = (fields.take("origin"), fields.take("key")) else {
        return Err(NoteError::Form);
    };
    let key = NoteVerifier::parse(key)?;
    if named == origin && key.name() == origin && fields.is_done() { Ok(key) } else { Err(NoteError::BadName) }
}

/// Lines of the form `name value`, in a fixed order.
pub struct Fields<'a> {
    lines: std::str::Split<'a, char>,
}

impl<'a> Fields<'a> {
    /// The lines below the first, which must be `head`; `None` for another head or no line feed at the end.
    pub fn new(text: &'a str, head: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        (lines.next()? == head).then_some(Self { lines })
    }

    /// The value of the next line, which must be of this name.
    pub fn take(&mut self, name: &str) -> Option<&'a str> {
        self.lines.next()?.strip_prefix(name)?.strip_prefix(' ')
    }

    /// The set of board keys, where the next line names one. `None` for a line that names something else by this
    /// name.
    pub fn board_keys(&mut self) -> Option<Option<Digest>> {
        if !self.names(BOARD_KEYS) {
            return Some(None);
        }
        let digest = hex::decode(self.take(BOARD_KEYS)?)?.try_into().ok().map(Digest);
        digest.map(Some)
    }

    /// The bytes of the next line, where it is of this name. `None` for a line of this name that holds none.
    pub fn bytes(&mut self, name: &str) -> Option<Option<Vec<u8>>> {
        if !self.names(name) {
            return Some(None);
        }
        let bytes = BASE64.decode(self.take(name)?).ok()?;
        (bytes.len() <= MAX_BYTES_LEN).then_some(Some(bytes))
    }

    /// True when the next line begins so.
    fn names(&self, name: &str) -> bool {
        self.lines.clone().next().is_some_and(|line| line.starts_with(name))
    }

    /// The lines that are left, as they are.
    pub fn rest(self) -> std::str::Split<'a, char> {
        self.lines
    }

    /// True when no line is left.
    pub fn is_done(&self) -> bool {
        self.lines.clone().next().is_none()
    }
}

const BOARD_KEYS: &str = "board-keys";
const TLS_CERTIFICATE: &str = "tls-certificate";
const TLS_REQUEST: &str = "tls-request";
/// A request or certificate for TLS with a key of P-256 has a few hundred.
const MAX_BYTES_LEN: usize = 4 << 10;
const DESK_CERT: &str = "diemdanh/desk-cert/v1";
const ENROLMENT: &str = "diemdanh/enrolment/v1";
const SEGMENT_KEY: &str = "diemdanh/segment-key/v1";
