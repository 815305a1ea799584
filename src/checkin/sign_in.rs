//! Who works at this desk: signing in by PIN, and what wrong PINs come to.
//!
//! Pure rules for the screen before the doors open and for every change of operator after it. Checking a PIN takes
//! a third of a second and is an effect of the desk's; here stands who may try, and what its outcome means.
//!
//! | Wrong PINs in a row | What happens |
//! |---|---|
//! | 1–4 | the next try at once |
//! | 5 | 15 s without a try |
//! | 6–14 | twice as long each time, 30 s up to 7680 s |
//! | 15 | no try until somebody who may, unlocks |
//! | forgotten | as after 15; 2 minutes before each try of somebody who may unlock |
//!
//! Tries are counted for each operator: nobody's wrong PINs keep the head of site from the desk.
//!
//! Invariants:
//! - A [`SignedIn`] is made of a right PIN only, and never for somebody whom the desk may not take.
//! - One check at a time: what is tried while another PIN is being checked counts as not tried.
//! - No clock, no PIN: the moments come with the events.

use bits::secret::Secret;
use bits::stamp::Stamp;
use crypto::pin::{PIN_LEN, PinCheck, PinLock};
use package::operators::Operator;
pub use package::roles::{Action, Role};
use record::Code;
use std::collections::BTreeMap;

/// Wrong PINs in a row from which on the next try has to wait.
pub const LOCKING_TRIES: u32 = 5;
/// Wrong PINs in a row after which nothing but an unlocking helps.
pub const STOPPING_TRIES: u32 = 15;
/// What whoever may unlock counts with where wrong PINs were forgotten: two minutes before the next try.
pub const DISTRUSTED_TRIES: u32 = 8;
/// The longest text that somebody may have typed for a PIN, slips included.
const MAX_TYPED_LEN: usize = PIN_LEN + 2;
/// How long the first lock lasts, in milliseconds.
pub const FIRST_LOCK_MS: u64 = 15_000;

/// Signing in at one desk: who has tried how often.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignIn {
    tries: BTreeMap<String, Tries>,
    /// Whose PIN is being checked.
    checking: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tries {
    wrong: u32,
    /// On the boot clock.
    locked_until_ms: u64,
}

/// How somebody stands who wants to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// May try.
    Open {
        /// Wrong PINs until the next lock.
        tries_left: u32,
    },
    /// Has to wait.
    Locked {
        /// How long, in milliseconds, never 0.
        left_ms: u64,
    },
    /// Has to be unlocked by a head of site.
    Stopped,
}

/// Why no PIN is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody has this code.
    Unknown,
    /// Works at another site.
    OtherSite,
    /// Was taken off the exam.
    Revoked,
    /// Was never given a PIN.
    NoPin,
    /// Has to wait, so many milliseconds.
    Locked {
        /// How long.
        left_ms: u64,
    },
    /// Has to be unlocked by a head of site.
    Stopped,
    /// Another PIN is being checked.
    Busy,
}

/// What a check of a PIN came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Signed in.
    In(SignedIn),
    /// Wrong; the next try may come at once.
    Wrong {
        /// Wrong PINs until the lock.
        tries_left: u32,
    },
    /// Wrong, and the next try has to wait.
    Locked {
        /// How long, in milliseconds.
        for_ms: u64,
    },
    /// Wrong, for the last time.
    Stopped,
    /// Nobody waits for this outcome, or its operator is not on the list any more.
    Stale,
}

/// Why somebody cannot be unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUnlocked {
    /// Only a head of site or the board unlocks.
    Role,
    /// Nobody unlocks himself.
    Oneself,
}

/// Proof that somebody gave the right PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    code: Code,
    name: String,
    role: Role,
}

impl SignedIn {
    /// As it stands in the log.
    pub fn code(&self) -> &str {
        self.code.as_str()
    }

    /// The same, as the log takes it.
    pub fn word(&self) -> &Code {
        &self.code
    }

    /// The name on the screen.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What this operator may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether the role of this operator gives leave to it.
    pub fn may(&self, action: Action) -> bool {
        self.role.may(action)
    }
}

/// Who works at a desk: what the brain asks before anybody does anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnDuty {
    /// Somebody who gave the PIN.
    SignedIn(SignedIn),
    /// Somebody whom the desk's own file names: a desk outside a package, where nobody proves who it is.
    Named {
        /// As it stands in the log.
        code: Code,
        /// The name on the screen.
        name: String,
    },
}

impl OnDuty {
    /// As it stands in the log.
    pub fn code(&self) -> &str {
        self.word().as_str()
    }

    /// The same, as the log takes it.
    pub fn word(&self) -> &Code {
        match self {
            Self::SignedIn(operator) => operator.word(),
            Self::Named { code, .. } => code,
        }
    }

    /// The name on the screen.
    pub fn name(&self) -> &str {
        match self {
            Self::SignedIn(operator) => operator.name(),
            Self::Named { name, .. } => name,
        }
    }

    /// Whoever proved nothing is nobody's head.
    pub fn role(&self) -> Role {
        match self {
            Self::SignedIn(operator) => operator.role(),
            Self::Named { .. } => Role::Invigilator,
        }
    }

    /// Whether the role gives leave to it.
    pub fn may(&self, action: Action) -> bool {
        self.role().may(action)
    }
}

impl SignIn {
    /// What is known after a restart: who had how many wrong PINs. Locks begin anew, stops stay.
    pub fn restored(wrong: impl IntoIterator<Item = (String, u32)>, now: Stamp) -> Self {
        let tries = wrong.into_iter().map(|(code, wrong)| (code, Tries::after(wrong, now)));
        Self { tries: tries.collect(), checking: None }
    }

    /// Nobody knows any more who had how many wrong PINs: everybody counts as stopped but those who may unlock, and
    /// they have to wait before each try, so that forgetting gives tries to nobody.
    pub fn distrust(&mut self, operators: &[Operator], now: Stamp) {
        for operator in operators {
            let least = if operator.role.may(Action::Unlock) { DISTRUSTED_TRIES } else { STOPPING_TRIES };
            if self.tries.get(&operator.code).is_none_or(|tries| tries.wrong < least) {
                self.tries.insert(operator.code.clone(), Tries::after(least, now));
            }
        }
    }

    /// Who has how many wrong PINs in a row: what has to outlive a restart.
    pub fn wrong_tries(&self) -> impl Iterator<Item = (&str, u32)> {
        self.tries.iter().map(|(code, tries)| (code.as_str(), tries.wrong))
    }

    /// Whose PIN is being checked.
    pub fn checking(&self) -> Option<&str> {
        self.checking.as_deref()
    }

    /// How somebody stands.
    pub fn standing(&self, code: &str, now: Stamp) -> Standing {
        let tries = self.tries.get(code).copied().unwrap_or_default();
        let left_ms = tries.locked_until_ms.saturating_sub(now.boot_ms);
        match tries.wrong {
            STOPPING_TRIES.. => Standing::Stopped,
            _ if left_ms > 0 => Standing::Locked { left_ms },
            wrong => Standing::Open { tries_left: tries_left(wrong) },
        }
    }

    /// Somebody gives a PIN at the desk of `site`: the lock that its key comes out of, after which [`SignIn::judge`] has to
    /// be called, whatever came of it.
    ///
    /// # Errors
    /// [`Refusal`]; nothing has changed then.
    pub fn ask(&mut self, operators: &[Operator], site: &str, code: &str, now: Stamp) -> Result<PinLock, Refusal> {
        if self.checking.is_some() {
            return Err(Refusal::Busy);
        }
        let lock = lock_of(operators, site, code)?;
        match self.standing(code, now) {
            Standing::Locked { left_ms } => return Err(Refusal::Locked { left_ms }),
            Standing::Stopped => return Err(Refusal::Stopped),
            Standing::Open { .. } => (),
        }
        self.checking = Some(code.to_owned());
        Ok(lock)
    }

    /// The PIN that [`SignIn::ask`] let through has been checked. `check` is `None` where the check itself failed:
    /// that counts as a try, so that no fault gives tries away.
    pub fn judge(&mut self, operators: &[Operator], site: &str, check: Option<PinCheck>, now: Stamp) -> Attempt {
        let Some(code) = self.checking.take() else { return Attempt::Stale };
        let listed = operators.iter().find(|one| one.code == code);
        let Some(operator) = listed.filter(|_| lock_of(operators, site, &code).is_ok()) else { return Attempt::Stale };
        if check == Some(PinCheck::Right) {
            self.tries.remove(&code);
            // Whose code cannot stand in the log cannot work at a desk.
            let Ok(word) = Code::new(&code) else { return Attempt::Stale };
            return Attempt::In(SignedIn { code: word, name: operator.name.clone(), role: operator.role });
        }
        let wrong = self.tries.get(&code).map_or(0, |tries| tries.wrong).saturating_add(1);
        self.tries.insert(code.clone(), Tries::after(wrong, now));
        match self.standing(&code, now) {
            Standing::Open { tries_left } => Attempt::Wrong { tries_left },
            Standing::Locked { left_ms } => Attempt::Locked { for_ms: left_ms },
            Standing::Stopped => Attempt::Stopped,
        }
    }

    /// Somebody who may unlock has come: everybody tries again from the start.
    pub(super) fn forget(&mut self) {
        self.tries.clear();
    }

    /// Lets somebody try again from the start.
    ///
    /// # Errors
    /// [`NotUnlocked`].
    pub fn unlock(&mut self, code: &str, by: &SignedIn) -> Result<(), NotUnlocked> {
        if !by.may(Action::Unlock) {
            return Err(NotUnlocked::Role);
        }
        if by.code() == code {
            return Err(NotUnlocked::Oneself);
        }
        self.tries.remove(code);
        Ok(())
    }
}

/// True for what no person types as a PIN: a scanner that writes into the line. It is no try.
pub(super) fn is_scan(pin: &Secret<String>) -> bool {
    let text = pin.expose();
    text.len() > MAX_TYPED_LEN || !text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Tries {
    fn after(wrong: u32, now: Stamp) -> Self {
        let doublings = wrong.checked_sub(LOCKING_TRIES);
        let lock_ms = doublings.map_or(0, |doublings| FIRST_LOCK_MS << doublings.min(STOPPING_TRIES));
        Self { wrong, locked_until_ms: if lock_ms > 0 { now.boot_ms.saturating_add(lock_ms) } else { 0 } }
    }
}

/// Past the first lock, every wrong PIN locks again.
fn tries_left(wrong: u32) -> u32 {
    LOCKING_TRIES.saturating_sub(wrong).max(1)
}

fn lock_of(operators: &[Operator], site: &str, code: &str) -> Result<PinLock, Refusal> {
    let operator = operators.iter().find(|one| one.code == code).ok_or(Refusal::Unknown)?;
    match &operator.pin {
        _ if operator.is_revoked() => Err(Refusal::Revoked),
        _ if !operator.works_at(site) => Err(Refusal::OtherSite),
        None => Err(Refusal::NoPin),
        Some(lock) => Ok(lock.clone()),
    }
}
