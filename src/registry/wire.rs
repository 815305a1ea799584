//! Question and answer as they travel: a head line that names type and version, then one line of canonical JSON
//! (RFC 8785). Both travel as signed notes; whoever carries them signs and opens them. Behind an answer may stand a
//! blank line and cosignatures (C2SP `tlog-cosignature`) over the head of the log that the question named.

use super::{Answer, Asked, CardInvalidReason, Field, Query, RefusedReason, RequestId};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::hex;
use bits::json;
use bits::secret::Pii;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The longest code of a registry that is kept word for word.
pub const MAX_ANSWER_CODE_LEN: usize = 64;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionLine {
    id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    endorsement: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    desk_cert: String,
    origin: String,
    size: u64,
    root: String,
    number: String,
    full_name: String,
    birth_date: Option<Date>,
    expiry: Option<Date>,
    ds_certificate: String,
}

/// By what whoever is asked can tell who asks: from the board's key, which it knows, to the key that signs the question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Papers {
    /// The key of the log's segment, which signs questions: a verifier key named by the segment's origin.
    pub key: String,
    /// The device key's signed word about that key; empty where there is none.
    pub endorsement: String,
    /// The board's signed word about the device key; empty where there is none.
    pub desk_cert: String,
}

/// The text of a question as it is kept, for whoever asked it. It names a person: it is never kept in the open.
pub fn question_text(query: &Query) -> Pii<String> {
    presented_text(query, &Papers::default())
}

/// The text of a question as it is sent, with the papers of whoever asks.
pub fn presented_text(query: &Query, papers: &Papers) -> Pii<String> {
    let Papers { key, endorsement, desk_cert } = papers.clone();
    let line = QuestionLine {
        id: query.request_id.to_string(),
        key,
        endorsement,
        desk_cert,
        origin: query.asked.origin.clone(),
        size: query.asked.size,
        root: hex::encode_lower(&query.asked.root),
        number: query.number.reveal().clone(),
        full_name: query.full_name.reveal().clone(),
        birth_date: query.birth_date,
        expiry: query.expiry,
        ds_certificate: BASE64.encode(&query.ds_certificate),
    };
    Pii::new(write(QUESTION_HEAD, &line))
}

/// Reads a question's text; `None` for any other form.
pub fn parse_question(text: &str) -> Option<Query> {
    parse_presented(text).map(|(query, _)| query)
}

/// Reads a question's text with the papers in it, of which nothing is checked; `None` for any other form.
pub fn parse_presented(text: &str) -> Option<(Query, Papers)> {
    let line: QuestionLine = read(QUESTION_HEAD, text)?;
    let asked = Asked { origin: line.origin, size: line.size, root: hex::decode(&line.root)?.try_into().ok()? };
    let papers = Papers { key: line.key, endorsement: line.endorsement, desk_cert: line.desk_cert };
    let query = Query {
        request_id: RequestId(hex::decode(&line.id)?.try_into().ok()?),
        number: Pii::new(line.number),
        full_name: Pii::new(line.full_name),
        birth_date: line.birth_date,
        expiry: line.expiry,
        ds_certificate: BASE64.decode(line.ds_certificate).ok()?,
        asked,
    };
    Some((query, papers))
}

/// What a registry says, before anybody judged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerLine {
    /// SHA-256 of the whole question as it was received, lower-case hexadecimal.
    pub request_sha256: String,
    /// The question's id.
    pub id: String,
    /// `match`, `mismatch`, `card_invalid`, `not_found`, or a code of the registry's own.
    pub status: String,
    /// For `mismatch`: `full_name`, `birth_date`, `expiry`, `signer`.
    pub fields: Vec<String>,
    /// For `card_invalid`: `revoked`, `lost`, `reissued`, `expired`, `unknown`.
    pub reason: Option<String>,
    /// The registry's time.
    pub time: Timestamp,
}

/// The text of an answer.
pub fn answer_text(answer: &AnswerLine) -> String {
    write(ANSWER_HEAD, answer)
}

/// Takes a registry's body apart: its answer, a signed note, and behind a blank line what it signed under the log's
/// head, where it did.
pub fn split_body(body: &str) -> (&str, Option<&str>) {
    // An answer's text is two lines: its first blank line stands before the signatures, the next one behind them.
    let second = body.match_indices("\n\n").nth(1).map(|(place, _)| place);
    let parts = second.and_then(|place| Some((body.get(..=place)?, body.get(place + 2..)?)));
    parts.map_or((body, None), |(note, lines)| (note, Some(lines)))
}

/// The registry's time in the text of an answer, whatever it answers.
pub fn answer_time(text: &str) -> Option<Timestamp> {
    read::<AnswerLine>(ANSWER_HEAD, text).map(|line| line.time)
}

/// What an answer is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// SHA-256 of the question as it was sent.
    pub request_sha256: &'a [u8; 32],
    /// The question's id.
    pub id: RequestId,
    /// Our time when the answer came.
    pub now: Timestamp,
    /// How far the registry's time may be from ours, in seconds.
    pub max_skew_seconds: i64,
}

/// Judges the text of an answer whose signature was checked before.
pub fn judge(text: &str, expected: &Expected<'_>) -> Answer {
    let refused = |why| Answer::Refused { why };
    let Some(line) = read::<AnswerLine>(ANSWER_HEAD, text) else {
        return refused(RefusedReason::Malformed);
    };
    if line.request_sha256 != hex::encode_lower(expected.request_sha256) || line.id != expected.id.to_string() {
        return refused(RefusedReason::ForeignRequest);
    }
    let off_seconds = line.time.as_second().saturating_sub(expected.now.as_second());
    if off_seconds.abs() > expected.max_skew_seconds {
        return refused(RefusedReason::StaleTime { off_seconds });
    }
    status(&line).unwrap_or_else(|| refused(RefusedReason::Malformed))
}

fn status(line: &AnswerLine) -> Option<Answer> {
    match line.status.as_str() {
        "match" => Some(Answer::Match { at: line.time }),
        "mismatch" => mismatch(&line.fields),
        "card_invalid" => Some(Answer::CardInvalid { reason: card_invalid(line.reason.as_deref()) }),
        "not_found" => Some(Answer::NotFound),
        code => unknown_code(code),
    }
}

fn mismatch(names: &[String]) -> Option<Answer> {
    let field = |name: &String| FIELDS.iter().find(|(known, _)| known == name).map(|(_, field)| *field);
    if let Some(unknown) = names.iter().find(|name| field(name).is_none()) {
        return unknown_code(&format!("mismatch/{unknown}"));
    }
    let fields: Vec<Field> = names.iter().filter_map(field).collect();
    (!fields.is_empty()).then_some(Answer::Mismatch { fields })
}

fn card_invalid(reason: Option<&str>) -> CardInvalidReason {
    match reason {
        Some("revoked") => CardInvalidReason::Revoked,
        Some("lost") => CardInvalidReason::Lost,
        Some("reissued") => CardInvalidReason::Reissued,
        Some("expired") => CardInvalidReason::Expired,
        _ => CardInvalidReason::Unknown,
    }
}

/// A code goes to the screen and into the log: short and printable, or it is no code.
pub(super) fn unknown_code(code: &str) -> Option<Answer> {
    let good =
        !code.is_empty() && code.len() <= MAX_ANSWER_CODE_LEN && code.bytes().all(|byte| byte.is_ascii_graphic());
    good.then(|| Answer::UnknownCode { code: code.to_owned() })
}

fn write<T: Serialize>(head: &str, line: &T) -> String {
    let plain = serde_json::to_vec(line).ok();
    let json = plain.and_then(|plain| String::from_utf8(json::canonical(&plain)?).ok()).unwrap_or_default();
    format!("{head}\n{json}\n")
}

/// Writing a line again must give the same bytes: there is one form for each content.
fn read<T: Serialize + DeserializeOwned>(head: &str, text: &str) -> Option<T> {
    let json = text.strip_prefix(head)?.strip_prefix('\n')?.strip_suffix('\n')?;
    let line: T = serde_json::from_str(json).ok()?;
    (write(head, &line) == text).then_some(line)
}

const QUESTION_HEAD: &str = "diemdanh/registry-question/v1";
const ANSWER_HEAD: &str = "diemdanh/registry-answer/v1";
const FIELDS: [(&str, Field); 4] = [
    ("full_name", Field::FullName),
    ("birth_date", Field::BirthDate),
    ("expiry", Field::Expiry),
    ("signer", Field::Signer),
];
