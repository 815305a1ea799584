//! Vietnamese text: one form (NFC), folding for search, masking for screens.

use unicode_normalization::UnicodeNormalization as _;

/// The composed form, in which every text is compared, drawn and stored.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Lower case, no tone or vowel marks, `đ` as `d`, single spaces: the form in which names are searched.
pub fn fold(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .map(|character| if character == 'đ' { 'd' } else { character })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
