//! A registry that signs and lies: each field of an answer, bent in every way that its form allows and forbids. Nothing of
//! it comes out as a match that the registry did not say about this very question.

use crate::registry_support::query;
use diemdanh::registry::intermediary::{self, Signed};
use diemdanh::registry::wire::{AnswerLine, Expected, MAX_ANSWER_CODE_LEN, answer_text, judge};
use diemdanh::registry::{Answer, CardInvalidReason, RefusedReason};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const ASKED: [u8; 32] = [1; 32];

fn now() -> Timestamp {
    "2026-06-11T07:00:00Z".parse().unwrap()
}

fn heard(text: &str) -> Answer {
    judge(text, &Expected { request_sha256: &ASKED, id: query().request_id, now: now(), max_skew_seconds: 120 })
}

fn honest() -> AnswerLine {
    AnswerLine {
        request_sha256: "01".repeat(32),
        id: query().request_id.to_string(),
        status: "match".to_owned(),
        fields: vec![],
        reason: None,
        time: now(),
    }
}

fn bent(bend: impl FnOnce(&mut AnswerLine)) -> Answer {
    let mut line = honest();
    bend(&mut line);
    heard(&answer_text(&line))
}

const MALFORMED: Answer = Answer::Refused { why: RefusedReason::Malformed };
const FOREIGN: Answer = Answer::Refused { why: RefusedReason::ForeignRequest };

#[test]
fn each_field_of_a_signed_answer_that_lies() {
    assert_eq!(bent(|_| ()), Answer::Match { at: now() });
    for hash in ["", "01", &"02".repeat(32), &"01".repeat(33), &"0A".repeat(32)] {
        assert_eq!(bent(|line| line.request_sha256 = hash.to_owned()), FOREIGN, "{hash}");
    }
    for id in ["", "09", &"08".repeat(16), &format!("{} ", query().request_id)] {
        assert_eq!(bent(|line| line.id = id.to_owned()), FOREIGN, "{id}");
    }
    let code = |status: &str| bent(|line| line.status = status.to_owned());
    for none in ["", " match", "khớp", "a\nb", "match\u{202e}", &"x".repeat(MAX_ANSWER_CODE_LEN + 1)] {
        assert_eq!(code(none), MALFORMED, "{none:?}");
    }
    for own in ["MATCH", "Match", "matched", "ok", "true", &"x".repeat(MAX_ANSWER_CODE_LEN)] {
        assert_eq!(code(own), Answer::UnknownCode { code: own.to_owned() }, "a code that a person decides on");
    }
    assert_eq!(code("mismatch"), MALFORMED, "differs in nothing");
    let seconds = |seconds| bent(|line| line.time = now() + SignedDuration::from_secs(seconds));
    for off_seconds in [-121, 121, -86_400 * 365 * 50, 86_400 * 365 * 50] {
        assert_eq!(seconds(off_seconds), Answer::Refused { why: RefusedReason::StaleTime { off_seconds } });
    }
}

/// Fields and reasons that say more, or something else, than the status.
#[test]
fn status_is_what_counts_and_what_it_brings_is_read_with_it() {
    let all = |line: &mut AnswerLine| {
        line.fields = vec!["full_name".to_owned(), "blood_group".to_owned()];
        line.reason = Some("revoked".to_owned());
    };
    assert!(matches!(bent(all), Answer::Match { .. }), "it says match, and signs that");
    let mismatch = bent(|line| {
        all(line);
        line.status = "mismatch".to_owned();
    });
    assert_eq!(mismatch, Answer::UnknownCode { code: "mismatch/blood_group".to_owned() });
    for reason in [None, Some(""), Some("eaten"), Some("Revoked")] {
        let invalid = bent(|line| {
            line.status = "card_invalid".to_owned();
            line.reason = reason.map(str::to_owned);
        });
        assert_eq!(invalid, Answer::CardInvalid { reason: CardInvalidReason::Unknown }, "{reason:?}");
    }
    let long = bent(|line| {
        line.status = "mismatch".to_owned();
        line.fields = vec!["x".repeat(200)];
    });
    assert_eq!(long, MALFORMED);
}

/// Each field of another type, missing, twice, and one more: another form.
#[test]
fn each_field_of_another_form() {
    let text = answer_text(&honest());
    let (head, json) = text.trim_end().split_once('\n').unwrap();
    let line: serde_json::Map<String, Value> = serde_json::from_str(json).unwrap();
    let strange =
        [json!(null), json!(1), json!(-1), json!(1.5), json!(true), json!([]), json!({}), json!([[1]]), json!("\u{0}")];
    let said = |line: &Value| heard(&format!("{head}\n{line}\n"));
    for name in line.keys() {
        let mut without = line.clone();
        without.remove(name);
        let gone = said(&Value::Object(without));
        // What may be nothing may also be left out, in one spelling only, and this is another.
        assert_eq!(gone, MALFORMED, "without {name}");
        for value in &strange {
            let mut other = line.clone();
            let is_same = other.insert(name.clone(), value.clone()).as_ref() == Some(value);
            let answer = said(&Value::Object(other));
            // The reason of a match is not read, whatever it says.
            let is_read = !(is_same || name == "reason" && value.is_string());
            assert!(!is_read || !matches!(answer, Answer::Match { .. }), "{name} = {value}: {answer:?}");
        }
        let twice = json.replacen('{', &format!("{{\"{name}\":{},", line[name]), 1);
        assert_eq!(heard(&format!("{head}\n{twice}\n")), MALFORMED, "{name} twice");
    }
    let mut more = line.clone();
    more.insert("more".to_owned(), json!(1));
    assert_eq!(said(&Value::Object(more)), MALFORMED);
    for other in [text.replace("/v1", "/v2"), text.replace('\n', "\r\n"), format!("{text}\n"), text.to_uppercase()] {
        assert_eq!(heard(&other), MALFORMED);
    }
}

/// The same of the signed text of the intermediary's envelope.
#[test]
fn each_field_of_the_intermediarys_signed_text() {
    let honest = || Signed {
        id_card: query().number.reveal().clone(),
        code: query().request_id.to_string(),
        is_valid_id_card: true,
        reason: String::new(),
        time: now(),
    };
    let said = |text: &str| intermediary::judge(text, &query(), now(), 120);
    let bent = |bend: &dyn Fn(&mut Signed)| {
        let mut signed = honest();
        bend(&mut signed);
        said(&serde_json::to_string(&signed).unwrap())
    };
    assert_eq!(bent(&|_| ()), Answer::Match { at: now() });
    assert_eq!(bent(&|signed| signed.id_card = "099208000025".to_owned()), FOREIGN, "another person's");
    assert_eq!(bent(&|signed| signed.id_card.clear()), FOREIGN);
    assert_eq!(bent(&|signed| signed.code = "09".repeat(15)), FOREIGN);
    assert_eq!(bent(&|signed| signed.reason = "revoked".to_owned()), MALFORMED, "valid, and revoked");
    let unknown = Answer::CardInvalid { reason: CardInvalidReason::Unknown };
    assert_eq!(bent(&|signed| signed.is_valid_id_card = false), unknown, "not valid, and no reason why");
    let odd = |reason: &str| {
        bent(&|signed| {
            signed.is_valid_id_card = false;
            signed.reason = reason.to_owned();
        })
    };
    assert_eq!(odd("không rõ"), MALFORMED);
    assert_eq!(odd(&"x".repeat(MAX_ANSWER_CODE_LEN + 1)), MALFORMED);
    assert_eq!(odd("match"), Answer::UnknownCode { code: "match".to_owned() }, "no word makes it good again");
    let line: Value = serde_json::to_value(honest()).unwrap();
    for name in ["id_card", "code", "is_valid_id_card", "time", "reason"] {
        for value in [json!(null), json!(1), json!("true"), json!([]), json!({})] {
            let mut other = line.clone();
            other[name] = value.clone();
            let answer = said(&other.to_string());
            assert!(!matches!(answer, Answer::Match { .. }), "{name} = {value}: {answer:?}");
        }
    }
}
