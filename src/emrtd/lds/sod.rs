//! EF.SOD and the LDS security object in it (ICAO Doc 9303-10 §4.6.2 and appendix D).
//!
//! Invariants: hashes are compared with the exact bytes of a file's outer element; every group stands once.

use crate::lds::files::LAST_GROUP;
use bits::tlv::{Element, Reader, TlvError};
use crypto::HashAlg;
use thiserror::Error;

/// The largest EF.SOD that is looked at.
pub const MAX_SOD_BYTES: usize = 64 * 1024;

/// Why a security object is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SodError {
    /// Not well formed.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// Larger than [`MAX_SOD_BYTES`].
    #[error("signed object too large")]
    TooLarge,
    /// A version that the standard does not know.
    #[error("unsupported security object version")]
    Version,
    /// A hash algorithm that the standard does not know.
    #[error("unknown hash algorithm")]
    UnknownHash,
    /// A data group number outside 1 to 16.
    #[error("a data group number out of range")]
    GroupNumber,
    /// A group that stands twice.
    #[error("duplicate data group {0}")]
    DuplicateGroup(u8),
    /// A hash whose length is not the algorithm's.
    #[error("the hash of data group {0} has a wrong length")]
    HashLength(u8),
    /// No group at all.
    #[error("no data group")]
    NoGroups,
}

/// What the state signed: the hash of every data group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityObject {
    /// 0, or 1, which may have versions of LDS and Unicode.
    pub version: u8,
    /// The algorithm of all hashes.
    pub hash: HashAlg,
    /// The LDS version of version 1: `0108`.
    pub lds_version: Option<String>,
    groups: Vec<(u8, Vec<u8>)>,
}

impl SecurityObject {
    /// Reads the content of the signed object.
    ///
    /// # Errors
    /// [`SodError`].
    pub fn parse(content: &[u8]) -> Result<Self, SodError> {
        let mut reader = Reader::new(content);
        let outer = reader.expect(0x30)?;
        reader.finish()?;
        let mut fields = outer.children();
        let version = version(&fields.expect(0x02)?)?;
        let algorithm = fields.expect(0x30)?.children().expect(0x06)?;
        let hash = HashAlg::from_oid(algorithm.value).ok_or(SodError::UnknownHash)?;
        let groups = groups(&fields.expect(0x30)?, hash)?;
        let lds_version = match fields.optional(0x30)? {
            Some(info) => Some(String::from_utf8_lossy(info.children().expect(0x13)?.value).into_owned()),
            None => None,
        };
        fields.finish()?;
        // Versions of LDS and Unicode may be left out; where they are there, the version is 1.
        if version == 0 && lds_version.is_some() {
            return Err(SodError::Version);
        }
        Ok(Self { version, hash, lds_version, groups })
    }

    /// The signed hash of `group`.
    pub fn group_hash(&self, group: u8) -> Option<&[u8]> {
        self.groups.iter().find(|(number, _)| *number == group).map(|(_, hash)| hash.as_slice())
    }

    /// The numbers of the signed groups, in the object's order.
    pub fn groups(&self) -> impl Iterator<Item = u8> + '_ {
        self.groups.iter().map(|(number, _)| *number)
    }
}

/// The signed-data structure within EF.SOD, and whether bytes follow behind the file's element.
///
/// # Errors
/// [`SodError`] when it does not start with tag 77 or is too large.
pub fn signed_data(file: &[u8]) -> Result<(&[u8], TrailingBytes), SodError> {
    if file.len() > MAX_SOD_BYTES {
        return Err(SodError::TooLarge);
    }
    let mut reader = Reader::new_ber(file);
    let outer = reader.expect(0x77)?;
    let trailing = if reader.is_empty() { TrailingBytes::None } else { TrailingBytes::Some };
    Ok((outer.value, trailing))
}

/// Whether bytes follow behind the outer element of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailingBytes {
    /// The file ends with its element.
    None,
    /// It does not; what follows is ignored.
    Some,
}

fn version(element: &Element<'_>) -> Result<u8, SodError> {
    match element.value {
        [version @ 0..=1] => Ok(*version),
        _ => Err(SodError::Version),
    }
}

fn groups(list: &Element<'_>, hash: HashAlg) -> Result<Vec<(u8, Vec<u8>)>, SodError> {
    let mut entries = list.children();
    let mut groups: Vec<(u8, Vec<u8>)> = Vec::new();
    // At most sixteen rounds: numbers are 1 to 16 and none may stand twice.
    while !entries.is_empty() {
        let mut entry = entries.expect(0x30)?.children();
        let number = match entry.expect(0x02)?.value {
            [number @ 1..=LAST_GROUP] => *number,
            _ => return Err(SodError::GroupNumber),
        };
        let value = entry.expect(0x04)?.value;
        entry.finish()?;
        if value.len() != hash.len() {
            return Err(SodError::HashLength(number));
        }
        if groups.iter().any(|(known, _)| *known == number) {
            return Err(SodError::DuplicateGroup(number));
        }
        groups.push((number, value.to_vec()));
    }
    if groups.is_empty() { Err(SodError::NoGroups) } else { Ok(groups) }
}
