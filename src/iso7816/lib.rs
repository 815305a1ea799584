//! ISO/IEC 7816-4: commands, responses, status words, secure messaging, and the seam to the reader.
//!
//! ISO/IEC 7816-4:2020 §5–7, §10–11; ICAO Doc 9303-10 §3.6 and 9303-11 §9.8 for secure messaging. Command chaining
//! by CLA is left to the commands that need it; logical channels are left out.
//!
//! Invariants:
//! - Inside secure messaging a plain answer is never accepted: it ends the session and wipes its keys.
//! - No command is repeated without end: every retry goes down a ladder that has a last rung.
//! - Nothing here knows a file's meaning; no clock, no randomness, nothing logs.

pub mod command;
pub mod files;
pub mod response;
pub mod secure;
pub mod session;
pub mod status;
pub mod transport;

pub use command::CommandApdu;
pub use files::{FileAddress, FileError, FileReader};
pub use response::ResponseApdu;
pub use secure::{SecureMessaging, SmError};
pub use session::{CardSession, SessionError};
pub use status::StatusWord;
