//! Vietnamese text: one form (NFC), folding for search, masking for screens.

use std::borrow::Cow;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

/// The composed form, in which every text is compared, drawn and stored.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// True for one line of text that shows what it is: no control character, nothing that turns the order of letters round
/// or shows nothing, and something to read.
pub fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(is_hidden)
}

/// The text as a terminal may have it: what is hidden in it is spelled out, line breaks stay.
pub fn shown(text: &str) -> String {
    spelled(text, |character| is_hidden(character) && character != '\n')
}

/// The same for a text that stands within a line, a file's name or a value: its line breaks are spelled out too, so that
/// it cannot look like a line of ours.
pub fn shown_within(text: &str) -> String {
    spelled(text, is_hidden)
}

/// A text of JSON in which what is hidden is spelled out as JSON does it. It can stand in strings only.
pub fn shown_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if !is_hidden(character) || character == '\n' {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

fn spelled(text: &str, is_spelled: fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_spelled(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// A small text file as it was before an editor or a mail program passed it on: no byte-order mark, lines that end with
/// LF, the last one too.
pub fn with_plain_lines(text: &str) -> Cow<'_, str> {
    let bare = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if bare.len() == text.len() && !bare.contains('\r') && (bare.is_empty() || bare.ends_with('\n')) {
        return Cow::Borrowed(text);
    }
    let mut plain = bare.replace("\r\n", "\n").replace('\r', "\n");
    if !plain.is_empty() && !plain.ends_with('\n') {
        plain.push('\n');
    }
    Cow::Owned(plain)
}

/// Controls (ESC among them), marks of direction, joiners, fillers and tags: Unicode 16, general categories Cc and Cf, and
/// the letters that are blank.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Lower case, no tone or vowel marks, `đ` as `d`, single spaces: the form in which names are searched.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// [`fold`] behind what `out` already holds.
pub fn fold_into(text: &str, out: &mut String) {
    let (start, mut is_apart) = (out.len(), false);
    for character in text.chars() {
        if character.is_whitespace() {
            is_apart = out.len() > start;
            continue;
        }
        let before = out.len();
        if std::mem::take(&mut is_apart) {
            out.push(' ');
        }
        let after = out.len();
        fold_character(character, out);
        // A mark alone is nothing, and keeps no space in front of it.
        if out.len() == after {
            is_apart = after > before;
            out.truncate(before);
        }
    }
}

fn fold_character(character: char, out: &mut String) {
    if character.is_ascii() {
        out.push(character.to_ascii_lowercase());
        return;
    }
    let known = u32::from(character).checked_sub(TABLE_START).and_then(|place| usize::try_from(place).ok());
    match known.and_then(|place| FOLDED.get(place).copied()).filter(|plain| *plain != 0) {
        Some(plain) => out.push(char::from(plain)),
        None => out.extend(folded(character)),
    }
}

fn folded(character: char) -> impl Iterator<Item = char> {
    std::iter::once(character)
        .nfd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .map(|character| if character == 'đ' { 'd' } else { character })
}

/// What Latin letters fold to where that is one ASCII letter, 0 where it is not: a million names are folded when a
/// desk starts.
static FOLDED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let plain = |code: u32| {
        let mut letters = folded(char::from_u32(code)?);
        let first = letters.next().filter(char::is_ascii).and_then(|letter| u8::try_from(u32::from(letter)).ok());
        first.filter(|_| letters.next().is_none())
    };
    (TABLE_START..TABLE_END).map(|code| plain(code).unwrap_or(0)).collect()
});

/// From À to the last Latin letter with two marks.
const TABLE_START: u32 = 0xC0;
const TABLE_END: u32 = 0x1F00;

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
