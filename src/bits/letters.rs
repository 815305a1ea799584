//! Letters and signs that look like others, and characters that show nothing: what lists, cards and keyboards write
//! differently and a person reads as the same.
//!
//! Nothing here is guessed by sound or spelling: two characters are taken for one only where their pictures are.

use super::text;

/// True for a character that shows nothing and is no space: joiners, marks of direction, soft hyphens, fillers, tags,
/// variation selectors (Unicode 16, Default_Ignorable_Code_Point) and control characters.
pub fn is_invisible(character: char) -> bool {
    match character {
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' => true,
        '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => true,
        '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' => true,
        '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' => true,
        other => other.is_control() && !other.is_whitespace(),
    }
}

/// True for what stands between words: white space, and the blank of braille.
pub fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{2800}'
}

/// The letter, digit or sign of plain Vietnamese text that this character looks like; itself where it is one.
///
/// Ð (eth) and Ɖ (African D) are Đ; full-width, mathematical and Arabic-Indic digits are digits.
pub fn plain(character: char) -> char {
    let code = u32::from(character);
    let digit = |first: u32| char::from_digit((code - first) % 10, 10).unwrap_or(character);
    match character {
        'Ð' | 'Ɖ' => 'Đ',
        'ð' | 'ɖ' => 'đ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(code - FULL_WIDTH).unwrap_or(character),
        '\u{660}'..='\u{669}' => digit(0x660),
        '\u{6F0}'..='\u{6F9}' => digit(0x6F0),
        '\u{1D7CE}'..='\u{1D7FF}' => digit(0x1D7CE),
        other => other,
    }
}

/// [`plain`], and the signs within names: every apostrophe and accent that stands alone is `'`, every short dash `-`.
pub fn plain_in_name(character: char) -> char {
    match plain(character) {
        '’' | '‘' | '‛' | '′' | '´' | '`' | 'ʼ' | 'ʻ' | 'ʽ' | 'ʹ' | 'ʾ' | 'ʿ' | 'ˈ' | 'ˊ' | 'ˋ' => {
            '\''
        }
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{FE63}' | '\u{2043}' => '-',
        other => other,
    }
}

/// The Latin letter that a Cyrillic one looks like. Only a word with Latin letters may ask: another is Russian.
pub fn latin(character: char) -> char {
    let place = CYRILLIC.chars().position(|one| one == character);
    place.and_then(|place| LATIN.chars().nth(place)).unwrap_or(character)
}

/// [`text::fold`] for names: what looks alike is alike, invisible characters and apostrophes are nothing, a hyphen is a
/// space (Doc 9303-3 section 4.6 writes both so in the MRZ).
pub fn fold_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    fold_name_into(name, &mut out);
    out
}

/// [`fold_name`] behind what `out` already holds.
pub fn fold_name_into(name: &str, out: &mut String) {
    if folds_by_letter(name) {
        return text::fold_into(name, out);
    }
    let is_latin = name.chars().any(|one| one.is_ascii_alphabetic());
    let shown = name.chars().filter(|one| !is_invisible(*one)).map(plain_in_name).filter(|one| *one != '\'');
    let shown = shown.map(|one| match one {
        '-' | '\u{2800}' => ' ',
        other if is_latin => latin(other),
        other => other,
    });
    text::fold_into(&shown.collect::<String>(), out);
}

/// True where [`fold_name`] looks at one letter at a time: such words fold alike in whatever name they stand.
pub fn folds_by_letter(name: &str) -> bool {
    let is_usual = |one: char| {
        (one.is_ascii() && !matches!(one, '\'' | '`' | '-' | '\0'..='\u{8}' | '\u{7F}'))
            || matches!(one, 'À'..='Ï' | 'Ñ'..='ï' | 'ñ'..='ƈ' | 'Ɗ'..='ɕ' | '\u{1E00}'..='\u{1EFF}')
    };
    name.chars().all(is_usual)
}

const FULL_WIDTH: u32 = 0xFEE0;
const CYRILLIC: &str = "АВЕІЈКМНОРСТУХЅаеіјорсухѕ";
const LATIN: &str = "ABEIJKMHOPCTYXSaeijopcyxs";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_folds_alike() {
        let rows: [(&[&str], &str); 6] = [
            (&["Đào", "Ðào", "Ɖào", "ĐÀO", "ðào", "Đa\u{300}o"], "dao"),
            (&["H'Hen Niê", "H’Hen Niê", "Hʼhen Niê", "H`Hen Niê", "H′Hen\u{200B} Niê", "HHEN NIE"], "hhen nie"),
            (&["Y-Blok Êban", "Y Blok Êban", "Y‑Blok Êban", "Y–Blok Êban", "Y\u{A0}Blok Êban"], "y blok eban"),
            (&["Phạm\u{200B} Thị", "\u{FEFF}Phạm Thị", "Phạm Th\u{AD}ị", "\u{202D}Phạm Thị\u{202C}"], "pham thi"),
            (&["Аn", "An"], "an"),
            (&["Ｎguyễn １"], "nguyen 1"),
        ];
        for (written, folded) in rows {
            written.iter().for_each(|one| assert_eq!(fold_name(one), folded, "{one:?}"));
        }
        assert_eq!(fold_name("Анна"), "анна", "a Russian name stays one");
    }

    #[test]
    fn the_two_letter_tables_are_of_one_length() {
        assert_eq!(CYRILLIC.chars().count(), LATIN.chars().count());
    }
}
