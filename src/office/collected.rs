//! What the board collected itself: cosigned checkpoints, and the keys of those who sign.
//!
//! Invariant: whatever else lies among them is a remark about that file, never about a log.

use super::{anchors::Outside, finding::FindingKind};
use bits::text::with_plain_lines;
use record::export_form::is_litter;
use record::{ExportSource, SourceFault, StrayKind};
use tlog::witness::MAX_COSIGNED_LEN;
use tlog::{CosignatureKey, NoteVerifier};

/// What verifier keys are named by.
const KEY_SUFFIX: &str = ".vkey";
/// More keys than there are witnesses and registries.
const MAX_KEYS: usize = 256;

impl Outside {
    /// Takes what lies in a folder of notes and `*.vkey` files.
    pub fn collect(&mut self, folder: &dyn ExportSource) {
        for stray in folder.strays().into_iter().filter(|stray| stray.kind != StrayKind::Empty) {
            self.strays.push((stray.path, FindingKind::CollectedUnread));
        }
        for path in folder.sizes().into_keys().filter(|path| !is_litter(path)) {
            if let Err(what) = self.collect_file(folder, &path) {
                self.strays.push((path, what));
            }
        }
    }

    fn collect_file(&mut self, folder: &dyn ExportSource, path: &str) -> Result<(), FindingKind> {
        let limit = u64::try_from(MAX_COSIGNED_LEN).unwrap_or(u64::MAX);
        let bytes = folder.read(path, limit).map_err(|_: SourceFault| FindingKind::CollectedUnread)?;
        let is_key = path.ends_with(KEY_SUFFIX);
        let what = if is_key { FindingKind::CollectedKey } else { FindingKind::CollectedForm };
        let written = std::str::from_utf8(&bytes).map_err(|_| what)?;
        // An editor or a mail program may have had them in hand: brought to LF, and only then checked.
        let text = &*with_plain_lines(written);
        if text != written && !is_key {
            // Two byte forms of one signed note are never taken for the same without a word.
            self.strays.push((path.to_owned(), FindingKind::CollectedMended));
        }
        if !is_key {
            self.notes.push((path.to_owned(), text.to_owned()));
        } else if self.witnesses.len() + self.registries.len() >= MAX_KEYS {
            return Err(FindingKind::CollectedUnread);
        } else if let Ok(key) = CosignatureKey::parse(text) {
            self.witnesses.push(key);
        } else {
            self.registries.push(NoteVerifier::parse(text).map_err(|_| what)?);
        }
        Ok(())
    }
}
