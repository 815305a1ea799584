//! The standards' primitives, thin over RustCrypto.
//!
//! ICAO Doc 9303-11 (8th edition, 2021) §9.7–9.8, BSI TR-03110-3 v2.21 §A, RFC 8017, RFC 5114, RFC 5639, RFC 9106,
//! ISO/IEC 9797-1.
//! Ciphers, hashes and field arithmetic come from RustCrypto; what stands here is how the standards put them
//! together: key derivation, padding, fixed-length encodings and the checks on foreign values.
//!
//! Invariants:
//! - No randomness and no clock of its own; nothing logs.
//! - Every encoding of a coordinate, a group element or an RSA value has the length of its field or modulus.
//! - A [`ec::Point`] is on its curve and never at infinity; a [`dh::Element`] is in its subgroup and never trivial.

pub mod bignum;
mod brainpool;
pub mod cipher;
pub mod curve;
pub mod dh;
pub mod digest;
pub mod ec;
pub mod ecdsa;
pub mod kdf;
pub mod mac;
pub mod padding;
pub mod pin;
pub mod rsa;
pub mod rsa_recovery;

pub use cipher::CipherAlg;
pub use curve::NamedCurve;
pub use digest::HashAlg;
pub use ec::{EcSecret, Point};
