//! The JSON form of one intermediary, as far as it is known: what is sent about a card, and what its signed answer says.
//!
//! The envelope and the names in it are those of that intermediary. What its signed part (`responds`) holds was never
//! seen; [`Signed`] is what this house expects there, and the stub says.

use super::{Answer, CardInvalidReason, Query, RefusedReason};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::secret::Pii;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which fields a question has besides the card's number and its signer: no more than the contract asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SentFields {
    /// What kind of device asks; empty: not sent.
    pub device_type: String,
    /// The province that the device stands in; empty: not sent.
    pub province: String,
}

/// A question as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionBody {
    /// The twelve digits.
    pub id_card: String,
    /// The document signer's certificate, DER in Base64.
    pub ds_cert: String,
    /// What kind of device asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_type: Option<String>,
    /// The province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// The caller's own name for the call: the question's id.
    pub code: String,
}

/// The body of a question. It names a person.
pub fn question_body(query: &Query, fields: &SentFields) -> Option<Pii<String>> {
    let sent = |text: &String| (!text.is_empty()).then(|| text.clone());
    let body = QuestionBody {
        id_card: query.number.reveal().clone(),
        ds_cert: BASE64.encode(&query.ds_certificate),
        device_type: sent(&fields.device_type),
        province: sent(&fields.province),
        code: query.request_id.to_string(),
    };
    serde_json::to_string(&body).ok().map(Pii::new)
}

/// The envelope of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The call was taken.
    pub success: bool,
    /// The answer, where it was.
    #[serde(default)]
    pub data: Option<AnswerData>,
    /// What was wrong, where it was not.
    #[serde(default)]
    pub error: Option<EnvelopeError>,
}

/// The answer in an envelope. Only its signed part counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerData {
    /// The intermediary's own name for the call.
    #[serde(default)]
    pub transaction_code: String,
    /// Said again in the signed part.
    #[serde(default)]
    pub is_valid_id_card: bool,
    /// The signed text: [`Signed`] as JSON.
    pub responds: String,
    /// The signature over its bytes, Base64.
    pub signature: String,
    /// For people.
    #[serde(default)]
    pub detail_message: String,
}

/// An error without a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeError {
    /// Its code.
    #[serde(default)]
    pub code: String,
    /// For people.
    #[serde(default)]
    pub message: String,
}

/// The signed part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The card that was asked about.
    pub id_card: String,
    /// The caller's name for the call.
    pub code: String,
    /// The card counts.
    pub is_valid_id_card: bool,
    /// Why not: `revoked`, `lost`, `reissued`, `expired`, `unknown`, `not_found`, or a code of the registry's own.
    #[serde(default)]
    pub reason: String,
    /// The registry's time.
    pub time: Timestamp,
}

/// Judges a signed part whose signature was checked before.
pub fn judge(responds: &str, query: &Query, now: Timestamp, max_skew_seconds: i64) -> Answer {
    let refused = |why| Answer::Refused { why };
    let Ok(signed) = serde_json::from_str::<Signed>(responds) else {
        return refused(RefusedReason::Malformed);
    };
    if signed.code != query.request_id.to_string() || signed.id_card != *query.number.reveal() {
        return refused(RefusedReason::ForeignRequest);
    }
    let off_seconds = signed.time.as_second().saturating_sub(now.as_second());
    if off_seconds.abs() > max_skew_seconds {
        return refused(RefusedReason::StaleTime { off_seconds });
    }
    match signed.reason.as_str() {
        "" if signed.is_valid_id_card => Answer::Match { at: signed.time },
        // A card that counts has no reason why not.
        _ if signed.is_valid_id_card => refused(RefusedReason::Malformed),
        "revoked" => Answer::CardInvalid { reason: CardInvalidReason::Revoked },
        "lost" => Answer::CardInvalid { reason: CardInvalidReason::Lost },
        "reissued" => Answer::CardInvalid { reason: CardInvalidReason::Reissued },
        "expired" => Answer::CardInvalid { reason: CardInvalidReason::Expired },
        "unknown" | "" => Answer::CardInvalid { reason: CardInvalidReason::Unknown },
        "not_found" => Answer::NotFound,
        code => super::wire::unknown_code(code).unwrap_or(refused(RefusedReason::Malformed)),
    }
}
