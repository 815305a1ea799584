//! Where a new trust folder may go, and how it takes the place of an old one.
//!
//! Invariants: nothing is replaced but what is new, empty, or a trust folder by its own manifest; nothing is ever removed
//! but what that manifest lists; a reader sees the old folder or the new one, never a mixture.

use super::durable::{self, Disk, Medium as _, parent};
use super::folder::{FolderError, write_folder};
use super::trust::{Listing, MANIFEST, is_of_trust_folder, read_manifest};
use super::trust_note::NOTE;
#[cfg(target_os = "linux")]
use rustix::fs::{CWD, RenameFlags};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What stands at the place of a new trust folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nothing.
    New,
    /// An empty folder.
    Empty,
    /// A trust folder, with what its manifest lists.
    TrustFolder(Listing),
}

/// Why a new trust folder does not take this place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// A file or a link stands there.
    #[error("{0} is not a directory; nothing was changed")]
    NotAFolder(PathBuf),
    /// A folder with something else in it.
    #[error("{0} is neither new, nor empty, nor a trust folder by its own {MANIFEST}; nothing was changed")]
    Foreign(PathBuf),
    /// Something that the old folder does not list has the name of a file of the new one.
    #[error("{0} is not listed in {MANIFEST} and stands in the way; nothing was changed")]
    InTheWay(PathBuf),
    /// Writing failed.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Looks at the place `folder` without changing anything.
///
/// # Errors
/// [`PlaceError::NotAFolder`], [`PlaceError::Foreign`], or what the operating system says.
pub fn look(folder: &Path) -> Result<Place, PlaceError> {
    let folder = &plain(folder);
    let facts = match folder.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Place::New),
        facts => facts.map_err(at(folder))?,
    };
    if !facts.is_dir() {
        return Err(PlaceError::NotAFolder(folder.to_owned()));
    }
    if fs::read_dir(folder).map_err(at(folder))?.next().is_none() {
        return Ok(Place::Empty);
    }
    match read_manifest(folder) {
        Ok(Some(listing)) if is_of_trust_folder(&listing) => Ok(Place::TrustFolder(listing)),
        _ => Err(PlaceError::Foreign(folder.to_owned())),
    }
}

/// Puts `files` at the place `folder`, all at once. What the old folder has and does not list stays where it is.
///
/// # Errors
/// [`PlaceError`]; the old folder stands.
pub fn renew(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), PlaceError> {
    let folder = &plain(folder);
    look(folder)?;
    // An earlier run was stopped on its way: it is brought to its end first.
    let next = beside(folder)?;
    if next.symlink_metadata().is_ok() {
        clear(&next, folder)?;
    }
    match look(folder)? {
        Place::New => return Ok(write_folder(folder, files)?),
        Place::Empty => {}
        Place::TrustFolder(old) => check_way(folder, &old, files)?,
    }
    write_folder(&next, files)?;
    exchange(&next, folder).map_err(at(folder))?;
    clear(&next, folder)
}

/// Without a slash at its end, which would follow a link.
fn plain(folder: &Path) -> PathBuf {
    folder.components().collect()
}

/// The place where the new folder is made, and where the old one then waits to be taken away.
fn beside(folder: &Path) -> Result<PathBuf, PlaceError> {
    let name = folder.file_name().ok_or_else(|| FolderError::NotPlain(folder.to_owned()))?;
    Ok(folder.with_file_name(format!(".{}.next", name.to_string_lossy())))
}

fn check_way(folder: &Path, old: &Listing, files: &[(String, Vec<u8>)]) -> Result<(), PlaceError> {
    let stays = |name: &str| folder.join(name).symlink_metadata().is_ok() && !is_ours(old, name);
    match files.iter().find(|(name, _)| stays(name)) {
        Some((name, _)) => Err(PlaceError::InTheWay(folder.join(name))),
        None => Ok(()),
    }
}

/// Takes away an old folder: what its manifest lists is removed, everything else goes (back) to `folder`.
fn clear(old: &Path, folder: &Path) -> Result<(), PlaceError> {
    if let Place::TrustFolder(listing) = look(old)? {
        fs::create_dir_all(folder).map_err(at(folder))?;
        for entry in fs::read_dir(old).map_err(at(old))? {
            let entry = entry.map_err(at(old))?;
            let (path, name) = (entry.path(), entry.file_name());
            let is_file = entry.file_type().map_err(at(&path))?.is_file();
            if name == MANIFEST {
                continue;
            }
            if is_file && name.to_str().is_some_and(|name| is_ours(&listing, name)) {
                fs::remove_file(&path).map_err(at(&path))?;
            } else if folder.join(&name).symlink_metadata().is_ok() {
                return Err(PlaceError::InTheWay(path));
            } else {
                fs::rename(&path, folder.join(&name)).map_err(at(&path))?;
            }
        }
        // The manifest goes last: whoever is stopped before that finds again what is to be removed.
        let manifest = old.join(MANIFEST);
        fs::remove_file(&manifest).map_err(at(&manifest))?;
    }
    Ok(fs::remove_dir(old).map_err(at(old))?)
}

fn is_ours(listing: &Listing, name: &str) -> bool {
    name == MANIFEST || name == NOTE || listing.files.iter().any(|file| file.name == name)
}

/// In one step where the file system can; else in two.
fn exchange(next: &Path, folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if rustix::fs::renameat_with(CWD, next, CWD, folder, RenameFlags::EXCHANGE).is_ok() {
        return Disk.sync_names(parent(folder));
    }
    let old = next.with_extension("old");
    durable::rename(&mut Disk, folder, &old)?;
    durable::rename(&mut Disk, next, folder)?;
    durable::rename(&mut Disk, &old, next)
}

fn at(path: &Path) -> impl Fn(io::Error) -> FolderError + '_ {
    move |error| FolderError::Os { path: path.to_owned(), error }
}
