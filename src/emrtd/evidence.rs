//! What is needed to check a finished inspection again, without the card.

mod bundle;

pub use bundle::{MAX_BUNDLE_BYTES, open_bundle};

use crate::authenticity::active::CHALLENGE_LEN;
use bits::hex;
use bits::secret::Pii;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The signed object, the signer, the hashes that were compared, and what the chip proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// EF.SOD exactly as read. Its hashes point to one person.
    pub sod: Pii<Vec<u8>>,
    /// The document signer's certificate, DER. It is shared by many documents and points to nobody.
    pub signer_certificate: Vec<u8>,
    /// The hash of each data group that was read, by number.
    pub group_hashes: Vec<GroupHash>,
    /// What the chip proved about itself, if anything.
    pub chip: Option<ChipEvidence>,
}

impl Evidence {
    /// Everything that is needed to judge again, as one file: SOD, what the chip proved, no picture.
    pub fn encode(&self) -> Vec<u8> {
        bundle::encode(self, None)
    }

    /// The same with the portrait: DG2 exactly as read. For whoever may keep pictures of people.
    pub fn encode_with_portrait(&self, dg2: &[u8]) -> Vec<u8> {
        bundle::encode(self, Some(dg2))
    }
}

/// The hash of one data group as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupHash {
    /// The data group's number.
    pub group: u8,
    /// The hash under the algorithm of the security object.
    pub hash: Pii<Vec<u8>>,
}

/// What the chip proved about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChipEvidence {
    /// Chip authentication: an agreement that leaves nothing a third person could check; only that it ran.
    ChipAuthentication {
        /// DG14 exactly as read.
        dg14: Pii<Vec<u8>>,
    },
    /// Chip-authentication mapping within PACE: as above.
    ChipMapping {
        /// EF.CardSecurity exactly as read.
        card_security: Pii<Vec<u8>>,
    },
    /// Active authentication: a signature over our challenge.
    ActiveAuthentication {
        /// DG15 exactly as read.
        dg15: Pii<Vec<u8>>,
        /// DG14 exactly as read, where it was: it may name the digest.
        dg14: Option<Pii<Vec<u8>>>,
        /// What was asked and answered.
        answer: ActiveAnswer,
    },
}

/// The first line of a kept answer.
const FORMAT: &str = "diemdanh active authentication 1";
/// The largest file of a kept answer, in bytes.
pub const MAX_ANSWER_FILE_BYTES: u64 = 8 * 1024;
/// The longest answer, in bytes: RSA-8192.
const MAX_RESPONSE_LEN: usize = 1024;

/// A challenge of ours and the chip's answer to it: with SOD, DG15 and DG14 everything that active authentication needs
/// to be checked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveAnswer {
    /// Our eight bytes.
    pub challenge: [u8; CHALLENGE_LEN],
    /// The chip's signature.
    pub response: Vec<u8>,
}

/// Why a file is no kept answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// Not JSON, or other fields than the three.
    #[error("not a kept answer: format, challenge and response")]
    Form,
    /// Another format.
    #[error("the format is not \"{FORMAT}\"")]
    Format,
    /// A challenge that is not eight bytes in hexadecimal digits.
    #[error("the challenge is not {CHALLENGE_LEN} bytes in hexadecimal digits")]
    Challenge,
    /// A response that is empty, too long or not in hexadecimal digits.
    #[error("the response is not 1 to {MAX_RESPONSE_LEN} bytes in hexadecimal digits")]
    Response,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerForm {
    format: String,
    challenge: String,
    response: String,
}

impl ActiveAnswer {
    /// The name of the file beside the files of a reading.
    pub const FILE_NAME: &'static str = "active_authentication.json";

    /// The text of the file.
    pub fn encode(&self) -> String {
        let form = AnswerForm {
            format: FORMAT.to_owned(),
            challenge: hex::encode_lower(&self.challenge),
            response: hex::encode_lower(&self.response),
        };
        // Three texts have no value that JSON lacks.
        serde_json::to_string_pretty(&form).unwrap_or_default()
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn parse(text: &[u8]) -> Result<Self, AnswerError> {
        let form: AnswerForm = serde_json::from_slice(text).map_err(|_| AnswerError::Form)?;
        if form.format != FORMAT {
            return Err(AnswerError::Format);
        }
        let challenge = hex::decode(&form.challenge).and_then(|bytes| bytes.try_into().ok());
        let response = hex::decode(&form.response).filter(|bytes| (1..=MAX_RESPONSE_LEN).contains(&bytes.len()));
        Ok(Self {
            challenge: challenge.ok_or(AnswerError::Challenge)?,
            response: response.ok_or(AnswerError::Response)?,
        })
    }
}
