//! Operators' PINs: drawn, hashed, checked.
//!
//! RFC 9106 (Argon2), the PHC string format (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`). A PIN of six digits stands up
//! to nobody who has its hash and a week; what keeps it is that wrong tries lock the desk and that the hashes lie in
//! a signed, sealed package. The hash only has to make the week expensive.
//!
//! Invariants:
//! - A PIN is never printed: it leaves only through [`Secret::expose`].
//! - A hash that asks for more memory or passes than [`MAX_COST`] is refused before anything is computed.

use crate::bits::{random::Random, secret::Secret};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};
use serde::Deserialize;
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Digits of a PIN.
pub const PIN_LEN: usize = 6;
/// The most that a hash may ask of a desk.
pub const MAX_COST: PinCost = PinCost { memory_kib: 256 << 10, passes: 16 };

/// What one guess costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

/// About a quarter of a second on the machines that we build on (0.22 s measured): the memory of the second choice of
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

/// Why there is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not six ASCII digits.
    #[error("a PIN has six digits")]
    NotSixDigits,
    /// Not a PHC string of argon2id, version 19, with one lane.
    #[error("this is no argon2id hash of a PIN")]
    Form,
    /// It asks for more than [`MAX_COST`], or less than Argon2 takes.
    #[error("the hash asks for {memory_kib} KiB and {passes} passes")]
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
    /// The PIN of the hash.
    Right,
    /// Any other.
    Wrong,
}

/// The hash of a PIN as it stands in a file: cheap to keep, dear to guess from.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PinHash {
    cost: PinCost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl PinHash {
    /// Hashes a PIN under a fresh salt.
    ///
    /// # Errors
    /// [`PinError::NotSixDigits`], [`PinError::Cost`].
    pub fn make(pin: &Secret<String>, cost: PinCost, random: &mut dyn Random) -> Result<Self, PinError> {
        if !is_pin(pin.expose()) {
            return Err(PinError::NotSixDigits);
        }
        let salt = random.bytes(SALT_LEN);
        let hash = derive(pin, &salt, cost)?.to_vec();
        Ok(Self { cost, salt, hash })
    }

    /// Reads a PHC string.
    ///
    /// # Errors
    /// [`PinError::Form`], [`PinError::Cost`].
    pub fn parse(text: &str) -> Result<Self, PinError> {
        let own = split(text).ok_or(PinError::Form)?;
        own.cost.params()?;
        Ok(own)
    }

    /// Whether this is the PIN. Takes as long as the hash asks for; anything that is no PIN is wrong at the same price.
    ///
    /// # Errors
    /// [`PinError::Cost`]; never for a hash that [`PinHash::parse`] or [`PinHash::make`] gave.
    pub fn check(&self, pin: &Secret<String>) -> Result<PinCheck, PinError> {
        let hash = derive(pin, &self.salt, self.cost)?;
        let is_same = bool::from(hash.as_slice().ct_eq(&self.hash));
        Ok(if is_same { PinCheck::Right } else { PinCheck::Wrong })
    }

    /// What a check costs.
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

impl fmt::Display for PinHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (PinCost { memory_kib, passes }, salt, hash) = (self.cost, &self.salt, &self.hash);
        write!(formatter, "{HEAD}m={memory_kib},t={passes},p={LANES}${}${}", BASE64.encode(salt), BASE64.encode(hash))
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PinHash(…)")
    }
}

impl TryFrom<String> for PinHash {
    type Error = PinError;

    fn try_from(text: String) -> Result<Self, PinError> {
        Self::parse(&text)
    }
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

fn split(text: &str) -> Option<PinHash> {
    let mut parts = text.strip_prefix(HEAD)?.split('$');
    let (costs, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let mut costs = costs.split(',');
    let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.parse::<u32>().ok();
    let (memory_kib, passes, lanes) = (cost("m=")?, cost("t=")?, cost("p=")?);
    let (salt, hash) = (BASE64.decode(salt).ok()?, BASE64.decode(hash).ok()?);
    let fits = lanes == LANES && (MIN_SALT_LEN..=MAX_SALT_LEN).contains(&salt.len()) && hash.len() == HASH_LEN;
    let own = PinHash { cost: PinCost { memory_kib, passes }, salt, hash };
    // One text for one hash: no leading zeros, no further parts.
    (fits && own.to_string() == text).then_some(own)
}

const HEAD: &str = "$argon2id$v=19$";
/// The PHC format writes base64 without its fillers.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_PAD);
const LANES: u32 = 1;
const SALT_LEN: usize = 16;
const MIN_SALT_LEN: usize = 8;
const MAX_SALT_LEN: usize = 64;
const HASH_LEN: usize = 32;
const PINS: u32 = 1_000_000;
/// The numbers below are a whole multiple of [`PINS`]; those above would favour the first PINs.
const UNBIASED: u32 = u32::MAX - u32::MAX % PINS;
