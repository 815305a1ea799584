//! The program itself, as a file.

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, Read as _},
    sync::OnceLock,
};

/// No picture of this program's memory is ever written: it would hold people and keys. Other programs of the same user
/// cannot read its memory either.
///
/// # Errors
/// The operating system's error; Linux knows no reason for one.
pub fn forbid_core_dumps() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Whatever this program makes is its owner's alone, files of its libraries too. Returns what was in force before.
pub fn make_private_files() -> Mode {
    umask(Mode::RWXG | Mode::RWXO)
}

/// SHA-256 of the running program's file; `None` where it cannot be read. Computed once.
pub fn sha256() -> Option<[u8; 32]> {
    static DIGEST: OnceLock<Option<[u8; 32]>> = OnceLock::new();
    *DIGEST.get_or_init(|| {
        let mut file = File::open(std::env::current_exe().ok()?).ok()?;
        let mut hash = Sha256::new();
        let mut block = vec![0; BLOCK_LEN];
        loop {
            match file.read(&mut block).ok()? {
                0 => break Some(hash.finalize().into()),
                read => hash.update(block.get(..read)?),
            }
        }
    })
}

/// The locale of messages: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that says something (POSIX.1-2017, 8.2); empty
/// where none does.
pub fn locale() -> String {
    let mut said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    said.find(|locale| !locale.is_empty()).unwrap_or_default()
}

const BLOCK_LEN: usize = 1 << 20;
