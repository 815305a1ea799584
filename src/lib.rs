//! # Điểm Danh
//!
//! A check-in desk for exams. A chip ID card is tapped; its chip is proven genuine, its holder is found in the
//! roster, the national registry is asked, an invigilator decides, and a signed record is on disk before the
//! screen says so.
//!
//! The rooms, in the order a tap passes through them. Each is a crate in a folder of its name below `src/`; its
//! `[dependencies]` say whom it may use, and [`manual::architecture`] draws them. Programs stand below `src/bin/`.
//!
//! | Room | What |
//! |---|---|
//! | [`bits`] | bytes, text, secrets, time and chance as arguments |
//! | [`words`] | sentences for people in two languages |
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
//! | `ui` | the window; the only room that names egui (not re-exported here: whoever tests the rest needs no window) |
//! | [`lists`] | strangers' workbooks |
//! | [`paper`] | pages of A4 as PDF |
//! | [`review`] | the brain of the board, pure: many logs, cases, decisions |
//! | [`office`] | runs the board's work |
//! | [`lab`] | everything simulated; [`face`] and [`sample`] are its faces and its made-up lists, `played` whole exams (not re-exported here) |
//! | [`manual`] | the manual |
//!
//! Invariants of the whole house:
//! - The program never refuses anybody by itself, and never shows green for what it did not prove.
//! - Only [`host`] touches the operating system; time, chance and the world reach every other room as arguments.
//! - Secrets and people cannot be printed: [`bits::secret`].
#![forbid(unsafe_code)]

pub mod manual;

pub use {
    bits, cccd, checkin, crypto, desk, emrtd, face, host, iso7816, lab, lists, office, package, paper, record,
    registry, review, roster, sample, tlog, words,
};
