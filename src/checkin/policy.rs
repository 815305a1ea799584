//! The verdict: a pure function of a case, the rules and the moment.
//!
//! There is no refusal in it: the gravest verdict stops the check-in and sends for a person who decides.

use crate::bits::stamp::Stamp;
use crate::checkin::case::{Case, RegistryPart};
use crate::checkin::context::{Context, Timing};
use crate::checkin::event::PortraitNews;
use crate::checkin::failure::{Failure, Signal};
use crate::emrtd::report::Overall;
use crate::registry::{Answer, NotAskedReason, RefusedReason};
use crate::roster::Matching;

/// What the desk proposes to the invigilator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Something is still being read or asked.
    Working,
    /// Everything required is proven.
    Admit {
        /// What she is told all the same.
        remarks: Vec<Failure>,
    },
    /// A person has to decide.
    Ask {
        /// Why, the gravest first.
        reasons: Vec<Failure>,
    },
    /// Stop and send for the head of site.
    Halt {
        /// Why.
        cause: Failure,
    },
}

impl Verdict {
    /// Which signal it shows. Green only for [`Verdict::Admit`] without a remark that asks for attention.
    pub fn signal(&self) -> Signal {
        match self {
            Self::Working => Signal::Working,
            Self::Admit { remarks } if remarks.iter().all(|remark| is_silence(*remark)) => Signal::Ok,
            Self::Admit { .. } | Self::Ask { .. } => Signal::Attention,
            Self::Halt { .. } => Signal::Stop,
        }
    }
}

/// The verdict on `case` at the moment `stamp`.
pub fn verdict(case: &Case, context: &Context, stamp: Stamp) -> Verdict {
    let findings = findings(case, context, stamp);
    if let Some(cause) = findings.iter().find(|finding| finding.signal() == Signal::Stop) {
        return Verdict::Halt { cause: *cause };
    }
    let (remarks, reasons): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|finding| is_remark(*finding, context.policy.registry_required));
    if !reasons.is_empty() {
        Verdict::Ask { reasons }
    } else if !case.chip_final || is_waiting(case, context, stamp) {
        Verdict::Working
    } else if case.chip.overall == Overall::Pass && matches!(case.matching, Matching::Exact(_)) {
        Verdict::Admit { remarks }
    } else {
        Verdict::Ask { reasons: vec![Failure::ChipRemark] }
    }
}

/// What the registry's answer is called at the desk; `None` for a match.
pub fn registry_failure(answer: &Answer) -> Option<Failure> {
    Some(match answer {
        Answer::Match { .. } => return None,
        Answer::Mismatch { .. } => Failure::RegistryMismatch,
        Answer::CardInvalid { .. } => Failure::RegistryCardInvalid,
        Answer::NotFound => Failure::RegistryNotFound,
        Answer::UnknownCode { .. } => Failure::RegistryUnknownCode,
        Answer::NotAsked { why: NotAskedReason::TimedOut } => Failure::RegistrySlow,
        Answer::NotAsked { .. } => Failure::RegistryDown,
        Answer::Refused { why: RefusedReason::ForeignCertificate } => Failure::RegistryForeign,
        Answer::Refused { why: RefusedReason::HttpStatus { .. } } => Failure::RegistryRejects,
        Answer::Refused { .. } => Failure::RegistryLying,
    })
}

/// True when nobody answered: the local verdict stands.
pub fn is_silence(failure: Failure) -> bool {
    use Failure::{RegistryDown, RegistryForeign, RegistryLying, RegistryRejects, RegistrySlow};
    matches!(failure, RegistryDown | RegistrySlow | RegistryForeign | RegistryLying | RegistryRejects)
}

fn is_remark(failure: Failure, registry_required: bool) -> bool {
    match failure {
        Failure::Late | Failure::PortraitUnreadable => true,
        other => is_silence(other) && !registry_required,
    }
}

fn is_waiting(case: &Case, context: &Context, stamp: Stamp) -> bool {
    let waited_ms = stamp.boot_ms.saturating_sub(case.began.boot_ms);
    matches!(case.registry, RegistryPart::Asking(_)) && waited_ms < context.policy.registry_wait_ms
}

fn findings(case: &Case, context: &Context, stamp: Stamp) -> Vec<Failure> {
    let registry = match &case.registry {
        RegistryPart::Done(answer) => registry_failure(answer),
        RegistryPart::Asking(_) if !is_waiting(case, context, stamp) => Some(Failure::RegistrySlow),
        RegistryPart::Asking(_) | RegistryPart::Off => None,
    };
    let portrait = match case.portrait {
        Some(PortraitNews::Unreadable | PortraitNews::Missing) => Some(Failure::PortraitUnreadable),
        Some(PortraitNews::Ready(_)) | None => None,
    };
    let expired = case.expired(context, stamp).then_some(Failure::CardExpired);
    [case.chip.failure, roster(case), registry, expired, timing(case), portrait].into_iter().flatten().collect()
}

fn roster(case: &Case) -> Option<Failure> {
    match case.matching {
        Matching::Exact(_) => None,
        Matching::NeedsDecision { .. } => Some(Failure::NeedsDecision),
        Matching::Elsewhere { .. } => Some(Failure::Elsewhere),
        Matching::NotListed => Some(Failure::NotListed),
    }
}

fn timing(case: &Case) -> Option<Failure> {
    match case.timing {
        Timing::InTime => None,
        Timing::TooEarly => Some(Failure::TooEarly),
        Timing::Late { .. } => Some(Failure::Late),
        Timing::TooLate { .. } => Some(Failure::TooLate),
    }
}
