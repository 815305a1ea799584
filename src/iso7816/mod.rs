//! ISO/IEC 7816-4: commands, responses, status words, secure messaging, and the seam to the reader.

pub mod transport;
