//! # Điểm Danh
//!
//! A check-in desk for exams. A chip ID card is tapped; its chip is proven genuine, its holder is found in the
//! roster, the national registry is asked, an invigilator decides, and a signed record is on disk before the
//! screen says so.
//!
//! The rooms stand in the order a tap passes through them. A tidy test (`tests/it/tidy.rs`) holds who may use
//! whom; the table is printed in [`manual::architecture`].
//!
//! Invariants of the whole house:
//! - The program never refuses anybody by itself, and never shows green for what it did not prove.
//! - Only [`host`] touches the operating system; time, chance and the world reach every other room as arguments.
//! - Secrets and people cannot be printed: [`bits::secret`].
#![forbid(unsafe_code)]

pub mod bits;
pub mod board;
pub mod cccd;
pub mod checkin;
pub mod crypto;
pub mod desk;
pub mod emrtd;
pub mod host;
pub mod iso7816;
#[cfg(feature = "lab")]
pub mod lab;
pub mod manual;
pub mod record;
pub mod registry;
pub mod roster;
#[cfg(feature = "gui")]
pub mod ui;
