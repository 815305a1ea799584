//! The stub in the JSON dialect of one intermediary: an API key at the door, an envelope, and in it a signed text.

use super::Desk;
use super::orders::Order;
use super::persons::is_number;
use super::settings::StubFault;
use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::hex;
use bits::secret::Pii;
use jiff::{SignedDuration, Timestamp};
use rcgen::{KeyPair, SigningKey as _};
use registry::intermediary::{AnswerData, Envelope, QuestionBody, Signed};
use registry::{Asked, Query, RequestId};

/// The keys of the intermediary: its own, and somebody else's.
pub(super) struct EnvelopeKeys {
    pub(super) own: KeyPair,
    pub(super) other: KeyPair,
}

/// Whoever calls with another key, or none, is not let in.
pub(super) fn is_let_in(headers: &HeaderMap, api_key: &str) -> bool {
    headers.get("x-api-key").is_some_and(|shown| shown.as_bytes() == api_key.as_bytes())
}

/// The question in this body. What the dialect does not send is not known.
pub(super) fn read(body: &str) -> Option<Query> {
    let question: QuestionBody = serde_json::from_str(body).ok()?;
    // One spelling only: what another caller would take for another id is another.
    let is_plain = question.code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    if !is_number(&question.id_card) || !is_plain {
        return None;
    }
    Some(Query {
        request_id: RequestId(hex::decode(&question.code)?.try_into().ok()?),
        number: Pii::new(question.id_card),
        full_name: Pii::new(String::new()),
        birth_date: None,
        expiry: None,
        ds_certificate: BASE64.decode(question.ds_cert).ok()?,
        asked: Asked { origin: String::new(), size: 0, root: [0; 32] },
    })
}

/// The envelope that was ordered.
pub(super) fn answer(desk: &Desk, order: &Order, query: &Query) -> Option<String> {
    let responds = match order.fault {
        StubFault::Malformed => "{}".to_owned(),
        _ => serde_json::to_string(&signed(order, query)).ok()?,
    };
    let EnvelopeKeys { own, other } = &desk.envelope_keys;
    let key = if order.fault == StubFault::ForeignKey { other } else { own };
    let signature = BASE64.encode(key.sign(responds.as_bytes()).ok()?);
    // Altered after it was signed: another card is good now.
    let responds = if order.fault == StubFault::Lying { responds.replacen(':', ": ", 1) } else { responds };
    let data = AnswerData {
        transaction_code: "lab".to_owned(),
        is_valid_id_card: order.verdict == "match",
        responds,
        signature,
        detail_message: String::new(),
    };
    serde_json::to_string(&Envelope { success: true, data: Some(data), error: None }).ok()
}

fn signed(order: &Order, query: &Query) -> Signed {
    let now = Timestamp::now();
    let is_valid_id_card = order.verdict == "match";
    let reason = order.verdict.strip_prefix("card_invalid/").unwrap_or(&order.verdict);
    let mut signed = Signed {
        id_card: query.number.reveal().clone(),
        code: query.request_id.to_string(),
        is_valid_id_card,
        reason: if is_valid_id_card { String::new() } else { reason.to_owned() },
        time: now,
    };
    match order.fault {
        StubFault::ForeignHash => signed.id_card = "000000000000".to_owned(),
        StubFault::ForeignId => signed.code = hex::encode_lower(&[7; 16]),
        StubFault::StaleTime => signed.time = now - SignedDuration::from_mins(10),
        StubFault::EarlyTime => signed.time = now + SignedDuration::from_mins(10),
        _ => (),
    }
    signed
}
