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

/// Shows the first `front` and the last `back` characters and covers what lies between with four dots, whatever its
/// length. A text too short to keep anything covered is covered whole.
pub fn mask(text: &str, front: usize, back: usize) -> String {
    let count = text.chars().count();
    if count <= front + back {
        return "••••".to_owned();
    }
    let head: String = text.chars().take(front).collect();
    let tail: String = text.chars().skip(count - back).collect();
    format!("{head}••••{tail}")
}
