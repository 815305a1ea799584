//! EF.COM: versions and the list of data groups (ICAO Doc 9303-10 §4.6.1). Unsigned, and known to be wrong on real
//! documents: the signed object decides what there is.

use crate::lds::files::FileId;
use bits::tlv::{self, Reader, TlvError};

/// The longest list of groups that is read.
const MAX_TAGS: usize = 32;

/// What EF.COM says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Com {
    /// The LDS version: `0107`, `0108`.
    pub lds_version: Option<String>,
    /// The Unicode version: `040000`.
    pub unicode_version: Option<String>,
    /// The data groups it lists, in its order.
    pub groups: Vec<u8>,
    /// It lists tags that belong to no data group.
    pub has_unknown_tags: bool,
}

impl Com {
    /// Reads the file.
    ///
    /// # Errors
    /// [`TlvError`] when it is not `60 L { 5F01 … 5F36 … 5C … }`.
    pub fn parse(file: &[u8]) -> Result<Self, TlvError> {
        let outer = Reader::new(file).expect(0x60)?;
        let mut com = Self::default();
        let mut children = outer.children();
        while !children.is_empty() {
            let child = children.read()?;
            match child.tag {
                0x5F01 => com.lds_version = digits(child.value),
                0x5F36 => com.unicode_version = digits(child.value),
                0x5C => com.take_tags(child.value),
                _ => {}
            }
        }
        Ok(com)
    }

    fn take_tags(&mut self, tags: &[u8]) {
        for tag in tags.iter().take(MAX_TAGS) {
            match FileId::from_group_tag(u32::from(*tag)) {
                Some(FileId::Dg(group)) => self.groups.push(group),
                _ => self.has_unknown_tags = true,
            }
        }
    }
}

/// Writes an EF.COM of LDS 1.7 and Unicode 4.0 that lists `groups`.
pub fn encode(groups: &[u8]) -> Vec<u8> {
    let tags: Vec<u8> = groups.iter().filter_map(|group| u8::try_from(FileId::Dg(*group).tag()?).ok()).collect();
    tlv::encode_all(0x60, &[tlv::encode(0x5F01, b"0107"), tlv::encode(0x5F36, b"040000"), tlv::encode(0x5C, &tags)])
}

fn digits(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    (text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
}
