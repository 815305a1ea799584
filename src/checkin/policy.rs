//! The verdict: a pure function of one contact's proofs, the rules and the moment, and everything that follows from it.
//!
//! [`verdict`] is the only maker of a [`Clearance`], and nobody gets an entry that lets him in without one. Which screen
//! a case has, what may be pressed there and which entry a press leads to are functions of the verdict:
//! case → [`verdict`] → [`Verdict::screen`], [`choices`] → `records`.
//!
//! There is no refusal in it: the gravest verdict stops the check-in and sends for a person who decides.

use crate::case::{Case, RegistryPart, Stage};
use crate::contact::{ContactId, KeyFit};
use crate::context::{Context, DeskPolicy, Timing};
use crate::event::{Choice, PortraitNews};
use crate::failure::{Failure, Signal};
use crate::sign_in::Action;
use bits::stamp::Stamp;
use emrtd::report::Overall;
use record::{Arrival, CandidateRef};
use registry::{Answer, NotAskedReason, RefusedReason};
use roster::Matching;

/// What the desk proposes to the invigilator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Something is still being read or asked.
    Working,
    /// Everything required is proven: he may go in.
    Admit(Clearance),
    /// Everything required is proven, and somebody with this number is in already.
    ReEnter(Clearance, Arrival),
    /// Everything required is proven, and he is expected elsewhere.
    Direct {
        /// That, and what she is told besides.
        reasons: Vec<Failure>,
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

/// Proof that, in one contact, every check that the rules ask for has its proof, that exactly one candidate of this
/// place is meant, and that the registry's part is what the rules allow. Made by [`verdict`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearance {
    contact: ContactId,
    candidate: CandidateRef,
    basis: Basis,
    remarks: Vec<Failure>,
}

/// What a clearance rests on besides the chip and the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Everything that the rules ask: the registry agreed, or the rules do not ask it.
    Whole,
    /// The registry was to be asked and has said nothing, and the rules allow that.
    WithoutRegistry,
}

impl Clearance {
    /// The contact whose proofs these are.
    pub fn contact(&self) -> ContactId {
        self.contact
    }

    /// The candidate.
    pub fn candidate(&self) -> CandidateRef {
        self.candidate
    }

    /// What it rests on.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// What she is told all the same.
    pub fn remarks(&self) -> &[Failure] {
        &self.remarks
    }
}

/// The screens that a case can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseScreen {
    /// A person, four lines, and what the desk proposes.
    Verdict,
    /// Somebody with this number is in already.
    AlreadyIn,
    /// Expected somewhere else.
    Elsewhere,
}

impl Verdict {
    /// Which signal it shows. Green only where nothing but the registry's silence or the kind of document is remarked.
    pub fn signal(&self) -> Signal {
        match self {
            Self::Working => Signal::Working,
            Self::Admit(clearance) if clearance.remarks.iter().all(|remark| is_no_doubt(*remark)) => Signal::Ok,
            Self::Admit(_) | Self::ReEnter(..) | Self::Direct { .. } | Self::Ask { .. } => Signal::Attention,
            Self::Halt { .. } => Signal::Stop,
        }
    }

    /// Which screen shows it. What is not proven comes first, whoever it is.
    pub fn screen(&self) -> CaseScreen {
        match self {
            Self::Working | Self::Admit(_) | Self::Ask { .. } | Self::Halt { .. } => CaseScreen::Verdict,
            Self::ReEnter(..) => CaseScreen::AlreadyIn,
            Self::Direct { .. } => CaseScreen::Elsewhere,
        }
    }

    /// Everything that the screen names: reasons, the cause, or remarks.
    pub fn named(&self) -> &[Failure] {
        match self {
            Self::Working => &[],
            Self::Admit(clearance) | Self::ReEnter(clearance, _) => &clearance.remarks,
            Self::Direct { reasons } | Self::Ask { reasons } => reasons,
            Self::Halt { cause } => std::slice::from_ref(cause),
        }
    }
}

/// The verdict on `case` at the moment `stamp`.
pub fn verdict(case: &Case, context: &Context, stamp: Stamp) -> Verdict {
    let findings = findings(case, context, stamp);
    if let Some(cause) = findings.iter().find(|finding| finding.signal() == Signal::Stop) {
        return Verdict::Halt { cause: *cause };
    }
    if !case.chip_final {
        return Verdict::Working;
    }
    let (remarks, mut reasons): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|finding| is_remark(*finding, context.policy.rules.registry_required));
    if case.chip.overall != Overall::Pass && reasons.is_empty() {
        reasons.push(Failure::ChipRemark);
    }
    if !reasons.is_empty() {
        Verdict::Ask { reasons }
    } else if is_waiting(case, context, stamp) {
        Verdict::Working
    } else {
        cleared(case, remarks)
    }
}

/// Nothing is missing and nothing is wrong: what that comes to depends on where and how often he is expected.
fn cleared(case: &Case, remarks: Vec<Failure>) -> Verdict {
    let candidate = match case.matching {
        Matching::Exact(id) => CandidateRef(id.0),
        // A guest who went out comes in again where he was let in.
        Matching::Elsewhere { candidate: id, .. } if case.arrival.is_some() => CandidateRef(id.0),
        Matching::Elsewhere { .. } => {
            let reasons = std::iter::once(Failure::Elsewhere).chain(remarks).collect();
            return Verdict::Direct { reasons };
        }
        // A finding of its own; it never comes here without a reason.
        Matching::NeedsDecision { .. } | Matching::NotListed => {
            return Verdict::Ask { reasons: vec![Failure::NeedsDecision] };
        }
    };
    let silent = remarks.iter().any(|remark| is_silence(*remark));
    let basis = if silent { Basis::WithoutRegistry } else { Basis::Whole };
    let clearance = Clearance { contact: case.contact, candidate, basis, remarks };
    match case.arrival {
        Some(arrival) => Verdict::ReEnter(clearance, arrival),
        None => Verdict::Admit(clearance),
    }
}

/// What may be pressed about `case`, whoever presses it. While it is being read nothing may: a choice is a function of a verdict that has
/// ended.
pub fn choices(case: &Case, verdict: &Verdict) -> Vec<Choice> {
    if !case.chip_final || case.stage != Stage::Deciding {
        return Vec::new();
    }
    match verdict {
        Verdict::Working => Vec::new(),
        Verdict::Admit(_) => vec![Choice::Admit, Choice::Refer, Choice::NotAdmitted, Choice::DoubtPortrait],
        Verdict::ReEnter(..) => vec![Choice::ReEntry, Choice::Refer, Choice::ReportDuplicate],
        Verdict::Direct { .. } => vec![Choice::Refer, Choice::Directed],
        Verdict::Ask { .. } | Verdict::Halt { .. } if case.arrival.is_some() => {
            vec![Choice::Refer, Choice::ReportDuplicate]
        }
        Verdict::Ask { .. } | Verdict::Halt { .. } => vec![Choice::Refer, Choice::NotAdmitted],
    }
}

/// What it takes to press a button.
pub fn action_of(choice: Choice) -> Action {
    match choice {
        Choice::Admit | Choice::DoubtPortrait => Action::Admit,
        Choice::ReEntry => Action::ReEnter,
        Choice::Refer => Action::Refer,
        Choice::NotAdmitted => Action::NotAdmit,
        Choice::ReportDuplicate => Action::ReportDuplicate,
        Choice::Directed => Action::Direct,
        Choice::EndSession | Choice::EndUnsent => Action::EndSession,
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
        Answer::Refused { why } => refusal(*why),
    })
}

fn refusal(why: RefusedReason) -> Failure {
    use RefusedReason::{CertificateExpired, CertificateTooEarly, OwnCertificateMissing, OwnCertificateRefused};
    match why {
        RefusedReason::ForeignCertificate | RefusedReason::CertificateForOtherName => Failure::RegistryForeign,
        CertificateExpired | CertificateTooEarly => Failure::RegistryOutOfDate,
        OwnCertificateMissing | OwnCertificateRefused => Failure::RegistryRefusesDesk,
        RefusedReason::NoCommonTls => Failure::RegistryOldTls,
        RefusedReason::HttpStatus { .. } | RefusedReason::Declined => Failure::RegistryRejects,
        RefusedReason::StaleTime { .. } => Failure::RegistryClockDiffers,
        RefusedReason::BadSignature
        | RefusedReason::ForeignRequest
        | RefusedReason::TooLarge { .. }
        | RefusedReason::Malformed
        | RefusedReason::ContentType => Failure::RegistryLying,
    }
}

/// True when nobody answered: the local verdict stands.
pub fn is_silence(failure: Failure) -> bool {
    use Failure::{RegistryClockDiffers, RegistryDown, RegistryForeign, RegistryLying, RegistryOldTls};
    use Failure::{RegistryOutOfDate, RegistryRefusesDesk, RegistryRejects, RegistrySlow};
    let not_served = matches!(failure, RegistryDown | RegistrySlow | RegistryRejects | RegistryRefusesDesk);
    let not_trusted = matches!(failure, RegistryForeign | RegistryLying | RegistryOldTls);
    let not_asked = matches!(failure, Failure::RegistryOfCitizens);
    not_served || not_trusted || not_asked || matches!(failure, RegistryClockDiffers | RegistryOutOfDate)
}

/// A remark that leaves nothing open about the person.
fn is_no_doubt(remark: Failure) -> bool {
    is_silence(remark) || remark == Failure::Passport
}

fn is_remark(failure: Failure, registry_required: bool) -> bool {
    match failure {
        Failure::Late | Failure::PortraitUnreadable | Failure::EarlierContact | Failure::Passport => true,
        other => is_silence(other) && !registry_required,
    }
}

/// The registry has its time to answer, counted from the identity.
pub(super) fn is_waiting(case: &Case, context: &Context, stamp: Stamp) -> bool {
    let waited_ms = stamp.boot_ms.saturating_sub(case.began.boot_ms);
    matches!(case.registry, RegistryPart::Asking(_)) && waited_ms < context.policy.rules.registry_wait_ms
}

fn findings(case: &Case, context: &Context, stamp: Stamp) -> Vec<Failure> {
    let portrait = match case.portrait {
        Some(PortraitNews::Unreadable | PortraitNews::Missing) => Some(Failure::PortraitUnreadable),
        Some(PortraitNews::Ready(_)) | None => None,
    };
    let key = (case.key_fit == KeyFit::Differs).then_some(Failure::KeyOfAnother);
    let expired = case.expired(context, stamp).then_some(Failure::CardExpired);
    let passport = case.holder.number.passport().map(|_| Failure::Passport);
    let all = [
        case.chip.failure,
        key,
        passport,
        roster(case),
        registry(case, context, stamp),
        expired,
        timing(case),
        portrait,
        case.earlier.map(|_| Failure::EarlierContact),
    ];
    all.into_iter().flatten().chain(witness(&context.policy)).collect()
}

/// A witness of the log that the rules want and this desk does not have: never silence, a person decides.
fn witness(policy: &DeskPolicy) -> Option<Failure> {
    (policy.rules.witness_required && !policy.witness_asked).then_some(Failure::WitnessMissing)
}

/// A registry that the rules require and that was not asked is missing, whatever the reason.
fn registry(case: &Case, context: &Context, stamp: Stamp) -> Option<Failure> {
    match &case.registry {
        RegistryPart::Done(answer) => registry_failure(answer),
        RegistryPart::Asking(_) if !is_waiting(case, context, stamp) => Some(Failure::RegistrySlow),
        RegistryPart::Asking(_) => None,
        RegistryPart::Withheld => Some(Failure::RegistryDown),
        RegistryPart::OfCitizens => Some(Failure::RegistryOfCitizens),
        RegistryPart::Off => context.policy.rules.registry_required.then_some(Failure::RegistryDown),
    }
}

/// Who is expected elsewhere is a verdict of its own, once everything else is proven.
fn roster(case: &Case) -> Option<Failure> {
    match case.matching {
        Matching::Exact(_) | Matching::Elsewhere { .. } => None,
        Matching::NeedsDecision { .. } => Some(Failure::NeedsDecision),
        Matching::NotListed => Some(Failure::NotListed),
    }
}

/// The times are this place's: they say nothing about somebody who is expected elsewhere.
fn timing(case: &Case) -> Option<Failure> {
    match case.timing {
        _ if matches!(case.matching, Matching::Elsewhere { .. }) => None,
        Timing::InTime => None,
        Timing::TooEarly => Some(Failure::TooEarly),
        Timing::Late { .. } => Some(Failure::Late),
        Timing::TooLate { .. } => Some(Failure::TooLate),
    }
}
