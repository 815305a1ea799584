//! The standards' primitives, thin over RustCrypto.
