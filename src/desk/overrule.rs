//! Two people take something upon themselves that the rules forbid: both prove themselves by PIN, one of them answers.

use crate::package::{self, OpenPackage, Packages};
use crate::plan::DeskPlan;
use bits::secret::Secret;
use bits::stamp::Clock;
use checkin::sign_in::{Action, Attempt, Refusal, SignIn, SignedIn};
use checkin::state::Halted;
use crypto::pin::PinCheck;
use record::Code;

/// Two people who proved themselves. Made by [`prove`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrulePair {
    answering: Code,
    other: Code,
}

/// Why two people may not overrule.
#[derive(Debug, thiserror::Error)]
pub enum OverruleError {
    /// Configuration, keys or journal cannot be used.
    #[error("{}: {}", .0.failure.code(), .0.detail)]
    Halted(Halted),
    /// Nobody has a PIN at a desk of single files.
    #[error("a desk outside a package knows nobody's PIN: only the board's receipt lets it go")]
    OutsidePackage,
    /// The package that knows the PINs is not here any more.
    #[error("there is no package of this session here that knows a PIN")]
    NoPackage,
    /// One person twice.
    #[error("two different people must overrule")]
    OnePerson,
    /// Neither is a head of site or of the board.
    #[error("one of the two must be a head of site or of the board")]
    NobodyAnswers,
    /// Cannot try now.
    #[error("{code}: {refusal:?}")]
    Refused {
        /// Who.
        code: String,
        /// Why.
        refusal: Refusal,
    },
    /// Not the PIN; the log says so.
    #[error("{code}: this is not the PIN")]
    WrongPin {
        /// Whose.
        code: String,
    },
}

/// Somebody, and what she gave as her PIN.
pub struct Claim {
    /// Her code.
    pub code: String,
    /// The PIN.
    pub pin: Secret<String>,
}

/// Lets two people prove themselves against the package of the session of `plan`.
///
/// # Errors
/// [`OverruleError`]; a wrong PIN counts as one at the desk.
pub fn prove(plan: &DeskPlan, claims: &[Claim; 2], clock: &dyn Clock) -> Result<OverrulePair, OverruleError> {
    let [one, other] = claims;
    if one.code == other.code {
        return Err(OverruleError::OnePerson);
    }
    let packages = Packages::open(plan.machine(), plan.base()).map_err(OverruleError::Halted)?;
    let mut packages = packages.ok_or(OverruleError::OutsidePackage)?;
    let package = known_package(&packages, plan)?;
    let mut rules = packages.guard().sign_in(clock);
    if packages.guard().are_pins_lost() {
        rules.distrust(&package.front().operators, clock.now());
    }
    let gauge = host::disk::gauge();
    packages.guard_mut().0.hold(plan, &gauge).map_err(OverruleError::Halted)?;
    let mut proven = Vec::new();
    for claim in claims {
        match check(&package, &mut rules, claim, clock)? {
            Some(operator) => proven.push(operator),
            None => {
                let (guard, device) = packages.guard_mut();
                let written = guard.wrong_pin(plan, device, &claim.code, (clock, &gauge));
                written.and_then(|()| guard.close(plan, clock)).map_err(OverruleError::Halted)?;
                return Err(OverruleError::WrongPin { code: claim.code.clone() });
            }
        }
    }
    packages.guard_mut().0.close(plan, clock).map_err(OverruleError::Halted)?;
    pair(&proven)
}

impl OverrulePair {
    /// The one who answers for it.
    pub fn answering(&self) -> &Code {
        &self.answering
    }

    /// Both, the answering one first.
    pub fn codes(&self) -> Vec<Code> {
        vec![self.answering.clone(), self.other.clone()]
    }
}

/// The package that knows the PINs. How old it is does not matter here.
fn known_package(packages: &Packages, plan: &DeskPlan) -> Result<OpenPackage, OverruleError> {
    let kept = package::kept(plan).map_err(|_| OverruleError::NoPackage)?;
    let opened = kept.into_iter().filter_map(|path| packages.read_whatever_its_age(&path).ok());
    opened.max_by_key(|package| package.note().version).ok_or(OverruleError::NoPackage)
}

/// `None` for a wrong PIN.
fn check(
    package: &OpenPackage,
    rules: &mut SignIn,
    claim: &Claim,
    clock: &dyn Clock,
) -> Result<Option<SignedIn>, OverruleError> {
    let (operators, site) = (&package.front().operators, package.note().site.as_str());
    let refused = |refusal| OverruleError::Refused { code: claim.code.clone(), refusal };
    let lock = rules.ask(operators, site, &claim.code, clock.now()).map_err(refused)?;
    let opened = package.key(&claim.code, &lock, &claim.pin).ok();
    let check = opened.map(|key| if key.is_some() { PinCheck::Right } else { PinCheck::Wrong });
    match rules.judge(operators, site, check, clock.now()) {
        Attempt::In(operator) => Ok(Some(operator)),
        _ => Ok(None),
    }
}

fn pair(proven: &[SignedIn]) -> Result<OverrulePair, OverruleError> {
    let answers = proven.iter().find(|one| one.may(Action::AnswerForOverrule));
    let answers = answers.ok_or(OverruleError::NobodyAnswers)?;
    let other = proven.iter().find(|one| one.code() != answers.code() && one.may(Action::Overrule));
    let other = other.ok_or(OverruleError::OnePerson)?;
    Ok(OverrulePair { answering: answers.word().clone(), other: other.word().clone() })
}
