//! The operating system's chance.

use bits::random::Random;

/// Random bytes of the operating system, asked anew each time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            // A machine without chance would make the same keys twice. Nothing here may go on then.
            std::process::abort();
        }
    }
}
