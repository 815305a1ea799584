//! DER objects out of the wrappings in which authorities send them: bare DER, PEM (RFC 7468), LDIF (RFC 2849) as the
//! ICAO PKD hands it out.
//!
//! Invariants: what cannot be decoded is an empty object, so that whoever asks can name it; nothing is left out in
//! silence.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

/// The most objects of one file.
pub const MAX_OBJECTS: usize = 65_536;

const DER_SEQUENCE: u8 = 0x30;
const PEM_BEGIN: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";
const PEM_DASHES: &str = "-----";

/// Attributes of a directory whose values are certificates, lists of certificates or revocation lists.
const LDIF_ATTRIBUTES: [&str; 7] = [
    "usercertificate",
    "cacertificate",
    "certificaterevocationlist",
    "authorityrevocationlist",
    "cscamasterlistdata",
    "cscamasterlist",
    "pkdmasterlistcontent",
];

/// The objects of one file, in its order. `None` when it is neither DER nor PEM nor LDIF.
pub fn objects(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    if bytes.first() == Some(&DER_SEQUENCE) {
        return Some(vec![bytes.to_vec()]);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let found = if text.contains(PEM_BEGIN) { pem(text)? } else { ldif(text) };
    (!found.is_empty()).then_some(found)
}

fn pem(text: &str) -> Option<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for block in text.split(PEM_BEGIN).skip(1).take(MAX_OBJECTS) {
        let (_, after) = block.split_once(PEM_DASHES)?;
        let (body, _) = after.split_once(PEM_END)?;
        found.push(base64(body));
    }
    Some(found)
}

/// A value goes on in the next line where that starts with a space (RFC 2849, note 2).
fn ldif(text: &str) -> Vec<Vec<u8>> {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "");
    let values = unfolded.lines().filter_map(|line| {
        let (description, value) = line.split_once("::")?;
        let attribute = description.split(';').next().unwrap_or_default().to_ascii_lowercase();
        LDIF_ATTRIBUTES.contains(&attribute.as_str()).then(|| base64(value))
    });
    values.take(MAX_OBJECTS).collect()
}

fn base64(text: &str) -> Vec<u8> {
    let compact: String = text.split_whitespace().collect();
    BASE64.decode(compact).unwrap_or_default()
}
