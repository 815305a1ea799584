//! Many texts in one piece of memory: a list of a million people says the name of a site or a room a million times.
//! They are about people: wiped on drop, and never printed.

use zeroize::Zeroize as _;

/// Where a text lies in its [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextId(pub(super) u32);

/// Texts one behind the other. One that was put in lately is not put in again.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Texts {
    text: String,
    ends: Vec<u32>,
    /// By its hash, the last text of that hash, from 1; empty until the first text comes.
    recent: Vec<u32>,
}

impl Texts {
    /// Keeps a text.
    pub(super) fn put(&mut self, text: &str) -> TextId {
        self.recent.resize(RECENT, 0);
        let slot = hash(text) % RECENT;
        let known = self.recent.get(slot).and_then(|known| known.checked_sub(1)).map(TextId);
        if let Some(known) = known.filter(|known| self.get(*known) == text) {
            return known;
        }
        grow_text(&mut self.text, text.len());
        grow(&mut self.ends);
        self.text.push_str(text);
        self.ends.push(index(self.text.len()));
        let new = index(self.ends.len());
        self.recent.get_mut(slot).into_iter().for_each(|known| *known = new);
        TextId(new.saturating_sub(1))
    }

    /// A text that was kept.
    pub(super) fn get(&self, TextId(id): TextId) -> &str {
        let at = usize::try_from(id).unwrap_or(usize::MAX);
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        let range = usize::try_from(start).unwrap_or(usize::MAX)..usize::try_from(end).unwrap_or(usize::MAX);
        self.text.get(range).unwrap_or_default()
    }

    /// Bytes of memory that the texts take.
    pub(super) fn weight(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<u32>()
    }

    /// All texts anew, each as `change` makes it, under the ids that they have.
    pub(super) fn map(&self, change: impl Fn(&str) -> Option<String>) -> Self {
        let mut out = Self::default();
        out.text.reserve_exact(self.text.len());
        for id in 0..index(self.ends.len()) {
            let text = self.get(TextId(id));
            match change(text) {
                Some(changed) => out.text.push_str(&changed),
                None => out.text.push_str(text),
            }
            out.ends.push(index(out.text.len()));
        }
        out
    }
}

impl Drop for Texts {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// Makes room for one more by an eighth, not by doubling: what was asked for counts against the memory that a run may
/// have, used or not.
pub(super) fn grow<T>(all: &mut Vec<T>) {
    if all.len() == all.capacity() {
        all.reserve_exact(all.len() / 8 + LEAST_ROOM);
    }
}

fn grow_text(all: &mut String, more: usize) {
    if all.len() + more > all.capacity() {
        all.reserve_exact(more + all.len() / 8 + LEAST_ROOM);
    }
}

/// FNV-1a.
fn hash(text: &str) -> usize {
    let start = 0xCBF2_9CE4_8422_2325_u64;
    let mixed = text.bytes().fold(start, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    usize::try_from((mixed ^ mixed >> 32) & u64::from(u32::MAX)).unwrap_or(0)
}

fn index(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Sites, rooms, schools and birth dates of a province.
const RECENT: usize = 1 << 16;
const LEAST_ROOM: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_and_neighbours_lie_once() {
        let mut texts = Texts::default();
        let words = ["0901", "Trần Mẫu", "", "0901", "Trần Mẫu", "0902"];
        let ids: Vec<TextId> = words.iter().map(|word| texts.put(word)).collect();
        assert!(ids.iter().zip(words).all(|(id, word)| texts.get(*id) == word));
        assert_eq!((ids[0], ids[1]), (ids[3], ids[4]));
        let many: Vec<TextId> = (0..200_000).map(|number: u32| texts.put(&number.to_string())).collect();
        assert!(many.iter().zip(0..).all(|(id, number): (_, u32)| texts.get(*id) == number.to_string()));
        let changed = texts.map(|text| (text == "0902").then(|| "longer than before".to_owned()));
        assert_eq!(
            (changed.get(ids[5]), changed.get(ids[1]), changed.get(many[7])),
            ("longer than before", "Trần Mẫu", "7")
        );
    }
}
