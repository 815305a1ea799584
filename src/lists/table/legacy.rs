//! Vietnamese from before Unicode: TCVN 5712:1993 VN3 (the `.Vn…` fonts), VNI-Windows (the `VNI-…` fonts) and
//! Windows-1258.
//!
//! The first two write Vietnamese with the code points of Western European letters, so that a spreadsheet takes them
//! for such: `Nguyễn Văn Mẫu` comes as `NguyÔn V¨n MÉu`. Which of them a sheet is in is told by what makes Vietnamese
//! syllables of most of its words; the sheet is then converted as a whole, or not at all: one letter that only Unicode has
//! proves that it needs no converting.

use super::syllable::{is_letter, is_marked, is_syllable};
use super::{CellValue, Sheet};
use bits::secret::Pii;
use bits::text;

/// An encoding from before Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Legacy {
    /// TCVN 5712:1993 VN3, also called ABC.
    Tcvn3,
    /// VNI for Windows.
    Vni,
    /// Windows-1258.
    Windows1258,
}

impl Legacy {
    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3 (ABC)",
            Self::Vni => "VNI",
            Self::Windows1258 => "Windows-1258",
        }
    }
}

/// `text`, whose characters are bytes of `from` read as Western European, in Unicode (NFC).
pub fn to_unicode(written: &str, from: Legacy) -> String {
    match from {
        Legacy::Tcvn3 => from_tcvn3(written),
        Legacy::Vni => from_vni(written),
        Legacy::Windows1258 => text::nfc(&written.chars().map(windows_1258).collect::<String>()),
    }
}

/// `text` as `into` writes it, its bytes as characters; for samples. What `into` does not have stays as it is.
pub fn from_unicode(text: &str, into: Legacy) -> String {
    let composed = text::nfc(text);
    match into {
        Legacy::Tcvn3 => composed.chars().map(to_tcvn3).collect(),
        Legacy::Vni => composed.chars().flat_map(|one| to_vni(one).into_iter().flatten()).collect(),
        Legacy::Windows1258 => composed,
    }
}

fn to_tcvn3(character: char) -> char {
    let find = |meant: char| {
        TCVN3.split(' ').find_map(|pair| {
            let mut pair = pair.chars();
            let written = pair.next()?;
            (pair.next() == Some(meant)).then_some(written)
        })
    };
    let small = || character.to_lowercase().next().filter(|_| is_marked(character));
    find(character).or_else(|| find(small()?)).unwrap_or(character)
}

/// A base letter and perhaps its sign.
fn to_vni(character: char) -> [Option<char>; 2] {
    let single = |meant: char| VNI_SINGLE.iter().find(|(_, to)| *to == meant).map(|(from, _)| *from);
    if character.is_ascii() || single(character).is_some() {
        return [single(character).or(Some(character)), None];
    }
    let bases = "aeouyAEOUYơưƠƯ".chars();
    let pairs = bases.flat_map(|base| VNI_SIGNS.iter().map(move |(sign, _)| (base, *sign)));
    let mut fitting = pairs.filter(|(base, sign)| vni_pair(*base, *sign) == Some(character));
    match fitting.next() {
        Some((base, sign)) if base.is_uppercase() => [single(base).or(Some(base)), sign.to_uppercase().next()],
        Some((base, sign)) => [single(base).or(Some(base)), Some(sign)],
        None => [Some(character), None],
    }
}

/// What a text was converted from, and a few of its words before and after.
pub(super) struct Converted {
    pub(super) from: Legacy,
    pub(super) examples: Pii<Vec<String>>,
}

impl Converted {
    fn of<'a>(from: Legacy, words: impl Iterator<Item = &'a str>) -> Self {
        let mut examples: Vec<String> = Vec::new();
        for word in words.filter(|word| !word.is_ascii() && word.chars().count() >= MIN_EXAMPLE_LEN) {
            let example = format!("{word} → {}", to_unicode(word, from));
            if !examples.contains(&example) {
                examples.push(example);
            }
            if examples.len() == MAX_EXAMPLES {
                break;
            }
        }
        Self { from, examples: Pii::new(examples) }
    }
}

/// The text of a file that is no UTF-8, where its words tell the encoding.
pub(super) fn decode_bytes(bytes: &[u8]) -> Option<(String, Converted)> {
    let western: String = bytes.iter().copied().map(western).collect();
    let words = || western.split(is_between);
    let found = likely(words().take(SAMPLED_WORDS * SAMPLED_EVERY), &ALL)?;
    Some((to_unicode(&western, found), Converted::of(found, words())))
}

/// Converts a sheet whose text is in a legacy encoding; a sheet with one letter that only Unicode has is in none.
pub(super) fn convert_sheet(sheet: &mut Sheet) {
    let texts = || {
        let cells = sheet.rows.iter().flat_map(|row| row.cells());
        cells.filter_map(|cell| if let CellValue::Text(text) = cell.value { Some(text) } else { None })
    };
    if texts().any(is_proven) {
        return;
    }
    let words = || texts().flat_map(|text| text.split(is_between));
    let Some(found) = likely(words(), &FONTS) else { return };
    let converted = Converted::of(found, words());
    sheet.rows.map_texts(|text| (!text.is_ascii()).then(|| to_unicode(text, found)));
    (sheet.legacy, sheet.examples) = (Some(converted.from), converted.examples);
}

/// What a cell would be if it were in a legacy encoding, where all its words say so: for sheets that are Unicode else.
pub(crate) fn left_in(text: &str) -> Option<String> {
    if text.is_ascii() || is_proven(text) {
        return None;
    }
    let words = || text.split(is_between).filter(|word| is_telling(word));
    let all_are = |read: &dyn Fn(&str) -> String| words().all(|word| is_syllable(&read(word)));
    if words().next().is_none() || all_are(&|word| word.to_owned()) {
        return None;
    }
    let found = FONTS.into_iter().find(|legacy| all_are(&|word| to_unicode(word, *legacy)))?;
    Some(to_unicode(text, found))
}

/// The encoding under which most words are Vietnamese; `None` where they are so as they stand.
fn likely<'a>(words: impl Iterator<Item = &'a str>, among: &[Legacy]) -> Option<Legacy> {
    let sampled: Vec<&str> = words.filter(|word| is_telling(word)).take(SAMPLED_WORDS).collect();
    let good = |read: &dyn Fn(&str) -> String| sampled.iter().filter(|word| is_syllable(read(word).trim())).count();
    let as_is = good(&|word| word.to_owned());
    let scores = among.iter().rev().map(|legacy| (good(&|word| to_unicode(word, *legacy)), *legacy));
    let (best, legacy) = scores.max_by_key(|(score, _)| *score)?;
    // Words that are good either way tell nothing: most of them must be good in one way only.
    let is_plain = best > as_is * MOST_AS_IS && best * 10 >= sampled.len() * LEAST_TENTHS;
    is_plain.then_some(legacy)
}

/// A word whose letters could be in a legacy encoding: a sign alone is none.
fn is_telling(word: &str) -> bool {
    !word.is_ascii() && word.chars().any(|one| one.is_ascii_alphabetic())
}

/// Text with a character that no legacy font has: it is Unicode already.
fn is_proven(text: &str) -> bool {
    text.chars().any(|character| u32::from(character) > 0xFF && (is_marked(character) || is_combining(character)))
}

fn is_combining(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

fn is_between(character: char) -> bool {
    character.is_whitespace() || character.is_ascii_punctuation() || character.is_ascii_digit()
}

/// A byte as Windows-1252 shows it; where it shows nothing, the code point of that number.
fn western(byte: u8) -> char {
    let high = byte.checked_sub(0x80).map(usize::from);
    high.and_then(|index| WINDOWS_1252_HIGH.chars().nth(index)).filter(|one| *one != '\0').unwrap_or(char::from(byte))
}

fn windows_1258(character: char) -> char {
    let replaced = WINDOWS_1258.iter().find(|(from, _)| *from == character);
    replaced.map_or(character, |(_, to)| *to)
}

/// Fonts for capitals (`.VnTimeH`) show small letters as capitals: in a text of capitals they are meant so.
fn from_tcvn3(written: &str) -> String {
    let field = |field: &str| {
        let has = |wanted: fn(&char) -> bool| field.chars().any(|character| wanted(&character));
        let plain: String = field.chars().map(tcvn3).collect();
        let capitals = has(char::is_ascii_uppercase) && !has(char::is_ascii_lowercase);
        if capitals { plain.to_uppercase() } else { with_capitals(plain) }
    };
    written.split_inclusive(['\n', ',', ';', '\t']).map(field).collect()
}

/// The encoding has no capitals with tones: where all other words of a field begin with a capital, so does `ánh`.
fn with_capitals(field: String) -> String {
    let initials = || field.split(' ').filter_map(|word| word.chars().next());
    let is_title = initials().filter(char::is_ascii_alphabetic).all(|initial| initial.is_ascii_uppercase());
    if !is_title || initials().all(|initial| !initial.is_ascii_uppercase()) {
        return field;
    }
    let word = |word: &str| {
        let mut letters = word.chars();
        let initial: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        initial + letters.as_str()
    };
    field.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn tcvn3(character: char) -> char {
    let place = TCVN3.split(' ').find_map(|pair| {
        let mut pair = pair.chars();
        (pair.next() == Some(character)).then(|| pair.next()).flatten()
    });
    place.unwrap_or(character)
}

/// A base letter, and behind it perhaps a sign for its marks.
fn from_vni(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut rest = written.chars().peekable();
    while let Some(base) = rest.next() {
        let letter = vni_single(base);
        match rest.peek().and_then(|sign| vni_pair(letter, *sign)) {
            Some(marked) => {
                rest.next();
                out.push(marked);
            }
            None => out.push(letter),
        }
    }
    out
}

fn vni_single(character: char) -> char {
    let found = VNI_SINGLE.iter().find(|(from, _)| *from == character);
    found.map_or(character, |(_, to)| *to)
}

fn vni_pair(letter: char, sign: char) -> Option<char> {
    let small = sign.to_lowercase().next()?;
    let (_, marks) = VNI_SIGNS.iter().find(|(from, _)| *from == small)?;
    let composed = text::nfc(&format!("{letter}{marks}"));
    let mut composed = composed.chars();
    composed.next().filter(|one| composed.next().is_none() && is_letter(*one))
}

/// Enough words to tell an encoding.
const SAMPLED_WORDS: usize = 4_000;
/// Words without marks stand between them.
const SAMPLED_EVERY: usize = 50;
const MAX_EXAMPLES: usize = 5;
const MIN_EXAMPLE_LEN: usize = 3;
/// So many times the words that are good as they stand must be good when converted.
const MOST_AS_IS: usize = 2;
/// So many tenths of the words must come out Vietnamese.
const LEAST_TENTHS: usize = 6;
const ALL: [Legacy; 3] = [Legacy::Tcvn3, Legacy::Vni, Legacy::Windows1258];
/// In a workbook text is Unicode; only a font can make it something else.
const FONTS: [Legacy; 2] = [Legacy::Tcvn3, Legacy::Vni];

/// TCVN 5712:1993, table VN3: what is written, what is meant.
const TCVN3: &str = "¡Ă ¢Â £Ê ¤Ô ¥Ơ ¦Ư §Đ ¨ă ©â ªê «ô ¬ơ \u{ad}ư ®đ µà ¶ả ·ã ¸á ¹ạ »ằ ¼ẳ ½ẵ ¾ắ Æặ Çầ Èẩ Éẫ Êấ Ëậ Ìè \
    Îẻ Ïẽ Ðé Ñẹ Òề Óể Ôễ Õế Öệ ×ì Øỉ Üĩ Ýí Þị ßò áỏ âõ ãó äọ åồ æổ çỗ èố éộ êờ ëở ìỡ íớ îợ ïù ñủ òũ óú ôụ õừ öử ÷ữ øứ \
    ùự úỳ ûỷ üỹ ýý þỵ";
/// Letters of VNI that stand alone.
const VNI_SINGLE: [(char, char); 16] = [
    ('ô', 'ơ'),
    ('Ô', 'Ơ'),
    ('ö', 'ư'),
    ('Ö', 'Ư'),
    ('ñ', 'đ'),
    ('Ñ', 'Đ'),
    ('î', 'ỵ'),
    ('Î', 'Ỵ'),
    ('æ', 'ỉ'),
    ('Æ', 'Ỉ'),
    ('ó', 'ĩ'),
    ('Ó', 'Ĩ'),
    ('ò', 'ị'),
    ('Ò', 'Ị'),
    ('í', 'í'),
    ('ì', 'ì'),
];
/// Signs of VNI behind a letter, as combining marks: vowel mark before tone.
const VNI_SIGNS: [(char, &str); 17] = [
    ('ù', "\u{301}"),
    ('ø', "\u{300}"),
    ('û', "\u{309}"),
    ('õ', "\u{303}"),
    ('ï', "\u{323}"),
    ('ê', "\u{306}"),
    ('é', "\u{306}\u{301}"),
    ('è', "\u{306}\u{300}"),
    ('ú', "\u{306}\u{309}"),
    ('ü', "\u{306}\u{303}"),
    ('ë', "\u{306}\u{323}"),
    ('â', "\u{302}"),
    ('á', "\u{302}\u{301}"),
    ('à', "\u{302}\u{300}"),
    ('å', "\u{302}\u{309}"),
    ('ã', "\u{302}\u{303}"),
    ('ä', "\u{302}\u{323}"),
];
/// Windows-1258 where it differs from Windows-1252.
const WINDOWS_1258: [(char, char); 14] = [
    ('Ã', 'Ă'),
    ('ã', 'ă'),
    ('Ð', 'Đ'),
    ('ð', 'đ'),
    ('Õ', 'Ơ'),
    ('õ', 'ơ'),
    ('Ý', 'Ư'),
    ('ý', 'ư'),
    ('Ì', '\u{300}'),
    ('Ò', '\u{309}'),
    ('Þ', '\u{303}'),
    ('ì', '\u{301}'),
    ('ò', '\u{323}'),
    ('þ', '\u{20ab}'),
];
/// Bytes 80 to 9F of Windows-1252.
const WINDOWS_1252_HIGH: &str = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";
