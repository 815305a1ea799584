//! A disk that fails at a given call, for everything that has to be whole after a power cut.

use diemdanh::host::durable::{Disk, Medium};
use std::io;
use std::path::Path;

/// Fails at the given call, or does it and fails then, as a cut does.
pub(crate) struct Cut {
    pub(crate) calls_left: usize,
    pub(crate) after: bool,
}

impl Cut {
    fn at(&mut self, call: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let cut = || io::Error::other("cut");
        match self.calls_left.checked_sub(1) {
            None => return Err(cut()),
            Some(left) => self.calls_left = left,
        }
        match (self.calls_left, self.after) {
            (0, false) => Err(cut()),
            (0, true) => call().and_then(|()| Err(cut())),
            _ => call(),
        }
    }
}

impl Medium for Cut {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        self.at(|| Disk.create_folder(path))
    }

    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if self.calls_left == 1 && !self.after {
            // A part of the file is there.
            Disk.write_new(path, &bytes[..bytes.len() / 2])?;
        }
        self.at(|| Disk.write_new(path, bytes))
    }

    fn sync_names(&mut self, path: &Path) -> io::Result<()> {
        self.at(|| Disk.sync_names(path))
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.at(|| Disk.rename(from, to))
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.at(|| Disk.remove(path))
    }
}
