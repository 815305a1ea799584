//! A link between reader and card as arithmetic: bits, the overhead of each command, and the chip's own thinking, on a
//! clock that only the link moves.
//!
//! Invariants: nothing sleeps; the same commands take the same time on every machine.

use crate::card::SyntheticCard;
use iso7816::transport::{CardTransport, TransportError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How long a reader takes to say that the card is not there any more, for every command, in microseconds.
pub const LOSS_US: u64 = 1_000_000;

const GENERAL_AUTHENTICATE: u8 = 0x86;
const SECURE_MESSAGING: u8 = 0x0C;
/// The two steps of PACE that carry a public key: mapping and agreement (BSI TR-03110-3 §B.1).
const KEY_STEPS: [u8; 2] = [0x81, 0x83];
/// PACE has two of them, chip authentication has one.
const HEAVY_STEPS: u64 = 3;

/// What a link is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkModel {
    /// Bits a second on the air: 106, 212, 424 or 848 thousand.
    pub kbit_per_s: u32,
    /// What each command costs beside its bits, in microseconds.
    pub command_us: u64,
    /// The chip's arithmetic over the whole of PACE and chip authentication, in microseconds.
    pub chip_us: u64,
    /// The longest that anybody waits for an answer, in milliseconds.
    pub watchdog_ms: u32,
}

/// The time of one link.
#[derive(Debug, Clone, Default)]
pub struct LinkClock(Arc<AtomicU64>);

/// A card behind a modelled link.
pub struct ModelLink {
    card: SyntheticCard,
    model: LinkModel,
    clock: LinkClock,
}

impl LinkClock {
    /// Microseconds since the link was made.
    pub fn now_us(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn advance(&self, us: u64) {
        self.0.fetch_add(us, Ordering::Relaxed);
    }
}

impl LinkModel {
    /// What one command with its answer takes, in microseconds.
    pub fn exchange_us(&self, command: &[u8], answer: &[u8]) -> u64 {
        let bits = u64::try_from((command.len() + answer.len()) * 8).unwrap_or(u64::MAX);
        let air = bits.saturating_mul(1_000) / u64::from(self.kbit_per_s.max(1));
        let thinking = if is_heavy(command) { self.chip_us / HEAVY_STEPS } else { 0 };
        self.command_us.saturating_add(air).saturating_add(thinking)
    }
}

impl ModelLink {
    /// Puts `card` behind a link; its clock begins at zero.
    pub fn new(card: SyntheticCard, model: LinkModel) -> (Self, LinkClock) {
        let clock = LinkClock::default();
        (Self { card, model, clock: clock.clone() }, clock)
    }
}

impl CardTransport for ModelLink {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let watchdog_ms = self.model.watchdog_ms;
        let delay_ms = self.card.delay_ms();
        if delay_ms > watchdog_ms {
            self.clock.advance(u64::from(watchdog_ms) * 1_000);
            return Err(TransportError::TimedOut { timeout_ms: watchdog_ms });
        }
        match self.card.transmit(command) {
            Ok(answer) => {
                self.clock.advance(self.model.exchange_us(command, &answer) + u64::from(delay_ms) * 1_000);
                Ok(answer)
            }
            Err(TransportError::TimedOut { .. }) => {
                self.clock.advance(u64::from(watchdog_ms) * 1_000);
                Err(TransportError::TimedOut { timeout_ms: watchdog_ms })
            }
            Err(error) => {
                self.clock.advance(LOSS_US);
                Err(error)
            }
        }
    }

    fn atr(&self) -> &[u8] {
        self.card.atr()
    }
}

/// Commands that make the chip multiply points: the two key steps of PACE, and chip authentication, which is protected.
fn is_heavy(command: &[u8]) -> bool {
    let (Some(class), Some(instruction)) = (command.first(), command.get(1)) else { return false };
    let protected = class & SECURE_MESSAGING == SECURE_MESSAGING;
    let key_step = command.get(7).is_some_and(|tag| KEY_STEPS.contains(tag));
    *instruction == GENERAL_AUTHENTICATE && (protected || key_step)
}
