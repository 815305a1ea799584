//! The text of a cell as it was meant: without what shows nothing, with the letters that it shows.

use bits::{letters, text};

/// A cell's text and what had to be done to get it. Spaces around and between words are nobody's wish: they are put
/// right without a word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tidy {
    pub(super) text: String,
    /// Characters that show nothing were taken out.
    pub(super) had_invisible: bool,
    /// Letters or signs were exchanged for those that they look like.
    pub(super) had_lookalikes: bool,
    /// It stood in `="…"`, by which programs keep spreadsheets from reading a number.
    pub(super) was_wrapped: bool,
}

/// The text of any cell, NFC.
pub(super) fn tidy(written: &str) -> Tidy {
    of(written, letters::plain)
}

/// The text of a name: signs within names are of one kind, too.
pub(super) fn tidy_name(written: &str) -> Tidy {
    let mut tidied = of(written, letters::plain_in_name);
    // The mark of text, and a dash for nothing.
    tidied.text = tidied.text.trim_matches(['\'', '-', ' ']).to_owned();
    // A list of Russians stays one; a Cyrillic letter in a Vietnamese name is a slip of the keyboard.
    let is_latin = tidied.text.chars().any(|one| one.is_ascii_alphabetic());
    if !is_latin || tidied.text.is_ascii() {
        return tidied;
    }
    let latin: String = tidied.text.chars().map(letters::latin).collect();
    Tidy { had_lookalikes: tidied.had_lookalikes || latin != tidied.text, text: latin, ..tidied }
}

/// True where a person sees nothing.
pub(super) fn is_blank(written: &str) -> bool {
    written.chars().all(|one| letters::is_blank(one) || letters::is_invisible(one))
}

fn of(written: &str, plain: fn(char) -> char) -> Tidy {
    let mut tidied = Tidy { text: String::with_capacity(written.len()), ..Tidy::default() };
    let mut rest = written.chars().peekable();
    let (mut before, mut is_apart) = (None::<char>, false);
    while let Some(character) = rest.next() {
        if letters::is_blank(character) {
            is_apart = before.is_some();
            continue;
        }
        if letters::is_invisible(character) {
            tidied.had_invisible = true;
            // `Phạm<zero-width space>Thị`: the only thing between two words.
            let between = before.is_some_and(char::is_lowercase) && rest.peek().is_some_and(|next| next.is_uppercase());
            is_apart |= between;
            continue;
        }
        if std::mem::take(&mut is_apart) {
            tidied.text.push(' ');
        }
        let shown = plain(character);
        tidied.had_lookalikes |= shown != character;
        tidied.text.push(shown);
        before = Some(character);
    }
    if !tidied.text.is_ascii() {
        tidied.text = with_strokes(&mut tidied.had_lookalikes, text::nfc(&tidied.text));
    }
    let within =
        tidied.text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).map(|rest| rest.trim().to_owned());
    tidied.was_wrapped = within.is_some();
    tidied.text = within.unwrap_or(tidied.text);
    tidied
}

/// `D` with a stroke laid over it is Đ.
fn with_strokes(changed: &mut bool, written: String) -> String {
    if !written.contains(STROKES) {
        return written;
    }
    let mut out = String::with_capacity(written.len());
    for character in written.chars() {
        let letter = if STROKES.contains(&character) { out.pop() } else { None };
        match letter {
            Some('D') => out.push('Đ'),
            Some('d') => out.push('đ'),
            other => {
                out.extend(other);
                out.push(character);
                continue;
            }
        }
        *changed = true;
    }
    out
}

/// Combining short stroke, long stroke and bar.
const STROKES: [char; 3] = ['\u{335}', '\u{336}', '\u{20D2}'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_out_as_they_are_seen() {
        let rows = [
            ("\u{A0} Nguyễn\t Thị\u{2003}Mẫu\r\n", "Nguyễn Thị Mẫu", false, false),
            ("Phạm\u{200B} Thị", "Phạm Thị", true, false),
            ("Phạm\u{200B}Thị", "Phạm Thị", true, false),
            ("09\u{AD}92\u{FEFF}", "0992", true, false),
            ("Ðinh Ɖức D\u{335}ông", "Đinh Đức Đông", false, true),
            ("H’Hen K`Sor Y–Blok", "H'Hen K'Sor Y-Blok", false, true),
            ("Nguye\u{302}\u{303}n", "Nguyễn", false, false),
            ("Lê Аnh", "Lê Anh", false, true),
            ("０９９", "099", false, true),
            ("\u{200E}\u{2800}", "", true, false),
        ];
        for (written, text, had_invisible, had_lookalikes) in rows {
            let expected = Tidy { text: text.to_owned(), had_invisible, had_lookalikes, was_wrapped: false };
            assert_eq!(tidy_name(written), expected, "{written:?}");
        }
        let wrapped = Tidy { text: "Lê A".to_owned(), was_wrapped: true, ..Tidy::default() };
        assert_eq!(tidy("=\" Lê  A\""), wrapped);
        assert_eq!(tidy("P–1 ’A’").text, "P–1 ’A’", "signs outside names stay");
        assert_eq!(tidy_name("Анна Каренина").text, "Анна Каренина");
        assert!(is_blank("\u{A0}\u{200B}\u{FEFF}") && !is_blank("."));
    }
}
