//! Hexadecimal text, upper case on the way out, either case on the way in.

/// Writes `bytes` as upper-case hexadecimal without separators.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// Writes `bytes` as lower-case hexadecimal, the form of digests in file names and manifests.
pub fn encode_lower(bytes: &[u8]) -> String {
    encode(bytes).to_ascii_lowercase()
}

/// Reads hexadecimal text. `None` when the length is odd or a character is no hexadecimal digit.
///
/// ```
/// use diemdanh_bits::hex::{decode, encode};
///
/// assert_eq!(decode("00a4"), Some(vec![0x00, 0xA4]));
/// assert_eq!(encode(&[0x00, 0xA4]), "00A4");
/// assert_eq!(decode("0"), None);
/// ```
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
