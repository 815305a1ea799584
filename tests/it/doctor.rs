//! `diemdanh doctor --registry`: what it finds, what it says that means, and how it ends.

use crate::desk_support::{OWN_CERTIFICATE, World};
use crate::programs::program;
use diemdanh::bits::random::SeededRandom;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::state::Halted;
use diemdanh::desk::doctor::{CALLS, Finding, RegistryExam, examine, meaning};
use diemdanh::desk::plan::DeskPlan;
use diemdanh::desk::start::read_config;
use diemdanh::host::clock::SystemClock;
use diemdanh::lab::registry_stub::{ShownCertificate, StubFault, StubSettings};
use diemdanh::registry::{Answer, NotAskedReason, RefusedReason};
use std::net::TcpListener;
use std::process::{Command, Output};

fn knowing_nobody() -> StubSettings {
    StubSettings { otherwise: "not_found".to_owned(), ..StubSettings::default() }
}

fn try_examine(world: &World) -> Result<RegistryExam, Halted> {
    let (config, base) = read_config(&world.config()).unwrap();
    let plan = DeskPlan::of_files(&config, &base).unwrap();
    examine(&plan, &SystemClock, Box::new(SystemClock), &mut SeededRandom::new("doctor"))
}

fn examined(world: &World) -> RegistryExam {
    try_examine(world).unwrap()
}

#[test]
fn registry_that_is_well() {
    let world = World::asking(knowing_nobody());
    let exam = examined(&world);
    assert_eq!((exam.exit_code(), exam.findings.len(), exam.answered_ms.len()), (0, 0, CALLS));
    let shown = exam.certificate.as_ref().unwrap();
    assert!(shown.issuer.contains("Registry stub CA") && shown.subject.contains("Registry stub"), "{shown:?}");
    assert!(shown.not_before < shown.not_after);
    assert!(exam.clock_off.unwrap().as_secs().abs() <= 2, "{:?}", exam.clock_off);
    let percentiles = [50, 95, 99].map(|percent| exam.percentile_ms(percent).unwrap());
    assert!(percentiles.is_sorted(), "{percentiles:?}");
    assert_eq!(world.registry.as_ref().unwrap().calls(), u32::try_from(CALLS).unwrap());
}

/// Also where it is refused, the certificate is shown: a technician has to see what is wrong with it.
#[test]
fn certificate_is_shown_where_it_is_refused() {
    let rows = [
        (ShownCertificate::Foreign, RefusedReason::ForeignCertificate),
        (ShownCertificate::Expired, RefusedReason::CertificateExpired),
        (ShownCertificate::TooEarly, RefusedReason::CertificateTooEarly),
        (ShownCertificate::OtherName, RefusedReason::CertificateForOtherName),
    ];
    for (certificate, why) in rows {
        let world = World::asking(StubSettings { certificate, ..knowing_nobody() });
        let exam = examined(&world);
        assert!(exam.certificate.is_some(), "{certificate:?}");
        assert_eq!(exam.exit_code(), 2);
        let answer = Answer::Refused { why };
        assert!(matches!(&exam.findings[0], Finding::Failed { answer: told, .. } if *told == answer), "{exam:?}");
        assert_eq!(world.registry.as_ref().unwrap().calls(), 0);
    }
}

/// A hopeless registry is not asked twenty times: each call may take eight seconds.
#[test]
fn failures_are_counted_and_end_the_examination() {
    let world = World::asking(StubSettings { fault: StubFault::ServerError, ..knowing_nobody() });
    let exam = examined(&world);
    let down = Answer::NotAsked { why: NotAskedReason::OutOfOrder { status: 500 } };
    assert_eq!(exam.findings, [Finding::Failed { answer: down, calls: 3 }]);
    let some = World::asking(StubSettings { every: [(StubFault::ServerError, 7)].into(), ..knowing_nobody() });
    let exam = examined(&some);
    assert_eq!((exam.exit_code(), exam.answered_ms.len(), exam.answers.len()), (2, CALLS - 2, CALLS));
}

#[test]
fn remarks_about_a_registry_that_answers() {
    let knows = World::asking(StubSettings::default());
    let exam = examined(&knows);
    assert!(exam.exit_code() == 1 && matches!(exam.findings[0], Finding::KnowsNobody { .. }), "{exam:?}");
    let slow = World::asking(StubSettings { delay_ms: 30, ..knowing_nobody() }).with_registry_keys("wait_ms = 10");
    let exam = examined(&slow);
    assert!(exam.exit_code() == 1 && matches!(exam.findings[0], Finding::Slow { wait_ms: 10, .. }), "{exam:?}");
}

#[test]
fn clock_that_is_far_off_is_told_with_its_distance() {
    let world = World::asking(StubSettings { fault: StubFault::StaleTime, ..knowing_nobody() });
    let exam = examined(&world);
    let off = exam.clock_off.unwrap().as_secs();
    assert!((-602..=-598).contains(&off), "{off}");
    assert_eq!(exam.exit_code(), 2);
}

#[test]
fn registry_that_is_not_configured_is_not_examined() {
    assert_eq!(try_examine(&World::alone()).unwrap_err().failure, Failure::RegistryUnprepared);
}

/// Each failure means something else, in words.
#[test]
fn every_failure_has_a_meaning_of_its_own() {
    use NotAskedReason::{BreakerOpen, BrokenOff, NameUnknown, NotConfigured, OutOfOrder, TimedOut, Unreachable};
    use RefusedReason::{
        BadSignature, CertificateExpired, CertificateForOtherName, CertificateTooEarly, ContentType,
        ForeignCertificate, ForeignRequest, HttpStatus, Malformed, NoCommonTls, OwnCertificateMissing,
        OwnCertificateRefused, StaleTime,
    };
    let silent = [NotConfigured, Unreachable, NameUnknown, BrokenOff, TimedOut, BreakerOpen];
    let silent = silent.into_iter().chain([OutOfOrder { status: 429 }, OutOfOrder { status: 503 }]);
    let refused = [
        ForeignCertificate,
        CertificateForOtherName,
        CertificateExpired,
        CertificateTooEarly,
        NoCommonTls,
        OwnCertificateMissing,
        OwnCertificateRefused,
        BadSignature,
        ForeignRequest,
        StaleTime { off_seconds: 1 },
        Malformed,
        ContentType,
        HttpStatus { status: 401 },
        HttpStatus { status: 307 },
        HttpStatus { status: 404 },
        HttpStatus { status: 418 },
    ];
    let all = silent.map(|why| Answer::NotAsked { why }).chain(refused.map(|why| Answer::Refused { why }));
    let meanings: Vec<&str> = all.map(|answer| meaning(&answer)).collect();
    let different: std::collections::BTreeSet<&str> = meanings.iter().copied().collect();
    assert_eq!(different.len(), meanings.len());
}

// -- the program --

fn doctor(world: &World, environment: &[(&str, String)]) -> Output {
    let mut command = Command::new(program("diemdanh"));
    command.args(["doctor", "--registry", "--config"]).arg(world.config());
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.output().unwrap()
}

#[test]
fn program_says_it_in_lines_and_ends_by_its_verdict() {
    let world = World::asking(knowing_nobody());
    let output = doctor(&world, &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for line in ["certificate   CN=Registry stub", "issued by     CN=Registry stub CA", "p95", "verdict       well"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    world.change_config(OWN_CERTIFICATE, "");
    let output = doctor(&world, &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("FAILED") && text.contains("registry.client_cert"), "{text}");
    assert_eq!(doctor(&World::alone(), &[]).status.code(), Some(3));
    let nothing = Command::new(program("diemdanh")).arg("doctor").output().unwrap();
    assert_eq!(nothing.status.code(), Some(64), "what is to be examined has to be said");
}

/// Whoever sets a proxy in the environment hears nothing of anybody.
#[test]
fn proxy_variables_are_ignored() {
    let world = World::asking(knowing_nobody());
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let address = format!("http://{}", trap.local_addr().unwrap());
    let names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    let environment: Vec<(&str, String)> = names.iter().map(|name| (*name, address.clone())).collect();
    let output = doctor(&world, &environment);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(trap.accept().map(|_| ()).unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "nobody came");
}
