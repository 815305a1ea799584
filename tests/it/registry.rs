//! The registry over real TLS on loopback: every verdict and every fault.

use crate::registry_support::{NUMBER, client, client_at, not_asked, query, query_about, refused, segment_key, stub};
use diemdanh::{
    bits::stamp::{Clock as _, Stamp},
    host::{clock::SystemClock, http::CallLimits},
    lab::registry_stub::{ShownCertificate, StubFault, StubSettings},
    registry::{
        Answer, Breaker, CardInvalidReason, Field, MAX_PAUSE_MS, NotAskedReason, RefusedReason, Registry, RequestId,
        wire::{AnswerLine, Expected, Papers, answer_text, judge, parse_presented, parse_question, presented_text},
    },
};
use std::{
    collections::BTreeMap,
    net::TcpListener,
    time::{Duration, Instant},
};

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
    let key = segment_key();
    let text = key.verifier().open(&question).unwrap();
    let (asked, papers) = parse_presented(text).unwrap();
    assert_eq!((asked.asked, asked.request_id), (query().asked, query().request_id));
    assert_eq!(papers, Papers { key: key.verifier().to_string(), ..Papers::default() });
    assert_eq!(presented_text(&query(), &papers).reveal(), text);
    assert_eq!(parse_question(&text.replace("\"size\":3", "\"size\": 3")).map(|_| ()), None);
}

/// What each fault comes to. Those of the cosignature leave the answer as it is.
fn ends() -> Vec<(StubFault, Answer)> {
    use NotAskedReason::{BrokenOff, OutOfOrder, TimedOut};
    use RefusedReason::{BadSignature, ContentType, ForeignRequest, HttpStatus, Malformed, TooLarge};
    vec![
        (StubFault::Silent, not_asked(TimedOut)),
        (StubFault::Slow, not_asked(TimedOut)),
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
    ]
}

#[test]
fn every_fault() {
    let stub = stub(StubSettings::default());
    for (fault, expected) in ends() {
        // What is given again is the last answer: somebody else's.
        client(&stub).ask(&query_about("099208000025", 8));
        stub.order(fault);
        let began = Instant::now();
        let mut client = client(&stub);
        let reply = client.ask(&query());
        assert_eq!(reply.answer, expected, "{fault:?}");
        assert!(began.elapsed() < Duration::from_secs(3), "{fault:?}");
        let is_signed = matches!(fault, StubFault::ForeignHash | StubFault::ForeignId | StubFault::Replayed);
        assert_eq!(reply.verbatim.is_some(), is_signed, "{fault:?}");
        stub.order(StubFault::None);
        assert!(matches!(client.ask(&query()).answer, Answer::Match { .. }), "{fault:?}: it recovers by itself");
    }
}

#[test]
fn time_far_from_ours_is_told_with_its_distance() {
    let stub = stub(StubSettings::default());
    for (fault, off) in [(StubFault::StaleTime, -600), (StubFault::EarlyTime, 600)] {
        stub.order(fault);
        let reply = client(&stub).ask(&query());
        let Answer::Refused { why: RefusedReason::StaleTime { off_seconds } } = reply.answer else {
            panic!("{reply:?}")
        };
        assert!((off - 2..=off + 2).contains(&off_seconds), "{off_seconds}");
    }
}

/// No fault of the stub is without a row in one of the tables.
#[test]
fn every_fault_has_its_end() {
    let told: Vec<StubFault> = ends().into_iter().map(|(fault, _)| fault).collect();
    let elsewhere = |fault: &StubFault| {
        fault.name().starts_with("cosigns") || fault.name().ends_with("-time") || *fault == StubFault::None
    };
    let once = [StubFault::OutOfOrderOnce, StubFault::TooMany];
    let missing = |fault: &StubFault| !told.contains(fault) && !elsewhere(fault) && !once.contains(fault);
    assert_eq!(StubFault::ALL.into_iter().find(missing), None);
    assert!(StubFault::ALL.into_iter().all(|fault| StubFault::named(fault.name()) == Some(fault)));
}

/// Too many calls: the registry says when to come again, and nobody asks before.
#[test]
fn registry_that_asks_for_a_pause_gets_it() {
    let stub = stub(StubSettings { fault: StubFault::TooMany, retry_after_s: 30, ..StubSettings::default() });
    let mut client = client(&stub);
    assert_eq!(client.ask(&query()).answer, not_asked(NotAskedReason::OutOfOrder { status: 429 }));
    stub.order(StubFault::None);
    assert_eq!(client.ask(&query()).answer, not_asked(NotAskedReason::BreakerOpen));
    assert_eq!(stub.calls(), 1, "it was not repeated either");
}

#[test]
fn pause_has_an_end() {
    let mut breaker = Breaker::default();
    breaker.pause(1_000, u64::MAX);
    assert!(!breaker.may_call(1_000 + MAX_PAUSE_MS - 1));
    assert!(breaker.may_call(1_000 + MAX_PAUSE_MS));
    breaker.succeeded();
    assert!(breaker.may_call(1_001 + MAX_PAUSE_MS));
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
fn nobody_there() {
    let stub = stub(StubSettings::default());
    let limits = CallLimits { connect_ms: 300, whole_ms: 1_000, ..CallLimits::default() };
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = |address: &str| client_at(&format!("https://{address}/"), &stub, limits).unwrap().ask(&query()).answer;
    let unreachable = Answer::NotAsked { why: NotAskedReason::Unreachable };
    assert_eq!(answer(&closed.to_string()), unreachable);
    // Takes the connection and says nothing, not even TLS.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap().to_string();
    assert_eq!(answer(&address), Answer::NotAsked { why: NotAskedReason::TimedOut });
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
    assert_eq!((read.slow_ms, read.retry_after_s, read.every), (usual.slow_ms, usual.retry_after_s, BTreeMap::new()));
    assert_eq!((read.client_certificate, read.old_tls), (true, false));
    assert_eq!((read.certificate, read.persons), (ShownCertificate::Good, BTreeMap::new()));
    assert!(toml::from_str::<StubSettings>("falt = \"none\"").is_err(), "a misspelt key is refused");
}

/// The description for others names every part of what travels.
#[test]
fn openapi_describes_what_travels() {
    let described = std::fs::read_to_string("config/registry/openapi.yaml").unwrap();
    let line = AnswerLine {
        request_sha256: String::new(),
        id: String::new(),
        status: "match".to_owned(),
        fields: vec![],
        reason: None,
        time: SystemClock.now().wall,
    };
    let papers = Papers { key: "k".to_owned(), endorsement: "e".to_owned(), desk_cert: "c".to_owned() };
    for text in [presented_text(&query(), &papers).reveal().clone(), answer_text(&line)] {
        let (head, json) = text.split_once('\n').unwrap();
        assert!(described.contains(head), "{head}");
        let parts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap();
        for name in parts.keys() {
            assert!(described.contains(&format!("        {name}:")), "{name}");
        }
    }
}
