//! Chance as an argument.

/// A source of random bytes. The real one is `host::random`; tests and the lab use a seeded one, so that a
/// whole session can be replayed.
pub trait Random: Send {
    /// Fills `buffer` with random bytes.
    fn fill(&mut self, buffer: &mut [u8]);

    /// Returns `length` random bytes.
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut buffer = vec![0; length];
        self.fill(&mut buffer);
        buffer
    }
}

/// A deterministic generator for tests and the lab: the same seed gives the same bytes for ever.
///
/// SHA-256 in counter mode over the seed. It is never used for a live key.
pub struct SeededRandom {
    seed: [u8; 32],
    counter: u64,
}

impl SeededRandom {
    /// A generator that starts from `label`.
    pub fn new(label: &str) -> Self {
        use sha2::Digest as _;
        Self { seed: sha2::Sha256::digest(label.as_bytes()).into(), counter: 0 }
    }
}

impl Random for SeededRandom {
    fn fill(&mut self, buffer: &mut [u8]) {
        use sha2::Digest as _;
        for chunk in buffer.chunks_mut(32) {
            let mut hash = sha2::Sha256::new();
            hash.update(self.seed);
            hash.update(self.counter.to_be_bytes());
            self.counter += 1;
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}
