//! What a technician asks the day before: is the registry the right one, does it take this desk, is its clock ours, how
//! fast is it, and what does a failure mean.
//!
//! The questions are about a number that nobody has, and name no entry of any log.

use crate::config::DialectKind;
use crate::keys::{desk_cert, device_key};
use crate::plan::DeskPlan;
use crate::registry::{OwnFiles, asker, dialect, read, unprepared, verifier};
use bits::random::Random;
use bits::secret::Pii;
use bits::stamp::Clock;
use checkin::state::Halted;
use host::http::{CallLimits, HttpsRegistry, RegistrySettings, RegistrySetupError};
use host::server_look::{ServerCertificate, look};
use jiff::{SignedDuration, Timestamp};
use registry::wire::answer_time;
use registry::{Answer, Asked, NotAskedReason, Query, RefusedReason, Registry as _, Reply, RequestId};
use tlog::{NoteKey, NoteVerifier};

/// A number that nobody has: no province has the code 000.
pub const NOBODY: &str = "000000000000";
/// How often the registry is asked.
pub const CALLS: usize = 20;

/// What the examination found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryExam {
    /// The certificate that the server showed.
    pub certificate: Option<ServerCertificate>,
    /// How each call ended.
    pub answers: Vec<Answer>,
    /// How long the calls took that were answered, in milliseconds, the shortest first.
    pub answered_ms: Vec<u64>,
    /// The registry's clock minus this machine's, by the fastest answer.
    pub clock_off: Option<SignedDuration>,
    /// What a technician has to know, the worst first.
    pub findings: Vec<Finding>,
}

/// One thing that a technician has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Calls that ended so, which is no answer.
    Failed {
        /// How.
        answer: Answer,
        /// How many of them.
        calls: usize,
    },
    /// It says something else than "not found" about a number that nobody has.
    KnowsNobody {
        /// What it says.
        answer: Answer,
    },
    /// The server's certificate ends soon.
    CertificateEnds {
        /// In so many days.
        days: i64,
    },
    /// The clocks are so far apart that answers will be refused when they drift a little more.
    ClockOff {
        /// The registry's minus ours, in seconds.
        seconds: i64,
    },
    /// One call in twenty takes longer than a verdict waits.
    Slow {
        /// How long it takes, in milliseconds.
        p95_ms: u64,
        /// How long a verdict waits.
        wait_ms: u64,
    },
}

impl Finding {
    /// True where the registry cannot be used as it is.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

impl RegistryExam {
    /// So many of a hundred answered calls took no longer than this, in milliseconds; `None` where none was answered.
    pub fn percentile_ms(&self, percent: usize) -> Option<u64> {
        let rank = (self.answered_ms.len() * percent).div_ceil(100);
        self.answered_ms.get(rank.checked_sub(1)?).copied()
    }

    /// 0: all is well; 1: with remarks; 2: calls failed.
    pub fn exit_code(&self) -> u8 {
        let worst = self.findings.iter().map(|finding| if finding.is_failure() { 2 } else { 1 });
        worst.max().unwrap_or(0)
    }
}

/// Asks the registry of this plan twenty times about nobody, in the desk's name and in no log's.
///
/// # Errors
/// A halted desk with [`checkin::failure::Failure::RegistryUnprepared`]: nothing can be asked with these settings.
pub fn examine(
    plan: &DeskPlan,
    clock: &dyn Clock,
    client_clock: Box<dyn Clock>,
    random: &mut dyn Random,
) -> Result<RegistryExam, Halted> {
    let (machine, base) = (plan.machine(), plan.base());
    let config = &machine.registry;
    let log = format!("{}/{}/{}/doctor", machine.exam.board, machine.exam.id, machine.desk.id);
    if config.url.is_empty() {
        return Err(unprepared("registry.url", "this desk asks no registry"));
    }
    let failed = |error: RegistrySetupError| unprepared(&config.url, error);
    let authority = read(config.ca.as_ref(), base, "registry.ca")?;
    let dialect = dialect(plan)?;
    // The other dialect keeps nothing of an answer, its time neither.
    let verifier = (config.dialect == DialectKind::Signed).then(|| verifier(plan)).transpose()?;
    let own = OwnFiles::read(plan)?;
    let own = own.as_ref().map(OwnFiles::identity);
    let limits = CallLimits::default();
    let seen = look(&config.url, &authority, own.as_ref(), limits).map_err(failed)?;
    let key = NoteKey::generate(&log, random).map_err(|error| unprepared(&log, error))?;
    let asker = asker(key, device_key(machine, base)?.as_ref(), desk_cert(machine, base)?)?;
    let (url, authority) = (config.url.as_str(), authority.as_slice());
    let settings = RegistrySettings { url, authority, own, dialect: dialect(asker), limits };
    let mut client = HttpsRegistry::new(settings, client_clock).map_err(failed)?;
    let mut calls = Vec::new();
    for _ in 0..CALLS {
        let reply = client.ask(&nobody(&log, random));
        let off = verifier.as_ref().and_then(|verifier| clock_off(&reply, verifier, clock.now().wall));
        calls.push(Call { off, reply });
        if calls.iter().rev().take(HOPELESS).filter(|call| is_failure(&call.reply.answer)).count() == HOPELESS {
            break;
        }
    }
    Ok(exam(seen.certificate, calls, plan.rules().rules().registry_wait_ms, clock.now().wall))
}

struct Call {
    reply: Reply,
    off: Option<SignedDuration>,
}

fn nobody(log: &str, random: &mut dyn Random) -> Query {
    Query {
        request_id: RequestId::random(random),
        number: Pii::new(NOBODY.to_owned()),
        full_name: Pii::new("NOBODY".to_owned()),
        birth_date: None,
        expiry: None,
        ds_certificate: Vec::new(),
        asked: Asked { origin: log.to_owned(), size: 0, root: EMPTY_ROOT },
    }
}

/// The registry's time against the middle of the call.
fn clock_off(reply: &Reply, verifier: &NoteVerifier, now: Timestamp) -> Option<SignedDuration> {
    let said = answer_time(verifier.open(reply.verbatim.as_ref()?).ok()?)?;
    let half = SignedDuration::from_millis(i64::try_from(reply.elapsed_ms / 2).ok()?);
    Some(said.duration_since(now.checked_sub(half).ok()?))
}

fn exam(certificate: Option<ServerCertificate>, mut calls: Vec<Call>, wait_ms: u64, now: Timestamp) -> RegistryExam {
    let answers = calls.iter().map(|call| call.reply.answer.clone()).collect();
    calls.sort_by_key(|call| call.reply.elapsed_ms);
    let clock_off = calls.iter().find_map(|call| call.off);
    let answered = calls.iter().filter(|call| !is_failure(&call.reply.answer));
    let answered_ms = answered.map(|call| call.reply.elapsed_ms).collect();
    let mut exam = RegistryExam { certificate, answers, answered_ms, clock_off, findings: Vec::new() };
    exam.findings = findings(&exam, wait_ms, now);
    exam
}

fn findings(exam: &RegistryExam, wait_ms: u64, now: Timestamp) -> Vec<Finding> {
    let mut found = failures(&exam.answers);
    let known = exam.answers.iter().find(|answer| !is_failure(answer) && **answer != Answer::NotFound);
    found.extend(known.map(|answer| Finding::KnowsNobody { answer: answer.clone() }));
    let days = exam.certificate.as_ref().map(|shown| shown.not_after.duration_since(now).as_hours() / 24);
    found.extend(days.filter(|days| (0..SOON_DAYS).contains(days)).map(|days| Finding::CertificateEnds { days }));
    let seconds = exam.clock_off.map_or(0, |off| off.as_secs());
    if seconds.abs() > CLOCK_REMARK_S {
        found.push(Finding::ClockOff { seconds });
    }
    let p95_ms = exam.percentile_ms(95).filter(|p95_ms| *p95_ms > wait_ms);
    found.extend(p95_ms.map(|p95_ms| Finding::Slow { p95_ms, wait_ms }));
    found
}

fn failures(answers: &[Answer]) -> Vec<Finding> {
    let mut kinds: Vec<&Answer> = Vec::new();
    for answer in answers.iter().filter(|answer| is_failure(answer)) {
        if !kinds.iter().any(|known| is_same_kind(known, answer)) {
            kinds.push(answer);
        }
    }
    let count = |kind: &Answer| answers.iter().filter(|answer| is_same_kind(answer, kind)).count();
    kinds.into_iter().map(|kind| Finding::Failed { answer: kind.clone(), calls: count(kind) }).collect()
}

/// Two far times differ by a second; they are one failure.
fn is_same_kind(one: &Answer, other: &Answer) -> bool {
    let stale = |answer: &Answer| matches!(answer, Answer::Refused { why: RefusedReason::StaleTime { .. } });
    one == other || (stale(one) && stale(other))
}

fn is_failure(answer: &Answer) -> bool {
    matches!(answer, Answer::NotAsked { .. } | Answer::Refused { .. })
}

/// What a failure means, and what to do about it, for a technician.
pub fn meaning(answer: &Answer) -> &'static str {
    match answer {
        Answer::NotAsked { why } => meaning_of_silence(*why),
        Answer::Refused { why } => meaning_of_refusal(*why),
        _ => "it is an answer",
    }
}

fn meaning_of_silence(why: NotAskedReason) -> &'static str {
    match why {
        NotAskedReason::NotConfigured => "registry.url is empty: this desk asks nobody",
        NotAskedReason::Unreachable => {
            "no way there: check cable, firewall and the port in registry.url; a proxy is never used"
        }
        NotAskedReason::NameUnknown => {
            "no name server knows the name in registry.url: check its spelling and the network's DNS"
        }
        NotAskedReason::BrokenOff => {
            "it was reached and hung up in the middle: a firewall or a balancer between, or it failed"
        }
        NotAskedReason::TimedOut => "it was reached and is too slow, or something between swallows the call",
        NotAskedReason::OutOfOrder { status: 429 } => {
            "it takes no more calls for now: ask its operator for this desk's limit"
        }
        NotAskedReason::OutOfOrder { .. } => "its own side is out of order: tell its operator, nothing is wrong here",
        NotAskedReason::BreakerOpen => "too many calls before failed, or it asked for a pause: see the other failures",
    }
}

fn meaning_of_refusal(why: RefusedReason) -> &'static str {
    match why {
        RefusedReason::ForeignCertificate => {
            "somebody else answers there, or registry.ca is not its CA: compare both with the operator's letter"
        }
        RefusedReason::CertificateForOtherName => "its certificate is for another name than the one in registry.url",
        RefusedReason::CertificateExpired => {
            "its certificate has ended, or this machine's clock is ahead: check the clock first"
        }
        RefusedReason::CertificateTooEarly => {
            "its certificate is not valid yet, or this machine's clock is behind: check the clock first"
        }
        RefusedReason::NoCommonTls => "it does not speak TLS 1.3; nothing older is used: tell its operator",
        RefusedReason::OwnCertificateMissing => {
            "it asks for this desk's certificate: enrol the desk with a board that has a CA, or set registry.client_cert and registry.client_key"
        }
        RefusedReason::OwnCertificateRefused => {
            "it does not take this desk's certificate: expired, revoked, or of another CA than the operator knows"
        }
        RefusedReason::BadSignature => {
            "registry.verifier is not its key, or the answer was altered on the way: compare the key first"
        }
        RefusedReason::ForeignRequest => "it answers another question than was asked: tell its operator at once",
        RefusedReason::StaleTime { .. } => {
            "the clocks are too far apart: check this machine's clock, then tell the operator"
        }
        RefusedReason::TooLarge { .. } | RefusedReason::Malformed => "it speaks another dialect than this desk expects",
        RefusedReason::ContentType => "something between answers with a page of its own: a portal or a proxy",
        RefusedReason::Declined => "it declines without a signed word: ask its operator about key, contract and fields",
        RefusedReason::HttpStatus { status: 401 | 403 } => {
            "it does not let this desk in: ask its operator about key and contract"
        }
        RefusedReason::HttpStatus { status: 404 } => "nothing is at the path in registry.url",
        RefusedReason::HttpStatus { status: 300..=399 } => {
            "it points elsewhere, which is never followed: check registry.url"
        }
        RefusedReason::HttpStatus { .. } => "it refuses the call: ask its operator what the status means",
    }
}

/// The root of a tree without entries (RFC 6962): SHA-256 of nothing.
const EMPTY_ROOT: [u8; 32] = [
    0xE3, 0xB0, 0xC4, 0x42, 0x98, 0xFC, 0x1C, 0x14, 0x9A, 0xFB, 0xF4, 0xC8, 0x99, 0x6F, 0xB9, 0x24, 0x27, 0xAE, 0x41,
    0xE4, 0x64, 0x9B, 0x93, 0x4C, 0xA4, 0x95, 0x99, 0x1B, 0x78, 0x52, 0xB8, 0x55,
];
/// After so many failures in a row the others would end the same way, and take minutes.
const HOPELESS: usize = 3;
const SOON_DAYS: i64 = 30;
const CLOCK_REMARK_S: i64 = 30;
