//! Whether a word could be Vietnamese: enough to tell an encoding by what it makes of the words.
//!
//! Not a dictionary and not a spelling check: names of many peoples are no such syllables, and nothing is refused
//! for it.

use bits::text;

/// True for one syllable as the quốc ngữ script writes it, marks and case aside.
pub(super) fn is_syllable(word: &str) -> bool {
    if !word.chars().all(is_letter) {
        return false;
    }
    let plain = text::fold(word);
    let rime = |onset: &&str| plain.strip_prefix(*onset).is_some_and(|rest| RIMES.split(' ').any(|rime| rime == rest));
    ONSETS.iter().any(rime)
}

/// A letter of quốc ngữ.
pub(super) fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic() || is_marked(character)
}

/// A letter of quốc ngữ that ASCII does not have.
pub(super) fn is_marked(character: char) -> bool {
    MARKED.contains(character)
}

const ONSETS: [&str; 28] = [
    "", "b", "c", "ch", "d", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu", "r",
    "s", "t", "th", "tr", "v", "x", "q",
];
const RIMES: &str = "a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem ien \
    ieng iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oe oem oen oeo oet oi om \
    on ong ooc oong op ot u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up \
    ut uu uy uya uych uyen uyet uynh uyt uyu uyp y yem yen yeng yet yeu";
const MARKED: &str = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ\
    ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ";
