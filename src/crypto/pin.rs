//! Operators' PINs: drawn, stretched into keys, checked by what they open.
//!
//! RFC 9106 (Argon2id) makes 32 bytes of a PIN, RFC 8032 §5.1.5 a scalar of these, RFC 7748 a public key of that. What
//! somebody works with is sealed for the public key, so that the opening is the check: where a desk lies there is no
//! hash of a PIN to compare guesses with, only something that one PIN in a million opens. Six digits stand up to nobody
//! who can try them all; what keeps them is the device key that everything is sealed for besides, and that each guess
//! is dear.
//!
//! Invariants:
//! - A PIN is never printed: it leaves only through [`Secret::expose`].
//! - A lock that asks for more memory or passes than [`MAX_COST`] is refused before anything is computed.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};
use bits::random::Random;
use bits::secret::Secret;
use ed25519_dalek::SigningKey;
use serde::Deserialize;
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Digits of a PIN.
pub const PIN_LEN: usize = 6;
/// The most that a lock may ask of a desk.
pub const MAX_COST: PinCost = PinCost { memory_kib: 256 << 10, passes: 16 };

/// What one guess costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

/// About a quarter of a second on the machines that we build on (0.22 s measured, 0.46 s under load): the memory of the second choice of
/// RFC 9106 §4, one pass more, one lane.
impl Default for PinCost {
    fn default() -> Self {
        Self { memory_kib: 64 << 10, passes: 4 }
    }
}

impl PinCost {
    /// The least that Argon2 takes. For tests and training, where nothing is protected.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };
}

/// Why there is no lock, or no key out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not six ASCII digits.
    #[error("a PIN has six digits")]
    NotSixDigits,
    /// Not in the form of a lock.
    #[error("this is no lock of a PIN")]
    Form,
    /// It asks for more than [`MAX_COST`], or less than Argon2 takes.
    #[error("the lock asks for {memory_kib} KiB and {passes} passes")]
    Cost {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes.
        passes: u32,
    },
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinCheck {
    /// The PIN of the lock.
    Right,
    /// Any other.
    Wrong,
}

/// How a PIN becomes a key: salt and cost; and, for whoever seals, the public half of that key. A guess can be checked
/// by the public half, so it is the board's alone: desks get locks without it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PinLock {
    cost: PinCost,
    salt: Vec<u8>,
    public: Option<[u8; KEY_LEN]>,
}

impl PinLock {
    /// Locks a PIN under a fresh salt.
    ///
    /// # Errors
    /// [`PinError::NotSixDigits`], [`PinError::Cost`].
    pub fn make(pin: &Secret<String>, cost: PinCost, random: &mut dyn Random) -> Result<Self, PinError> {
        if !is_pin(pin.expose()) {
            return Err(PinError::NotSixDigits);
        }
        let salt = random.bytes(SALT_LEN);
        let public = public_of(&*derive(pin, &salt, cost)?);
        Ok(Self { cost, salt, public: Some(public) })
    }

    /// Reads what [`PinLock`] prints.
    ///
    /// # Errors
    /// [`PinError::Form`], [`PinError::Cost`].
    pub fn parse(text: &str) -> Result<Self, PinError> {
        let own = split(text).ok_or(PinError::Form)?;
        own.cost.params()?;
        Ok(own)
    }

    /// The X25519 secret that this PIN makes. Takes as long as the lock asks for; anything that is no PIN makes a key
    /// too, at the same price, and opens nothing.
    ///
    /// # Errors
    /// [`PinError::Cost`]; never for a lock that [`PinLock::parse`] or [`PinLock::make`] gave.
    pub fn secret(&self, pin: &Secret<String>) -> Result<Secret<[u8; KEY_LEN]>, PinError> {
        Ok(Secret::new(SigningKey::from_bytes(&*derive(pin, &self.salt, self.cost)?).to_scalar_bytes()))
    }

    /// The X25519 public key that things are sealed for; `None` on a desk.
    pub fn public(&self) -> Option<&[u8; KEY_LEN]> {
        self.public.as_ref()
    }

    /// The lock as a desk gets it.
    #[must_use]
    pub fn without_public(&self) -> Self {
        Self { public: None, ..self.clone() }
    }

    /// Whether this is the PIN, where the public key is at hand. Takes as long as the lock asks for.
    ///
    /// # Errors
    /// [`PinError::Form`] without a public key; [`PinError::Cost`].
    pub fn check(&self, pin: &Secret<String>) -> Result<PinCheck, PinError> {
        let wanted = self.public.as_ref().ok_or(PinError::Form)?;
        let found = public_of(&*derive(pin, &self.salt, self.cost)?);
        let is_same = bool::from(found.as_slice().ct_eq(wanted));
        Ok(if is_same { PinCheck::Right } else { PinCheck::Wrong })
    }

    /// What a guess costs.
    pub fn cost(&self) -> PinCost {
        self.cost
    }
}

impl PinCost {
    fn params(self) -> Result<Params, PinError> {
        let Self { memory_kib, passes } = self;
        let too_costly = memory_kib > MAX_COST.memory_kib || passes > MAX_COST.passes;
        let params = Params::new(memory_kib, passes, LANES, Some(HASH_LEN)).ok();
        params.filter(|_| !too_costly).ok_or(PinError::Cost { memory_kib, passes })
    }
}

impl fmt::Display for PinLock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (PinCost { memory_kib, passes }, salt) = (self.cost, BASE64.encode(&self.salt));
        write!(formatter, "{HEAD}m={memory_kib},t={passes},p={LANES}${salt}")?;
        self.public.map_or(Ok(()), |public| write!(formatter, "${}", BASE64.encode(public)))
    }
}

impl fmt::Debug for PinLock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PinLock(…)")
    }
}

impl TryFrom<String> for PinLock {
    type Error = PinError;

    fn try_from(text: String) -> Result<Self, PinError> {
        Self::parse(&text)
    }
}

/// True for what programs wrote before there were locks: a hash, which no key can be made of. Its owner needs a new
/// letter.
pub fn is_old_hash(text: &str) -> bool {
    text.starts_with("$argon2id$")
}

/// Draws a PIN: six digits, each that is left equally likely, without those that a thief tries first.
pub fn draw(random: &mut dyn Random) -> Secret<String> {
    loop {
        let mut bytes = Zeroizing::new([0; 4]);
        random.fill(bytes.as_mut());
        let number = u32::from_be_bytes(*bytes);
        let pin = Zeroizing::new(format!("{:06}", number % PINS));
        if number < UNBIASED && !is_trivial(&pin) {
            return Secret::new(pin.to_string());
        }
    }
}

/// True for a PIN that is guessed before the others: one digit, digits in even steps (123456, 987654, 135791), a
/// repeated part (121212, 123123), or a year of birth within it.
pub fn is_trivial(pin: &str) -> bool {
    let digits: Vec<u8> = pin.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    let step = |pair: &[u8]| match pair {
        [one, next] => (10 + next - one) % 10,
        _ => 0,
    };
    let mut steps = digits.windows(2).map(step);
    let first = steps.next();
    let is_even = steps.all(|one| Some(one) == first);
    let repeats = |part: usize| digits.iter().zip(digits.iter().skip(part)).all(|(one, next)| one == next);
    is_even || repeats(2) || repeats(3) || digits.windows(4).any(|year| matches!(year, [1, 9, ..] | [2, 0, ..]))
}

fn is_pin(text: &str) -> bool {
    text.len() == PIN_LEN && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn derive(pin: &Secret<String>, salt: &[u8], cost: PinCost) -> Result<Zeroizing<[u8; HASH_LEN]>, PinError> {
    let mut hash = Zeroizing::new([0; HASH_LEN]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?)
        .hash_password_into(pin.expose().as_bytes(), salt, hash.as_mut())
        .map_err(|_| PinError::Form)?;
    Ok(hash)
}

/// The X25519 public key of the scalar that RFC 8032 makes of these bytes.
fn public_of(bytes: &[u8; HASH_LEN]) -> [u8; KEY_LEN] {
    SigningKey::from_bytes(bytes).verifying_key().to_montgomery().to_bytes()
}

fn split(text: &str) -> Option<PinLock> {
    let mut parts = text.strip_prefix(HEAD)?.split('$');
    let (costs, salt) = (parts.next()?, parts.next()?);
    let public = parts.next().map(|public| BASE64.decode(public).ok()?.try_into().ok());
    let mut costs = costs.split(',');
    let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.parse::<u32>().ok();
    let (memory_kib, passes, lanes) = (cost("m=")?, cost("t=")?, cost("p=")?);
    let salt = BASE64.decode(salt).ok()?;
    let public = match public {
        Some(read) => Some(read?),
        None => None,
    };
    let fits = lanes == LANES && (MIN_SALT_LEN..=MAX_SALT_LEN).contains(&salt.len());
    let own = PinLock { cost: PinCost { memory_kib, passes }, salt, public };
    // One text for one lock: no leading zeros, no further parts.
    (fits && own.to_string() == text).then_some(own)
}

const HEAD: &str = "$diemdanh-pin$v=2$";
/// As the PHC format: base64 without its fillers.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_PAD);
const LANES: u32 = 1;
const SALT_LEN: usize = 16;
const MIN_SALT_LEN: usize = 8;
const MAX_SALT_LEN: usize = 64;
const HASH_LEN: usize = 32;
/// Bytes of an X25519 key.
pub const KEY_LEN: usize = 32;
const PINS: u32 = 1_000_000;
/// The numbers below are a whole multiple of [`PINS`]; those above would favour the first PINs.
const UNBIASED: u32 = u32::MAX - u32::MAX % PINS;
