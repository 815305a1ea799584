//! The JSON dialect of one intermediary: an API key in a header, an envelope, and in it a signed text (ECDSA over P-256
//! with SHA-256).
//!
//! Its signed text names the card, and the log names nobody: what is kept of an answer is how it was judged, and the digest
//! of the question.

use super::dialect::{Asked, Call, Dialect, Judged};
use super::p256::point_of;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::armour;
use bits::secret::Secret;
use crypto::digest::HashAlg;
use crypto::ec::Point;
use crypto::ecdsa::ecdsa_verify_der;
use registry::intermediary::{Envelope, SentFields, judge, question_body};
use registry::{Query, RefusedReason};

/// The intermediary's JSON.
pub struct Intermediary {
    api_key: Secret<String>,
    fields: SentFields,
    verifier: Point,
}

/// What names the intermediary's key is no public key of P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key of P-256 (PEM)")]
pub struct NoPublicKey;

impl Intermediary {
    /// Calls with this API key; answers are checked with the public key in this PEM file.
    ///
    /// # Errors
    /// [`NoPublicKey`].
    pub fn new(api_key: Secret<String>, fields: SentFields, public_key: &[u8]) -> Result<Self, NoPublicKey> {
        let found = armour::objects(public_key).ok_or(NoPublicKey)?;
        let [spki] = found.as_slice() else { return Err(NoPublicKey) };
        let verifier = point_of(spki).ok_or(NoPublicKey)?;
        Ok(Self { api_key, fields, verifier })
    }

    fn is_signed(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = BASE64.decode(signature) else { return false };
        ecdsa_verify_der(&self.verifier, &HashAlg::Sha256.digest(text.as_bytes()), &signature).is_ok()
    }
}

impl Dialect for Intermediary {
    fn call(&self, query: &Query) -> Option<Call> {
        let body = question_body(query, &self.fields)?;
        Some(Call { body, content_type: "application/json", header: Some(("x-api-key", self.api_key.clone())) })
    }

    fn answer_type(&self) -> &'static str {
        "application/json"
    }

    fn judge(&self, body: &str, asked: &Asked<'_>) -> Judged {
        let Ok(envelope) = serde_json::from_str::<Envelope>(body) else {
            return Judged::refused(RefusedReason::Malformed);
        };
        // What nobody signed says nothing about a card.
        let Some(data) = envelope.data.filter(|_| envelope.success) else {
            return Judged::refused(RefusedReason::Declined);
        };
        if !self.is_signed(&data.responds, &data.signature) {
            return Judged::refused(RefusedReason::BadSignature);
        }
        Judged::of(judge(&data.responds, asked.query, asked.now, asked.max_skew_seconds))
    }
}
