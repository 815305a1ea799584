//! Crockford's base 32: what people read out to each other and copy by hand.
//!
//! No I, L, O or U; reading takes them for 1, 1, 0 and nothing.

/// The first 80 bits of `bytes` as sixteen characters in four groups: `7ZK2-…`. Fewer bytes count as zero.
///
/// Enough where one side is fixed and somebody looks for another text of the same characters: 2⁸⁰ tries.
pub fn fingerprint(bytes: &[u8]) -> String {
    grouped(bytes, 16)
}

/// The first 130 bits of `bytes` as twenty-six characters in groups of four, two in the last. Fewer bytes count as zero.
///
/// For what one person makes both sides of, as a desk's owner two histories: two of the same characters are found
/// after some 2⁶⁵ tries; of sixteen characters after 2⁴⁰.
pub fn twenty_six(bytes: &[u8]) -> String {
    grouped(bytes, 26)
}

fn grouped(bytes: &[u8], characters: usize) -> String {
    let bit = |index: usize| bytes.get(index / 8).map_or(0, |byte| usize::from(byte >> (7 - index % 8) & 1));
    let mut text = String::new();
    for index in 0..characters {
        if index > 0 && index.is_multiple_of(GROUP_LEN) {
            text.push('-');
        }
        let digit = (0..DIGIT_BITS).fold(0, |digit, offset| digit << 1 | bit(index * DIGIT_BITS + offset));
        text.extend(ALPHABET.get(digit).map(|byte| char::from(*byte)));
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

const DIGIT_BITS: usize = 5;
const GROUP_LEN: usize = 4;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighty_bits_are_sixteen_characters() {
        assert_eq!(fingerprint(&[0; 32]), "0000-0000-0000-0000");
        assert_eq!(fingerprint(&[0xFF; 32]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(fingerprint(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 33]), "0000-0000-0000-0011");
        assert_eq!(fingerprint(&[0x08]), "1000-0000-0000-0000");
    }

    #[test]
    fn hundred_and_thirty_bits_are_twenty_six_characters() {
        assert_eq!(twenty_six(&[0xFF; 32]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZ");
        let mut bytes = [0; 32];
        bytes[16] = 0x40;
        assert_eq!(twenty_six(&bytes), "0000-0000-0000-0000-0000-0000-01", "the last bit that counts");
        bytes[16] = 0x3F;
        assert_eq!(twenty_six(&bytes), "0000-0000-0000-0000-0000-0000-00", "and none behind it");
        let digest: Vec<u8> = (0..32_u8).map(|byte| byte.wrapping_mul(37)).collect();
        assert!(twenty_six(&digest).starts_with(&fingerprint(&digest)), "the longer begins with the shorter");
    }

    #[test]
    fn what_was_copied_by_hand_compares_as_it_was() {
        assert_eq!(normalised("o1il-ab9z 0000 xxxx"), "0111AB9Z0000XXXX");
    }
}
