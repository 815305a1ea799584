//! The tests that need no window.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "tests stand outside the rooms")]

mod acceptance;
mod access;
mod access_mapping;
mod board;
mod cccd;
mod checkin;
mod chip;
mod conformance;
mod crypto;
mod desk_cards;
mod desk_flow;
mod desk_start;
mod desk_support;
mod desk_trust;
mod diagnostics;
mod failures;
mod files;
mod host;
mod hostile;
mod hostile_files;
mod inspection;
mod inspection_link;
mod inspection_resumed;
mod inspection_support;
mod issuer;
mod mrz;
mod passive;
mod pcsc;
mod pcsc_desk;
mod record;
mod record_faults;
mod record_support;
mod registry;
mod replay;
mod rig;
mod roster;
mod secure_messaging;
mod signed_data;
mod signed_schemes;
mod tidy;
mod trust;
mod trust_import;
mod vector;
mod verdict;
