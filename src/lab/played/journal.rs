//! A journal in memory that power may be cut from.

use record::{LogStore, StoreFault};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A desk's journal. Clones share what was written, so that a restart finds it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal {
    segments: Arc<Mutex<BTreeMap<u32, Vec<u8>>>>,
    current: Option<u32>,
}

impl Journal {
    /// Leaves these bytes behind the segment that is written, as an append that was never acknowledged.
    pub(crate) fn tear(&self, segment: u32, bytes: &[u8]) {
        if let Some(written) = self.lock().get_mut(&segment) {
            written.extend_from_slice(bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Vec<u8>>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogStore for Journal {
    fn segments(&mut self) -> Result<Vec<u32>, StoreFault> {
        Ok(self.lock().keys().copied().collect())
    }

    fn read(&mut self, segment: u32) -> Result<Vec<u8>, StoreFault> {
        self.lock().get(&segment).cloned().ok_or(StoreFault::Missing)
    }

    fn create(&mut self, segment: u32) -> Result<(), StoreFault> {
        if self.lock().insert(segment, Vec::new()).is_some() {
            return Err(StoreFault::Exists);
        }
        self.current = Some(segment);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, StoreFault> {
        let current = self.current.ok_or(StoreFault::Missing)?;
        self.lock().get_mut(&current).ok_or(StoreFault::Missing)?.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn sync(&mut self) -> Result<(), StoreFault> {
        self.current.map(|_| ()).ok_or(StoreFault::Missing)
    }
}
