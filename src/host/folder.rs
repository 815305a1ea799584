//! Whole folders: written so that they are there completely or not at all, and read with limits.

use super::durable::{self, Disk, Medium, PARTIAL, Waiting, parent};
use super::file;
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// Files by their path within a folder, parts separated by `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The most files that are read from one folder.
pub const MAX_FILES: usize = 100_000;
/// The most bytes that are read from one folder.
pub const MAX_TOTAL_BYTES: u64 = 2 << 30;
/// The largest text file that is read.
pub const MAX_TEXT_LEN: u64 = 1 << 20;
/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 12;

/// Why a folder was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is something of this name already; nothing is overwritten.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// There is no such folder.
    #[error("{0} is not a directory")]
    Missing(PathBuf),
    /// A path that would leave the folder, or a file that is no plain file.
    #[error("{0} is no plain file within the folder")]
    NotPlain(PathBuf),
    /// More or deeper than is read.
    #[error("more files, bytes or levels than are read")]
    TooLarge,
    /// What was read back is not what was written.
    #[error("{0} reads back differently")]
    ReadsBackDifferently(PathBuf),
    /// The operating system's error.
    #[error("{path}: {error}")]
    Os {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
}

/// Writes `files` to a temporary folder beside `target`, flushes, renames it to `target`, and reads it back.
///
/// # Errors
/// [`FolderError`]. `target` exists afterwards only when everything went well.
pub fn write_folder(target: &Path, files: &[(String, Vec<u8>)]) -> Result<(), FolderError> {
    write_folder_on(&mut Disk, target, files)
}

/// The same on a medium of the caller's.
///
/// # Errors
/// [`FolderError`].
pub fn write_folder_on(medium: &mut dyn Medium, target: &Path, files: &[(String, Vec<u8>)]) -> Result<(), FolderError> {
    write_folder_from(medium, target, files.iter().map(|(path, bytes)| Ok::<_, FolderError>((path, bytes))))?;
    read_back(target, files)
}

/// The same for files that come one by one, so that no large folder is ever in memory as a whole; whoever made them knows
/// what they are and reads them back.
///
/// # Errors
/// [`FolderError`], or why there is no next file. `target` exists afterwards only when everything went well.
pub fn write_folder_from<E: From<FolderError>, P: AsRef<str>, B: AsRef<[u8]>>(
    medium: &mut dyn Medium,
    target: &Path,
    files: impl IntoIterator<Item = Result<(P, B), E>>,
) -> Result<(), E> {
    if target.symlink_metadata().is_ok() {
        return Err(FolderError::Exists(target.to_owned()).into());
    }
    let name = target.file_name().ok_or_else(|| FolderError::NotPlain(target.to_owned()))?;
    let partial = parent(target).join(format!(".{}{PARTIAL}", name.to_string_lossy()));
    if partial.symlink_metadata().is_ok() {
        fs::remove_dir_all(&partial).map_err(at(&partial))?;
    }
    let written = write_partial(medium, &partial, files, durable::write_unnamed)
        .and_then(|()| Ok(medium.flush_names_below(&partial).map_err(at(&partial))?))
        .and_then(|()| Ok(durable::rename(medium, &partial, target).map_err(at(target))?));
    if let Err(error) = written {
        // A full disk leaves nothing of anybody behind.
        let _ = fs::remove_dir_all(&partial);
        return Err(error);
    }
    Ok(())
}

/// Writes files into a folder that has not its name yet; whoever asked for it makes the names in it durable.
pub(super) fn write_partial<E: From<FolderError>, P: AsRef<str>, B: AsRef<[u8]>>(
    medium: &mut dyn Medium,
    partial: &Path,
    files: impl IntoIterator<Item = Result<(P, B), E>>,
    write: fn(&mut dyn Medium, &Path, &[u8]) -> io::Result<()>,
) -> Result<(), E> {
    medium.create_folder(partial).map_err(at(partial))?;
    for file in files {
        let (path, bytes) = file?;
        let place = place(medium, partial, path.as_ref())?;
        write(medium, &place, bytes.as_ref()).map_err(at(&place))?;
    }
    Ok(())
}

/// Removes what runs that were cut have left unfinished right in `folder`. Whoever calls this knows that nobody else writes
/// there.
///
/// # Errors
/// [`FolderError`].
pub fn remove_unfinished(folder: &Path) -> Result<(), FolderError> {
    for name in list_folders(folder)?.iter().filter(|name| name.starts_with('.') && name.ends_with(PARTIAL)) {
        let path = folder.join(name);
        fs::remove_dir_all(&path).map_err(at(&path))?;
    }
    Ok(())
}

/// Writes one new file and flushes it; an existing one is never overwritten.
///
/// # Errors
/// [`FolderError`].
pub fn write_new_file(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    durable::create(&mut Disk, path, bytes).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => FolderError::Exists(path.to_owned()),
        _ => at(path)(error),
    })
}

/// Removes a file, or a folder with everything in it, and makes that durable. True when there was something.
///
/// # Errors
/// [`FolderError`].
pub fn remove(path: &Path) -> Result<bool, FolderError> {
    let removed = match path.symlink_metadata() {
        Ok(facts) if facts.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => Err(error),
    };
    removed.map_err(at(path))?;
    Disk.sync_names(parent(path)).map_err(at(parent(path)))?;
    Ok(true)
}

/// Gives a file another name, `<name>.old-<n>`, so that a new one can take its place; nothing is overwritten.
///
/// # Errors
/// [`FolderError`].
pub fn set_aside(path: &Path) -> Result<PathBuf, FolderError> {
    let named = |number: u32| PathBuf::from(format!("{}.old-{number}", path.display()));
    let free = (1..=MAX_OLD).map(named).find(|old| old.symlink_metadata().is_err());
    let old = free.ok_or(FolderError::TooLarge)?;
    durable::rename(&mut Disk, path, &old).map_err(at(path))?;
    Ok(old)
}

/// The most files of one name that are set aside.
const MAX_OLD: u32 = 1_000;

/// Puts `files` into `folder`, in their order: each is written beside its place and flushed, and only when all of
/// them are there they are renamed, one after the other. Whatever else is in the folder stays.
///
/// # Errors
/// [`FolderError`]; before the first rename nothing has changed, and a name that was taken is taken by a whole file.
pub fn replace_files(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), FolderError> {
    replace_files_on(&mut Disk, folder, files)
}

/// The same on a medium of the caller's.
///
/// # Errors
/// As [`replace_files`].
pub fn replace_files_on(
    medium: &mut dyn Medium,
    folder: &Path,
    files: &[(String, Vec<u8>)],
) -> Result<(), FolderError> {
    let mut waiting = Vec::new();
    for (path, bytes) in files {
        let written =
            place(medium, folder, path).and_then(|place| Waiting::write(medium, &place, bytes).map_err(at(&place)));
        match written {
            Ok(file) => waiting.push(file),
            Err(error) => {
                waiting.into_iter().for_each(|file| file.give_up(medium));
                return Err(error);
            }
        }
    }
    let mut waiting = waiting.into_iter();
    while let Some(file) = waiting.next() {
        let path = file.path().to_owned();
        if let Err(error) = file.name(medium) {
            waiting.for_each(|file| file.give_up(medium));
            return Err(at(&path)(error));
        }
    }
    Ok(())
}

/// Removes what a run that was cut left unfinished in `folder` and right in the folders in it. Whoever calls this knows that
/// nobody else writes there.
///
/// # Errors
/// The operating system's.
pub(super) fn remove_partials(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        let is_partial = |path: &Path| path.as_os_str().as_encoded_bytes().ends_with(PARTIAL.as_bytes());
        if kind.is_file() && is_partial(&path) {
            fs::remove_file(&path)?;
        } else if kind.is_dir() {
            for inner in fs::read_dir(&path)? {
                let inner = inner?;
                if inner.file_type()?.is_file() && is_partial(&inner.path()) {
                    fs::remove_file(inner.path())?;
                }
            }
        }
    }
    Ok(())
}

/// Reads these files of `folder` and what lies directly in these folders of it; what is missing is left out.
///
/// # Errors
/// [`FolderError`].
pub fn read_chosen(folder: &Path, names: &[&str], folders: &[&str]) -> Result<Files, FolderError> {
    if !folder.is_dir() {
        return Err(FolderError::Missing(folder.to_owned()));
    }
    let mut left_bytes = MAX_TOTAL_BYTES;
    let mut files = Files::new();
    for name in names.iter().filter(|name| folder.join(name).is_file()) {
        files.insert((*name).to_owned(), read_file(&folder.join(name), &mut left_bytes)?);
    }
    for inner in folders {
        for name in list_names(&folder.join(inner))? {
            let path = folder.join(inner).join(&name);
            files.insert(format!("{inner}{name}"), read_file(&path, &mut left_bytes)?);
        }
    }
    Ok(files)
}

/// The names of the plain files that lie directly in `folder`; none where there is no such folder.
///
/// # Errors
/// [`FolderError`].
pub fn list_names(folder: &Path) -> Result<Vec<String>, FolderError> {
    let mut names = Vec::new();
    if !folder.is_dir() {
        return Ok(names);
    }
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let name = entry.file_name().into_string().map_err(|_| FolderError::NotPlain(entry.path()))?;
        let is_plain = entry.file_type().map_err(at(folder))?.is_file() && !name.starts_with('.');
        names.extend(is_plain.then_some(name).filter(|name| !name.ends_with(PARTIAL)));
        if names.len() > MAX_NAMES {
            return Err(FolderError::TooLarge);
        }
    }
    names.sort();
    Ok(names)
}

/// What lies directly in `folder` and is no plain file: links, pipes, folders; none where there is no such folder.
///
/// # Errors
/// [`FolderError`].
pub fn list_others(folder: &Path) -> Result<Vec<String>, FolderError> {
    let mut names = Vec::new();
    if !folder.is_dir() {
        return Ok(names);
    }
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let is_other = !entry.file_type().map_err(at(folder))?.is_file();
        names.extend(is_other.then(|| entry.file_name().to_string_lossy().into_owned()));
        if names.len() > MAX_NAMES {
            return Err(FolderError::TooLarge);
        }
    }
    names.sort();
    Ok(names)
}

/// The names of the folders that lie directly in `folder`; none where there is no such folder.
///
/// # Errors
/// [`FolderError`].
pub fn list_folders(folder: &Path) -> Result<Vec<String>, FolderError> {
    let mut names = Vec::new();
    if !folder.is_dir() {
        return Ok(names);
    }
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let is_folder = entry.file_type().map_err(at(folder))?.is_dir();
        names.extend(entry.file_name().into_string().ok().filter(|_| is_folder));
        if names.len() > MAX_NAMES {
            return Err(FolderError::TooLarge);
        }
    }
    names.sort();
    Ok(names)
}

/// Reads one small text file: a key line, a certificate, a configuration.
///
/// # Errors
/// [`FolderError::TooLarge`] above [`MAX_TEXT_LEN`]; others.
pub fn read_text_file(path: &Path) -> Result<String, FolderError> {
    text_of(file::open_plain(path).map_err(at(path))?, path)
}

/// Reads such a text from the standard input.
///
/// # Errors
/// As [`read_text_file`].
pub fn read_text_input() -> Result<String, FolderError> {
    text_of(io::stdin(), Path::new("-"))
}

fn text_of(source: impl io::Read, path: &Path) -> Result<String, FolderError> {
    let mut text = String::new();
    source.take(MAX_TEXT_LEN + 1).read_to_string(&mut text).map_err(at(path))?;
    let fits = u64::try_from(text.len()).is_ok_and(|len| len <= MAX_TEXT_LEN);
    if fits { Ok(text) } else { Err(FolderError::TooLarge) }
}

/// True where a folder is, or a link to one.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// True where something can be reached by this path.
pub fn is_there(path: &Path) -> bool {
    path.exists()
}

/// True for a file, there already or not, whose place is `folder` or lies within it.
///
/// # Errors
/// [`FolderError::Os`] where one of them cannot be followed.
pub fn lies_in(file: &Path, folder: &Path) -> Result<bool, FolderError> {
    let whole = |path: &Path| path.canonicalize().map_err(at(path));
    Ok(whole(parent(file))?.starts_with(whole(folder)?))
}

/// The plain files right in `folder`, in order of their names.
///
/// # Errors
/// [`FolderError`].
pub fn list_files(folder: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if found.len() >= MAX_FILES {
            return Err(FolderError::TooLarge);
        }
        found.extend(path.is_file().then_some(path));
    }
    found.sort();
    Ok(found)
}

/// Reads every file below `folder`.
///
/// # Errors
/// [`FolderError`].
pub fn read_folder(folder: &Path) -> Result<Files, FolderError> {
    if !folder.is_dir() {
        return Err(FolderError::Missing(folder.to_owned()));
    }
    let mut files = Files::new();
    let mut left_bytes = MAX_TOTAL_BYTES;
    list_level(folder, "", 0, &mut |path, inner| {
        if files.len() >= MAX_FILES {
            return Err(FolderError::TooLarge);
        }
        files.insert(inner, read_file(path, &mut left_bytes)?);
        Ok(())
    })?;
    Ok(files)
}

/// Shows every plain file below `folder` with its path there.
fn list_level(
    folder: &Path,
    prefix: &str,
    depth: usize,
    show: &mut dyn FnMut(&Path, String) -> Result<(), FolderError>,
) -> Result<(), FolderError> {
    if depth > MAX_DEPTH {
        return Err(FolderError::TooLarge);
    }
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let path = entry.path();
        let name = entry.file_name().into_string().map_err(|_| FolderError::NotPlain(path.clone()))?;
        let inner = format!("{prefix}{name}");
        let kind = entry.file_type().map_err(at(&path))?;
        if kind.is_dir() {
            list_level(&path, &format!("{inner}/"), depth + 1, show)?;
        } else if kind.is_file() {
            show(&path, inner)?;
        } else {
            return Err(FolderError::NotPlain(path));
        }
    }
    Ok(())
}

fn read_file(path: &Path, left_bytes: &mut u64) -> Result<Vec<u8>, FolderError> {
    let mut bytes = Vec::new();
    let file = file::open_plain(path).map_err(at(path))?;
    file.take(*left_bytes + 1).read_to_end(&mut bytes).map_err(at(path))?;
    let read = u64::try_from(bytes.len()).map_err(|_| FolderError::TooLarge)?;
    *left_bytes = left_bytes.checked_sub(read).ok_or(FolderError::TooLarge)?;
    Ok(bytes)
}

/// Where `path` is to be written in `folder`; the folders between are made.
fn place(medium: &mut dyn Medium, folder: &Path, path: &str) -> Result<PathBuf, FolderError> {
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':']);
    let target = folder.join(path);
    if !path.split('/').all(plain) {
        return Err(FolderError::NotPlain(target));
    }
    let parent = target.parent().unwrap_or(folder);
    medium.create_folder(parent).map_err(at(parent))?;
    Ok(target)
}

fn read_back(target: &Path, files: &[(String, Vec<u8>)]) -> Result<(), FolderError> {
    let found = read_folder(target)?;
    let differs = files.iter().find(|(path, bytes)| found.get(path) != Some(bytes));
    match differs {
        Some((path, _)) => Err(FolderError::ReadsBackDifferently(target.join(path))),
        None => Ok(()),
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> FolderError + '_ {
    move |error| FolderError::Os { path: path.to_owned(), error }
}

/// Portraits of a national exam.
const MAX_NAMES: usize = 2_000_000;
