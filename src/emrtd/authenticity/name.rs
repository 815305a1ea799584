//! Distinguished names, compared as issuers really write them (RFC 5280 §7.1, loosened by field experience: string
//! types, letter case, spaces and the order of parts differ between a signer and its certificates).

use bits::text;
use bits::tlv::{Element, Reader, TlvError};

const COUNTRY: &[u8] = &[0x55, 0x04, 0x06];
const MAX_PARTS: usize = 32;

/// A distinguished name in a form that can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Attribute type (content bytes of its identifier) and folded value, sorted.
    parts: Vec<(Vec<u8>, String)>,
}

impl Name {
    /// Reads a DER Name.
    ///
    /// # Errors
    /// [`TlvError`] when it is no sequence of sets of attributes, or has too many.
    pub fn parse(der: &[u8]) -> Result<Self, TlvError> {
        let mut sets = Reader::new(der).expect(0x30)?.children();
        let mut parts = Vec::new();
        while !sets.is_empty() {
            let mut attributes = sets.expect(0x31)?.children();
            while !attributes.is_empty() {
                parts.push(part(&attributes.expect(0x30)?)?);
                if parts.len() > MAX_PARTS {
                    return Err(TlvError::TooDeep);
                }
            }
        }
        parts.sort();
        Ok(Self { parts })
    }

    /// The country as two capital letters, if the name has one.
    pub fn country(&self) -> Option<String> {
        self.parts.iter().find(|(kind, _)| kind == COUNTRY).map(|(_, value)| value.to_uppercase())
    }

    /// The values without their types, for a report: `vn / lab csca`. What is hidden in them is spelled out: whoever
    /// made a certificate wrote them.
    pub fn display(&self) -> String {
        text::shown_within(&self.parts.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" / "))
    }
}

fn part(attribute: &Element<'_>) -> Result<(Vec<u8>, String), TlvError> {
    let mut fields = attribute.children();
    let kind = fields.expect(0x06)?.value.to_vec();
    let value = fields.read()?;
    Ok((kind, text::fold(&string(&value))))
}

/// BMPString and UniversalString have fixed widths; Latin-1 is what T61String and friends carry in practice.
fn string(element: &Element<'_>) -> String {
    match element.tag {
        0x1E => {
            let units: Vec<u16> = element
                .value
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)))
                .collect();
            String::from_utf16_lossy(&units)
        }
        _ => std::str::from_utf8(element.value)
            .map_or_else(|_| element.value.iter().copied().map(char::from).collect(), str::to_owned),
    }
}
