//! Which certificate was found to have signed which: the same few signers come back with every card of a session.
//!
//! Invariants: what is remembered is the outcome of an arithmetic over bytes that cannot change, under the digests of
//! all of these bytes; it says nothing about validity, revocation or purpose, which are judged anew each time.

use crate::authenticity::certificate::Certificate;
use crypto::HashAlg;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Pairs that are remembered; a session meets a few dozen. A flood of made-up certificates empties the memory.
const MAX_PAIRS: usize = 4_096;

/// The memory of one store and its clones.
#[derive(Debug, Clone, Default)]
pub(super) struct Verified {
    pairs: Arc<Mutex<BTreeMap<Pair, bool>>>,
}

/// SHA-256 of the subject's certificate and of its issuer's.
type Pair = (Vec<u8>, Vec<u8>);

impl Verified {
    /// Whether the key of `issuer` verifies the signature of `subject`.
    pub(super) fn by(&self, subject: &Certificate, issuer: &Certificate) -> bool {
        let digest = |certificate: &Certificate| HashAlg::Sha256.digest(certificate.der());
        let pair = (digest(subject), digest(issuer));
        let known = self.pairs.lock().unwrap_or_else(PoisonError::into_inner).get(&pair).copied();
        known.unwrap_or_else(|| self.learn(pair, subject.verify(issuer).is_ok()))
    }

    fn learn(&self, pair: Pair, holds: bool) -> bool {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        if pairs.len() >= MAX_PAIRS {
            pairs.clear();
        }
        pairs.insert(pair, holds);
        holds
    }
}
