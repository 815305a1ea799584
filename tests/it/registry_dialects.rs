//! What holds in every dialect: verdicts, faults, whose answer counts. The same table for both, over real TLS.

use crate::registry_support::{
    NUMBER, SHORT, client_at, client_with, clients, not_asked, query, query_about, refused, stub,
};
use diemdanh::bits::secret::Secret;
use diemdanh::host::intermediary::{Intermediary, NoPublicKey};
use diemdanh::lab::registry_stub::{ShownCertificate, StubFault, StubSettings};
use diemdanh::registry::intermediary::SentFields;
use diemdanh::registry::{Answer, CardInvalidReason, NotAskedReason, RefusedReason, Registry as _};

#[test]
fn verdicts_are_the_same_in_both() {
    let stub = stub(StubSettings::default());
    for (name, mut client) in clients(&stub) {
        stub.decide(NUMBER, "match");
        assert!(matches!(client.ask(&query()).answer, Answer::Match { .. }), "{name}");
        let invalid = |reason| Answer::CardInvalid { reason };
        let rows = [
            ("card_invalid/revoked", invalid(CardInvalidReason::Revoked)),
            ("card_invalid/lost", invalid(CardInvalidReason::Lost)),
            ("card_invalid/reissued", invalid(CardInvalidReason::Reissued)),
            ("card_invalid/expired", invalid(CardInvalidReason::Expired)),
            ("card_invalid/unknown", invalid(CardInvalidReason::Unknown)),
            ("not_found", Answer::NotFound),
            ("E-4711", Answer::UnknownCode { code: "E-4711".to_owned() }),
        ];
        for (verdict, expected) in rows {
            stub.decide(NUMBER, verdict);
            assert_eq!(client.ask(&query()).answer, expected, "{name}: {verdict}");
        }
    }
}

#[test]
fn faults_are_the_same_in_both() {
    use NotAskedReason::{BrokenOff, OutOfOrder, TimedOut};
    use RefusedReason::{BadSignature, ContentType, ForeignRequest, HttpStatus, Malformed, TooLarge};
    let rows = [
        (StubFault::Drip, not_asked(TimedOut)),
        (StubFault::Reset, not_asked(BrokenOff)),
        (StubFault::ServerError, not_asked(OutOfOrder { status: 500 })),
        (StubFault::OutOfOrder, not_asked(OutOfOrder { status: 503 })),
        (StubFault::Unauthorised, refused(HttpStatus { status: 401 })),
        (StubFault::Redirect, refused(HttpStatus { status: 307 })),
        (StubFault::Lying, refused(BadSignature)),
        (StubFault::ForeignKey, refused(BadSignature)),
        (StubFault::ForeignHash, refused(ForeignRequest)),
        (StubFault::ForeignId, refused(ForeignRequest)),
        (StubFault::Replayed, refused(ForeignRequest)),
        (StubFault::Oversize, refused(TooLarge { limit: 65_536 })),
        (StubFault::Flood, refused(TooLarge { limit: 65_536 })),
        (StubFault::WrongType, refused(ContentType)),
        (StubFault::Malformed, refused(Malformed)),
        (StubFault::NotText, refused(Malformed)),
    ];
    let stub = stub(StubSettings::default());
    for index in 0..2 {
        for (fault, expected) in &rows {
            // A client of its own: each fault would shut the breaker of the others.
            let (name, mut client) = clients(&stub).into_iter().nth(index).unwrap();
            stub.order(StubFault::None);
            client.ask(&query_about("099208000025", 8));
            stub.order(*fault);
            assert_eq!(client.ask(&query()).answer, *expected, "{name}: {fault:?}");
        }
    }
}

#[test]
fn far_times_are_the_same_in_both() {
    let stub = stub(StubSettings { fault: StubFault::EarlyTime, ..StubSettings::default() });
    for (name, mut client) in clients(&stub) {
        let answer = client.ask(&query()).answer;
        let is_far = matches!(answer, Answer::Refused { why: RefusedReason::StaleTime { off_seconds: 598..=602 } });
        assert!(is_far, "{name}: {answer:?}");
    }
}

#[test]
fn tls_is_the_same_in_both() {
    let foreign = stub(StubSettings { certificate: ShownCertificate::Foreign, ..StubSettings::default() });
    for (name, mut client) in clients(&foreign) {
        assert_eq!(client.ask(&query()).answer, refused(RefusedReason::ForeignCertificate), "{name}");
    }
    let good = stub(StubSettings::default());
    let mut without = client_with(&good.intermediary_url(), &good, None, SHORT).unwrap();
    assert_eq!(without.ask(&query()).answer, refused(RefusedReason::OwnCertificateMissing));
}

/// No more of a person leaves than the dialect needs, and nothing that names the card stays.
#[test]
fn intermediary_gets_the_number_and_the_signer_and_its_answer_is_not_kept() {
    let stub = stub(StubSettings::default());
    let reply = client_at(&stub.intermediary_url(), &stub, SHORT).unwrap().ask(&query());
    assert!(reply.verbatim.is_none() && reply.cosigned.is_none() && reply.request_sha256.is_some());
    let question = stub.last_question().unwrap();
    assert!(question.contains(NUMBER) && !question.contains("Mẫu") && !question.contains("2008"), "{question}");
    assert!(question.contains("\"device_type\":\"desk\"") && !question.contains("province"), "{question}");
}

#[test]
fn api_key_of_somebody_else_is_not_let_in() {
    let stub = stub(StubSettings { api_key: "another".to_owned(), ..StubSettings::default() });
    let mut client = client_at(&stub.intermediary_url(), &stub, SHORT).unwrap();
    assert_eq!(client.ask(&query()).answer, refused(RefusedReason::HttpStatus { status: 401 }));
    assert_eq!(stub.calls(), 0);
}

#[test]
fn key_of_another_kind_is_no_key_of_the_intermediary() {
    let made = |pem: &str| {
        let api_key = Secret::new(String::new());
        Intermediary::new(api_key, SentFields::default(), pem.as_bytes()).map(|_| ())
    };
    let stub = stub(StubSettings::default());
    let key = stub.intermediary_key();
    assert_eq!(made(&key), Ok(()));
    for pem in ["", "no key", stub.authority_pem(), &key.repeat(2)] {
        assert_eq!(made(pem), Err(NoPublicKey));
    }
}
