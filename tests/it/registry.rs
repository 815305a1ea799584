//! The registry over real TLS on loopback: every verdict and every fault.

use crate::record_support::device;
use diemdanh::{
    bits::{
        random::SeededRandom,
        secret::Pii,
        stamp::{Clock as _, Stamp},
    },
    host::{
        clock::SystemClock,
        http::{CallLimits, HttpsRegistry, RegistrySettings, RegistrySetupError},
    },
    lab::registry_stub::{RegistryStub, StubFault, StubSettings},
    registry::{
        Answer, Asked, Breaker, CardInvalidReason, Field, NotAskedReason, Query, RefusedReason, Registry, RequestId,
        wire::{AnswerLine, Expected, answer_text, judge, parse_question, question_text},
    },
};
use jiff::civil::date;
use std::{
    collections::BTreeMap,
    net::TcpListener,
    time::{Duration, Instant},
};

const NUMBER: &str = "099208000017";

fn query() -> Query {
    Query {
        request_id: RequestId([9; 16]),
        number: Pii::new(NUMBER.to_owned()),
        full_name: Pii::new("Nguyễn Văn Mẫu".to_owned()),
        birth_date: Some(date(2008, 2, 15)),
        expiry: None,
        ds_certificate: vec![0x30, 0],
        asked: Asked { origin: "board.example/e/d/s/001".to_owned(), size: 3, root: [4; 32] },
    }
}

fn stub(settings: StubSettings) -> RegistryStub {
    RegistryStub::start(settings, &mut SeededRandom::new("stub")).unwrap()
}

/// A client with short limits, so that nothing here waits long.
fn client(stub: &RegistryStub) -> HttpsRegistry {
    let limits = CallLimits { connect_ms: 1_000, whole_ms: 1_500, ..CallLimits::default() };
    client_at(stub.url(), stub, limits).unwrap()
}

fn client_at(url: &str, stub: &RegistryStub, limits: CallLimits) -> Result<HttpsRegistry, RegistrySetupError> {
    let authority = stub.authority_pem().as_bytes();
    let settings = RegistrySettings { url, authority, verifier: stub.verifier().clone(), key: device(), limits };
    HttpsRegistry::new(settings, Box::new(SystemClock))
}

#[test]
fn every_verdict() {
    let stub = stub(StubSettings::default());
    let mut client = client(&stub);
    let reply = client.ask(&query());
    assert!(matches!(reply.answer, Answer::Match { .. }), "{:?}", reply.answer);
    assert!(reply.request_sha256.is_some());
    assert!(stub.verifier().open(&reply.verbatim.unwrap()).is_ok(), "the answer can be shown again");
    let fields = vec![Field::FullName, Field::BirthDate];
    let rows = [
        ("mismatch/full_name,birth_date", Answer::Mismatch { fields }),
        ("mismatch/blood_group", Answer::UnknownCode { code: "mismatch/blood_group".to_owned() }),
        ("card_invalid/revoked", Answer::CardInvalid { reason: CardInvalidReason::Revoked }),
        ("card_invalid/lost", Answer::CardInvalid { reason: CardInvalidReason::Lost }),
        ("card_invalid/reissued", Answer::CardInvalid { reason: CardInvalidReason::Reissued }),
        ("card_invalid/expired", Answer::CardInvalid { reason: CardInvalidReason::Expired }),
        ("card_invalid/eaten", Answer::CardInvalid { reason: CardInvalidReason::Unknown }),
        ("not_found", Answer::NotFound),
        ("E-4711", Answer::UnknownCode { code: "E-4711".to_owned() }),
        ("lời nói", Answer::Refused { why: RefusedReason::Malformed }),
    ];
    for (verdict, expected) in rows {
        stub.decide(NUMBER, verdict);
        assert_eq!(client.ask(&query()).answer, expected, "{verdict}");
    }
}

#[test]
fn the_question_is_signed_and_names_the_log() {
    let stub = stub(StubSettings::default());
    client(&stub).ask(&query());
    let question = stub.last_question().unwrap();
    let key = device();
    let text = key.verifier().open(&question).unwrap();
    let asked = parse_question(text).unwrap();
    assert_eq!((asked.asked, asked.request_id), (query().asked, query().request_id));
    assert_eq!(question_text(&query()).reveal(), text);
    assert_eq!(parse_question(&text.replace("\"size\":3", "\"size\": 3")).map(|_| ()), None);
}

#[test]
fn every_fault() {
    use NotAskedReason::{OutOfOrder, TimedOut};
    use RefusedReason::{BadSignature, ForeignRequest, HttpStatus, Malformed, TooLarge};
    let not_asked = |why| Answer::NotAsked { why };
    let refused = |why| Answer::Refused { why };
    let rows = [
        (StubFault::Silent, not_asked(TimedOut)),
        (StubFault::OutOfOrder, not_asked(OutOfOrder { status: 503 })),
        (StubFault::Unauthorised, refused(HttpStatus { status: 401 })),
        (StubFault::Redirect, refused(HttpStatus { status: 302 })),
        (StubFault::Lying, refused(BadSignature)),
        (StubFault::ForeignKey, refused(BadSignature)),
        (StubFault::ForeignHash, refused(ForeignRequest)),
        (StubFault::ForeignId, refused(ForeignRequest)),
        (StubFault::Oversize, refused(TooLarge { limit: 65_536 })),
        (StubFault::Malformed, refused(Malformed)),
        (StubFault::NotText, refused(Malformed)),
    ];
    let stub = stub(StubSettings::default());
    let mut client = client(&stub);
    for (fault, expected) in rows {
        stub.order(fault);
        let began = Instant::now();
        let reply = client.ask(&query());
        assert_eq!(reply.answer, expected, "{fault:?}");
        assert!(began.elapsed() < Duration::from_secs(3), "{fault:?}");
        let is_signed = matches!(fault, StubFault::ForeignHash | StubFault::ForeignId);
        assert_eq!(reply.verbatim.is_some(), is_signed, "{fault:?}");
    }
    stub.order(StubFault::StaleTime);
    let reply = client.ask(&query());
    let Answer::Refused { why: RefusedReason::StaleTime { off_seconds } } = reply.answer else { panic!("{reply:?}") };
    assert!((-602..=-598).contains(&off_seconds), "{off_seconds}");
    stub.order(StubFault::None);
    assert!(matches!(client.ask(&query()).answer, Answer::Match { .. }), "it recovers by itself");
}

#[test]
fn a_call_is_repeated_once() {
    let stub = stub(StubSettings { fault: StubFault::OutOfOrderOnce, ..StubSettings::default() });
    assert!(matches!(client(&stub).ask(&query()).answer, Answer::Match { .. }));
    assert_eq!(stub.calls(), 2);
    stub.order(StubFault::OutOfOrder);
    client(&stub).ask(&query());
    assert_eq!(stub.calls(), 4);
    stub.order(StubFault::Lying);
    client(&stub).ask(&query());
    assert_eq!(stub.calls(), 5, "an answer that came is not asked for again");
}

#[test]
fn slow_is_waited_for_and_too_slow_is_not() {
    let stub = stub(StubSettings { delay_ms: 700, ..StubSettings::default() });
    let reply = client(&stub).ask(&query());
    assert!(matches!(reply.answer, Answer::Match { .. }) && reply.elapsed_ms >= 700, "{reply:?}");
    stub.delay(3_000);
    let reply = client(&stub).ask(&query());
    assert_eq!(reply.answer, Answer::NotAsked { why: NotAskedReason::TimedOut });
    assert!(reply.elapsed_ms < 2_500);
}

#[test]
fn certificates_of_others_are_refused() {
    let foreign = stub(StubSettings { foreign_certificate: true, ..StubSettings::default() });
    let reply = client(&foreign).ask(&query());
    assert_eq!(reply.answer, Answer::Refused { why: RefusedReason::ForeignCertificate });
    assert_eq!(foreign.calls(), 0, "nothing about a person was sent");
    let good = stub(StubSettings::default());
    let by_other_name = good.url().replace("127.0.0.1", "127.0.0.2");
    let mut client = client_at(&by_other_name, &good, CallLimits::default()).unwrap();
    assert!(matches!(client.ask(&query()).answer, Answer::NotAsked { .. } | Answer::Refused { .. }));
    let old = stub(StubSettings { old_tls: true, ..StubSettings::default() });
    assert_eq!(self::client(&old).ask(&query()).answer, Answer::NotAsked { why: NotAskedReason::Unreachable });
    assert_eq!(old.calls(), 0);
}

#[test]
fn nobody_there() {
    let stub = stub(StubSettings::default());
    let limits = CallLimits { connect_ms: 300, whole_ms: 1_000, ..CallLimits::default() };
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = |address: &str| client_at(&format!("https://{address}/"), &stub, limits).unwrap().ask(&query()).answer;
    let unreachable = Answer::NotAsked { why: NotAskedReason::Unreachable };
    assert_eq!(answer(&closed.to_string()), unreachable);
    assert_eq!(answer("registry.invalid"), unreachable);
    // Takes the connection and says nothing, not even TLS.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap().to_string();
    assert_eq!(answer(&address), Answer::NotAsked { why: NotAskedReason::TimedOut });
}

#[test]
fn settings_that_cannot_be() {
    let stub = stub(StubSettings::default());
    let setup = |url: &str| client_at(url, &stub, CallLimits::default()).map(|_| ());
    assert!(matches!(setup("http://127.0.0.1/"), Err(RegistrySetupError::Address)));
    assert!(matches!(setup("registry"), Err(RegistrySetupError::Address)));
    let twice = stub.authority_pem().repeat(2);
    for authority in ["", "no certificate", &twice] {
        let settings = RegistrySettings {
            url: stub.url(),
            authority: authority.as_bytes(),
            verifier: stub.verifier().clone(),
            key: device(),
            limits: CallLimits::default(),
        };
        let refused = HttpsRegistry::new(settings, Box::new(SystemClock)).map(|_| ());
        assert!(matches!(refused, Err(RegistrySetupError::Authority)));
    }
}

#[test]
fn after_five_failures_a_desk_waits() {
    let stub = stub(StubSettings { fault: StubFault::OutOfOrder, ..StubSettings::default() });
    let mut client = client(&stub);
    for _ in 0..5 {
        assert_eq!(client.ask(&query()).answer, Answer::NotAsked { why: NotAskedReason::OutOfOrder { status: 503 } });
    }
    let reply = client.ask(&query());
    assert_eq!(reply.answer, Answer::NotAsked { why: NotAskedReason::BreakerOpen });
    assert_eq!((reply.request_sha256, stub.calls()), (None, 10));
}

#[test]
fn the_breaker_by_the_clock() {
    let mut breaker = Breaker::default();
    for _ in 0..5 {
        assert!(breaker.may_call(0));
        breaker.failed(1_000);
    }
    assert!(!breaker.may_call(30_999));
    assert!(breaker.may_call(31_000), "a probe");
    assert!(!breaker.may_call(31_001), "one probe at a time");
    breaker.failed(31_500);
    assert!(!breaker.may_call(61_000));
    assert!(breaker.may_call(61_500));
    breaker.succeeded();
    assert!(breaker.may_call(61_501));
    // Ten failures among twenty calls, never five in a row.
    let mut opened = false;
    for call in 0..20 {
        opened |= !breaker.may_call(70_000);
        if call % 2 == 0 { breaker.failed(70_000) } else { breaker.succeeded() }
    }
    assert!(opened || !breaker.may_call(70_001));
}

#[test]
fn an_answer_is_judged_within_its_limits() {
    let Stamp { wall, .. } = SystemClock.now();
    let id = RequestId([9; 16]);
    let line = AnswerLine {
        request_sha256: "01".repeat(32),
        id: id.to_string(),
        status: "match".to_owned(),
        fields: vec![],
        reason: None,
        time: wall,
    };
    let judged = |seconds: i64| {
        let now = wall + jiff::SignedDuration::from_secs(seconds);
        judge(&answer_text(&line), &Expected { request_sha256: &[1; 32], id, now, max_skew_seconds: 120 })
    };
    assert!(matches!(judged(120), Answer::Match { .. }) && matches!(judged(-120), Answer::Match { .. }));
    assert_eq!(judged(121), Answer::Refused { why: RefusedReason::StaleTime { off_seconds: -121 } });
    let empty = AnswerLine { status: "mismatch".to_owned(), ..line.clone() };
    let expected = Expected { request_sha256: &[1; 32], id, now: wall, max_skew_seconds: 120 };
    assert_eq!(judge(&answer_text(&empty), &expected), Answer::Refused { why: RefusedReason::Malformed });
}

#[test]
fn the_settings_file_holds_the_defaults() {
    let text = std::fs::read_to_string("config/registry_stub.toml").unwrap();
    let read: StubSettings = toml::from_str(&text).unwrap();
    let usual = StubSettings::default();
    assert_eq!((read.listen, read.name, read.otherwise), (usual.listen, usual.name, usual.otherwise));
    assert_eq!((read.delay_ms, read.fault, read.verdicts), (usual.delay_ms, usual.fault, BTreeMap::new()));
    assert!(toml::from_str::<StubSettings>("falt = \"none\"").is_err(), "a misspelt key is refused");
}
