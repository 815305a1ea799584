//! The machine's two clocks and the name of its boot.

use bits::stamp::{Clock, Stamp};
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

/// The wall clock and the clock that counts since boot, sleep included (`CLOCK_BOOTTIME`).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Stamp {
        let boot = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(boot.tv_sec).unwrap_or(0);
        let milliseconds = u64::try_from(boot.tv_nsec).unwrap_or(0) / 1_000_000;
        Stamp { wall: Timestamp::now(), boot_ms: seconds.saturating_mul(1000).saturating_add(milliseconds) }
    }
}

/// The kernel's id of this boot; `None` where the system has none.
pub fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string(BOOT_ID).ok()?;
    let id = text.trim();
    let good = !id.is_empty() && id.len() <= MAX_BOOT_ID_LEN && id.bytes().all(|byte| byte.is_ascii_graphic());
    good.then(|| id.to_owned())
}

const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
const MAX_BOOT_ID_LEN: usize = 64;
