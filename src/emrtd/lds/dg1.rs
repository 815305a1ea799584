//! DG1: the MRZ (ICAO Doc 9303-10 §4.7.1).

use crate::mrz::{Mrz, MrzError};
use bits::tlv::{Reader, TlvError};
use thiserror::Error;

/// Why a DG1 cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Dg1Error {
    /// Not `61 L { 5F1F L … }`.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// The characters are no MRZ.
    #[error(transparent)]
    Mrz(#[from] MrzError),
}

/// Reads the MRZ in DG1. Bytes behind the outer element are ignored, as the hash is over the element.
///
/// # Errors
/// [`Dg1Error`].
pub fn parse(file: &[u8]) -> Result<Mrz, Dg1Error> {
    let outer = Reader::new(file).expect(0x61)?;
    let zone = outer.children().expect(0x5F1F)?;
    Ok(Mrz::parse(zone.value)?)
}
