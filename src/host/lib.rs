//! The only room that touches the operating system.
//!
//! Every other room gets time, chance, files, readers and the net as arguments; here are their real makers.
//!
//! Invariants: no decision about a person, a card or a log is made here; no call is repeated after it failed
//! unless its own head says so.

#![expect(clippy::disallowed_methods, reason = "the bans protect the other rooms from what this one is for")]

pub mod clock;
pub mod confined;
pub mod desk_ca;
pub mod device_key;
pub mod device_seal;
pub mod dialect;
pub mod disk;
pub mod durable;
pub mod ending;
pub mod export_folder;
pub mod file;
pub mod folder;
pub mod folder_batch;
pub mod folder_lock;
pub mod http;
pub mod index;
pub mod index_seal;
pub mod intermediary;
pub mod key_place;
pub mod keys;
pub mod logging;
pub mod machine;
pub mod outputs;
mod p256;
pub mod package_shelf;
pub mod pair;
pub mod pcsc;
pub mod pending_folder;
pub mod pinned;
pub mod pkcs11;
pub mod private_folder;
pub mod program;
pub mod progress;
pub mod random;
pub mod scratch;
pub mod sealed;
pub mod second_copy;
pub mod serial;
pub mod server_look;
pub mod sound;
pub mod speech;
pub mod staging;
pub mod terminal;
pub mod threads;
pub mod tls_folder;
pub mod tls_key;
#[cfg(feature = "tpm")]
pub mod tpm;
#[cfg(feature = "tpm")]
pub mod tpm_seal;
pub mod trust;
pub mod trust_note;
pub mod trust_place;
pub mod witness;
