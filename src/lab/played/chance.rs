//! Chance in small numbers.

use bits::random::{Random as _, SeededRandom};

/// Numbers out of a seed.
pub(crate) struct Chance(SeededRandom);

impl Chance {
    pub(crate) fn new(seed: &str) -> Self {
        Self(SeededRandom::new(seed))
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(0) % limit.max(1)
    }

    /// True so many times in a thousand.
    pub(crate) fn permille(&mut self, share: usize) -> bool {
        self.below(1_000) < share
    }

    /// Sixteen bytes of nothing in particular.
    pub(crate) fn id(&mut self) -> [u8; 16] {
        let mut id = [0; 16];
        self.0.fill(&mut id);
        id
    }

    /// The numbers below `count`, in no order.
    pub(crate) fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            all.swap(at, self.below(at + 1));
        }
        all
    }
}
