//! A journal in memory, and one that fails on order: for tests and the lab.

use record::{LogStore, StoreFault};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A journal in memory. Clones share their content, so that a test can look at what a log wrote and start a
/// second log on it.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    segments: Arc<Mutex<BTreeMap<u32, Vec<u8>>>>,
    current: Option<u32>,
}

impl MemoryStore {
    /// A journal that already holds one segment.
    pub fn holding(segment: u32, bytes: &[u8]) -> Self {
        let store = Self::default();
        store.lock().insert(segment, bytes.to_vec());
        store
    }

    /// A copy that shares nothing with this one.
    pub fn snapshot(&self) -> Self {
        Self { segments: Arc::new(Mutex::new(self.lock().clone())), current: None }
    }

    /// Replaces the bytes of a segment, as a disk or an intruder would.
    pub fn overwrite(&self, segment: u32, bytes: Vec<u8>) {
        self.lock().insert(segment, bytes);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Vec<u8>>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogStore for MemoryStore {
    fn segments(&mut self) -> Result<Vec<u32>, StoreFault> {
        Ok(self.lock().keys().copied().collect())
    }

    fn read(&mut self, segment: u32) -> Result<Vec<u8>, StoreFault> {
        self.lock().get(&segment).cloned().ok_or(StoreFault::Missing)
    }

    fn create(&mut self, segment: u32) -> Result<(), StoreFault> {
        if self.lock().contains_key(&segment) {
            return Err(StoreFault::Exists);
        }
        self.lock().insert(segment, Vec::new());
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

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The call reports this fault and nothing reaches the store.
    Report(StoreFault),
    /// A write that keeps only this many bytes and says so; other calls report an input/output error.
    Short(usize),
    /// The bytes reach the store and the call reports this fault all the same.
    AfterEffect(StoreFault),
}

/// A journal whose `n`-th call fails once.
#[derive(Debug, Clone)]
pub struct FaultyStore {
    inner: MemoryStore,
    calls_left: u32,
    fault: FaultKind,
}

impl FaultyStore {
    /// Lets `calls` calls pass, fails the next as `fault` says, and lets all later ones pass.
    pub fn new(inner: MemoryStore, calls: u32, fault: FaultKind) -> Self {
        Self { inner, calls_left: calls.saturating_add(1), fault }
    }

    /// True when this call is the one that fails.
    fn is_due(&mut self) -> bool {
        let due = self.calls_left == 1;
        self.calls_left = self.calls_left.saturating_sub(1);
        due
    }

    /// Runs `call`, or fails it.
    fn run<T>(&mut self, call: impl FnOnce(&mut MemoryStore) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        if !self.is_due() {
            return call(&mut self.inner);
        }
        match self.fault {
            FaultKind::Report(fault) => Err(fault),
            FaultKind::Short(_) => Err(StoreFault::Os { code: EIO }),
            FaultKind::AfterEffect(fault) => call(&mut self.inner).and(Err(fault)),
        }
    }
}

impl LogStore for FaultyStore {
    fn segments(&mut self) -> Result<Vec<u32>, StoreFault> {
        self.run(MemoryStore::segments)
    }

    fn read(&mut self, segment: u32) -> Result<Vec<u8>, StoreFault> {
        self.run(|inner| inner.read(segment))
    }

    fn create(&mut self, segment: u32) -> Result<(), StoreFault> {
        self.run(|inner| inner.create(segment))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, StoreFault> {
        if let (1, FaultKind::Short(kept)) = (self.calls_left, self.fault) {
            self.calls_left = 0;
            return self.inner.write(bytes.get(..kept).unwrap_or(bytes));
        }
        self.run(|inner| inner.write(bytes))
    }

    fn sync(&mut self) -> Result<(), StoreFault> {
        self.run(MemoryStore::sync)
    }
}

/// Linux's number for an input/output error.
const EIO: i32 = 5;
