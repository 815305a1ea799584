//! Crockford's base 32: what people read out to each other and copy by hand.
//!
//! No I, L, O or U; reading takes them for 1, 1, 0 and nothing.

/// The first 80 bits of `bytes` as sixteen characters in four groups: `7ZK2-…`. Fewer bytes count as zero.
pub fn sixteen(bytes: &[u8]) -> String {
    let head = bytes.iter().copied().chain(std::iter::repeat(0)).take(10);
    let value = head.fold(0_u128, |value, byte| value << 8 | u128::from(byte));
    let mut text = String::new();
    for index in 0..16_u32 {
        if index > 0 && index.is_multiple_of(4) {
            text.push('-');
        }
        let digit = (value >> (75 - 5 * index)) & 31;
        text.extend(usize::try_from(digit).ok().and_then(|digit| ALPHABET.get(digit)).map(|byte| char::from(*byte)));
    }
    text
}

/// The same text however it was typed: capitals, without groups, the easily confused letters as digits.
pub fn normalised(text: &str) -> String {
    let plain = text.chars().filter(|character| character.is_ascii_alphanumeric());
    plain
        .map(|character| match character.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        })
        .collect()
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighty_bits_are_sixteen_characters() {
        assert_eq!(sixteen(&[0; 32]), "0000-0000-0000-0000");
        assert_eq!(sixteen(&[0xFF; 32]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(sixteen(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 33]), "0000-0000-0000-0011");
        assert_eq!(sixteen(&[0x08]), "1000-0000-0000-0000");
    }

    #[test]
    fn what_was_copied_by_hand_compares_as_it_was() {
        assert_eq!(normalised("o1il-ab9z 0000 xxxx"), "0111AB9Z0000XXXX");
    }
}
