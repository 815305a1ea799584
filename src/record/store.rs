//! Where segments are kept.

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// The segment exists already.
    #[error("the segment exists already")]
    Exists,
    /// There is no such segment, or none was created yet.
    #[error("there is no such segment")]
    Missing,
    /// The disk is full.
    #[error("the disk is full")]
    NoSpace,
    /// The write was cut short.
    #[error("only {written} of {wanted} bytes were written")]
    ShortWrite {
        /// Bytes that went out.
        written: usize,
        /// Bytes that should have.
        wanted: usize,
    },
    /// Larger than a segment may be.
    #[error("the segment is larger than a segment may be")]
    TooLarge,
    /// The operating system's error number.
    #[error("the operating system reports error {code}")]
    Os {
        /// `errno`, 0 when the system gave none.
        code: i32,
    },
}

/// A journal: numbered segments, of which one is written. Real: `host::disk`. For tests: `lab::journal`.
///
/// Each call is tried once. The log never asks again after a fault.
pub trait LogStore: Send {
    /// The numbers of all segments, ascending.
    ///
    /// # Errors
    /// [`StoreFault`].
    fn segments(&mut self) -> Result<Vec<u32>, StoreFault>;

    /// The bytes of a segment.
    ///
    /// # Errors
    /// [`StoreFault`].
    fn read(&mut self, segment: u32) -> Result<Vec<u8>, StoreFault>;

    /// Creates a new, empty segment and makes its existence durable. It becomes the one that is written.
    ///
    /// # Errors
    /// [`StoreFault::Exists`] when there is one of this number; others.
    fn create(&mut self, segment: u32) -> Result<(), StoreFault>;

    /// Writes `bytes` behind what the written segment holds, in one call; returns how many went out.
    ///
    /// # Errors
    /// [`StoreFault`].
    fn write(&mut self, bytes: &[u8]) -> Result<usize, StoreFault>;

    /// Makes what was written durable.
    ///
    /// # Errors
    /// [`StoreFault`].
    fn sync(&mut self) -> Result<(), StoreFault>;

    /// Gives back the room that was kept for the last entry, where there is such a thing.
    fn release_reserve(&mut self) {}
}

impl<T: LogStore + ?Sized> LogStore for Box<T> {
    fn segments(&mut self) -> Result<Vec<u32>, StoreFault> {
        (**self).segments()
    }

    fn read(&mut self, segment: u32) -> Result<Vec<u8>, StoreFault> {
        (**self).read(segment)
    }

    fn create(&mut self, segment: u32) -> Result<(), StoreFault> {
        (**self).create(segment)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, StoreFault> {
        (**self).write(bytes)
    }

    fn sync(&mut self) -> Result<(), StoreFault> {
        (**self).sync()
    }

    fn release_reserve(&mut self) {
        (**self).release_reserve();
    }
}
