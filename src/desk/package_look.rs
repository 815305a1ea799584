//! What lies on the shelf and on the sticks, looked at every two seconds.
//!
//! Invariants:
//! - A file that has not changed is not read again, and nothing is said about it twice.
//! - One look reads no more than [`MAX_READ_BYTES`], and one package, of what it did not know; the others wait for
//!   the next look.

use crate::package::{Judged, OpenPackage, Packages, peeked};
use bits::stamp::Clock;
use checkin::failure::Failure;
use host::package_shelf::{FileStamp, packages_in, stamp_of};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was found on shelf and sticks.
#[derive(Debug, Default)]
pub struct Found {
    /// Packages that this desk can take or use, opened, the newest first.
    pub good: Vec<OpenPackage>,
    /// Packages for this place that cannot be taken: file and reason.
    pub refused: Vec<(PathBuf, Failure)>,
    /// Packages for other places.
    pub for_others: usize,
    /// There are files that were not looked at yet.
    pub is_partial: bool,
}

/// What a file was found to be.
pub(super) struct Looked {
    stamp: FileStamp,
    found: FoundAs,
    /// What was said about it last.
    told: Option<Failure>,
}

enum FoundAs {
    ForOthers,
    Refused(Failure, String),
    Judged(Arc<Judged>),
}

impl Packages {
    /// Looks at the shelf and at every stick. A stick that cannot be read holds nothing.
    pub fn look(&mut self, clock: &dyn Clock) -> Found {
        let mut found = Found::default();
        let mut left_bytes = MAX_READ_BYTES;
        let kept = self.shelf.packages().unwrap_or_default().into_iter().map(|path| (path, true));
        let mut paths: Vec<(PathBuf, bool)> = kept.collect();
        for place in self.inbox.clone() {
            paths.extend(self.on_stick(&place).into_iter().map(|path| (path, false)));
        }
        let here: BTreeSet<&PathBuf> = paths.iter().map(|(path, _)| path).collect();
        self.looked.retain(|path, _| here.contains(path));
        for (path, is_kept) in paths {
            self.look_at(&path, is_kept, clock, &mut left_bytes, &mut found);
        }
        let order =
            |one: &OpenPackage| (one.note().session.clone(), std::cmp::Reverse(one.note().version), !one.is_kept);
        found.good.sort_by_key(order);
        found
    }

    fn on_stick(&mut self, place: &Path) -> Vec<PathBuf> {
        let packages = packages_in(place);
        let said = packages.as_ref().err().map(ToString::to_string);
        if said != self.told.get(place).cloned() {
            match said {
                Some(said) => {
                    tracing::warn!(error = %said, "a place for packages cannot be read");
                    self.told.insert(place.to_owned(), said);
                }
                None => drop(self.told.remove(place)),
            }
        }
        packages.unwrap_or_default()
    }

    fn look_at(&mut self, path: &Path, is_kept: bool, clock: &dyn Clock, left_bytes: &mut u64, found: &mut Found) {
        let Ok(stamp) = stamp_of(path) else { return };
        if self.looked.get(path).is_none_or(|known| known.stamp != stamp) {
            if *left_bytes == 0 {
                found.is_partial = true;
                return;
            }
            *left_bytes = left_bytes.saturating_sub(self.look_anew(path, stamp));
        }
        self.tell(path, is_kept, clock, found);
    }

    /// Finds out what a file is; how many bytes of it were read, at most.
    fn look_anew(&mut self, path: &Path, stamp: FileStamp) -> u64 {
        let (found, read_bytes) = match peeked(path) {
            Some(note) if !self.is_for_here(&note) => (FoundAs::ForOthers, stamp.len.min(BEGINNING_BYTES)),
            _ => match self.judge(path) {
                Ok(judged) => (FoundAs::Judged(Arc::new(judged)), stamp.len),
                Err(refusal) => (FoundAs::Refused(refusal.failure, refusal.detail), stamp.len),
            },
        };
        self.looked.insert(path.to_owned(), Looked { stamp, found, told: None });
        read_bytes.max(1)
    }

    /// Files the file under what it was found to be; a judged one is judged again by date and version.
    fn tell(&mut self, path: &Path, is_kept: bool, clock: &dyn Clock, found: &mut Found) {
        let refusal = match self.looked.get(path).map(|known| &known.found) {
            None => return,
            Some(FoundAs::ForOthers) => {
                found.for_others += 1;
                return;
            }
            Some(FoundAs::Refused(failure, detail)) => (*failure, detail.clone()),
            Some(FoundAs::Judged(judged)) => match self.suits(judged.note(), path, is_kept, clock) {
                // What lies on the shelf is not offered a second time; a shelf whose copy was damaged or purged is
                // filled again.
                Ok(_) if found.good.iter().any(|kept| kept.note().sha256 == judged.note().sha256) => return,
                Ok(held) => {
                    let judged = Arc::clone(judged);
                    found.good.push(OpenPackage { judged, path: path.to_owned(), is_kept, held });
                    return;
                }
                Err(refusal) => (refusal.failure, refusal.detail),
            },
        };
        let (failure, detail) = refusal;
        if let Some(known) = self.looked.get_mut(path).filter(|known| known.told != Some(failure)) {
            tracing::warn!(file = %path.display(), %detail, "a package is not taken");
            known.told = Some(failure);
        }
        found.refused.push((path.to_owned(), failure));
    }
}

/// What one look reads of files that it did not know, in bytes.
const MAX_READ_BYTES: u64 = 128 << 20;
/// What is read of a package for another place.
const BEGINNING_BYTES: u64 = 16 << 10;
