//! # Điểm Danh
//!
//! A check-in desk for exams. A chip ID card is tapped; its chip is proven genuine, its holder is found in the
//! roster, the national registry is asked, an invigilator decides, and a signed record is on disk before the
//! screen says so.
//!
//! The rooms, in the order a tap passes through them. A tidy test (`tests/it/tidy.rs`) holds who may use whom; the
//! table is printed in [`manual::architecture`].
//!
//! | Room | What |
//! |---|---|
//! | [`bits`] | bytes, text, secrets, time and chance as arguments |
//! | [`crypto`] | the standards' primitives |
//! | [`iso7816`] | commands, secure messaging, the seam to readers |
//! | [`emrtd`] | ICAO 9303: opening, reading and proving a document |
//! | [`cccd`] | the Vietnamese card: number, QR, DG13, holder |
//! | [`roster`] | who is expected, search, matching |
//! | [`registry`] | the question to the national registry |
//! | [`tlog`] | notes, trees and checkpoints that anybody can check |
//! | [`record`] | the attendance log |
//! | [`package`] | what a board gives a desk |
//! | [`checkin`] | the brain of the desk, pure |
//! | [`host`] | the operating system |
//! | [`desk`] | runs the kiosk |
//! | `ui` | the window (feature `gui`) |
//! | [`lists`] | strangers' workbooks |
//! | [`office`] | runs the board's work |
//! | `lab` | everything simulated (feature `lab`) |
//! | [`manual`] | the manual |
//!
//! Invariants of the whole house:
//! - The program never refuses anybody by itself, and never shows green for what it did not prove.
//! - Only [`host`] touches the operating system; time, chance and the world reach every other room as arguments.
//! - Secrets and people cannot be printed: [`bits::secret`].
#![forbid(unsafe_code)]

// The fuzzer's builds take signatures for right; nothing that could be a kiosk may be one of them.
#[cfg(all(fuzzing, not(feature = "lab")))]
compile_error!("cfg(fuzzing) is for the fuzzer's own builds, which have the feature `lab`");

pub mod bits;
pub mod cccd;
pub mod checkin;
pub mod crypto;
pub mod desk;
pub mod emrtd;
pub mod host;
pub mod iso7816;
#[cfg(feature = "lab")]
pub mod lab;
pub mod lists;
pub mod manual;
pub mod office;
pub mod package;
pub mod record;
pub mod registry;
pub mod roster;
pub mod tlog;
#[cfg(feature = "gui")]
pub mod ui;
