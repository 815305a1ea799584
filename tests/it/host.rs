//! The operating system's side: journal files, folders, key files, trust folder, clocks.

use crate::record_support::{at, check_in, code, open};
use diemdanh::{
    bits::{
        random::{Random as _, SeededRandom},
        secret::Secret,
        stamp::Clock as _,
    },
    host::{
        clock::{SystemClock, boot_id},
        disk::{FileStore, JournalError, Space, space},
        folder::{FolderError, read_folder, write_folder},
        keys::{KeyFileError, SealCost, create_key_file, open_key_file},
        random::SystemRandom,
        trust::{TrustFolderError, read_trust_folder},
    },
    record::{LogStore as _, StoreFault},
};
use std::fs;

#[test]
fn a_journal_on_disk_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    let (mut log, _) = open(FileStore::open(&journal).unwrap(), 0).unwrap();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    assert!(matches!(FileStore::open(&journal), Err(JournalError::InUse)));
    drop(log);
    fs::write(journal.join("notes.txt"), "a stranger's file").unwrap();
    let (log, opened) = open(FileStore::open(&journal).unwrap(), 10).unwrap();
    assert_eq!(opened.entry().segment, 2);
    assert_eq!(log.arrivals().len(), 1);
    drop(log);
    let mut store = FileStore::open(&journal).unwrap();
    assert_eq!(store.segments(), Ok(vec![1, 2]));
    assert_eq!(store.create(2), Err(StoreFault::Exists));
    assert_eq!(store.read(9), Err(StoreFault::Missing));
    assert_eq!(store.write(b"x"), Err(StoreFault::Missing));
}

#[test]
fn room_on_the_disk_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(space(folder.path(), 0, 0).unwrap(), Space::Enough { .. }));
    assert!(matches!(space(folder.path(), 0, u64::MAX).unwrap(), Space::Low { .. }));
    assert!(matches!(space(folder.path(), u64::MAX, u64::MAX).unwrap(), Space::TooLittle { .. }));
    assert!(space(&folder.path().join("none"), 0, 0).is_err());
}

#[test]
fn a_folder_is_there_completely_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("export");
    let files = [("a".to_owned(), vec![1]), ("b/c/d.txt".to_owned(), vec![2; 5000])];
    write_folder(&target, &files).unwrap();
    assert_eq!(read_folder(&target).unwrap().into_iter().collect::<Vec<_>>(), files);
    assert!(matches!(write_folder(&target, &files), Err(FolderError::Exists(_))));
    for path in ["../x", "/x", "a//b", "a/../b", ""] {
        let other = folder.path().join("other");
        assert!(matches!(write_folder(&other, &[(path.to_owned(), vec![])]), Err(FolderError::NotPlain(_))), "{path}");
        assert!(!other.exists());
    }
    assert!(matches!(read_folder(&folder.path().join("none")), Err(FolderError::Missing(_))));
    std::os::unix::fs::symlink("/", target.join("link")).unwrap();
    assert!(matches!(read_folder(&target), Err(FolderError::NotPlain(_))));
}

#[test]
fn a_key_file_opens_with_its_passphrase_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("device.key");
    let secret = |text: &str| Secret::new(text.to_owned());
    let cost = SealCost { memory_kib: 64, passes: 1 };
    let mut random = SeededRandom::new("key file");
    assert!(matches!(open_key_file(&path, &secret("right")), Err(KeyFileError::Missing)));
    let key = create_key_file(&path, "board.example/desk-1", &secret("right"), cost, &mut random).unwrap();
    assert_eq!(open_key_file(&path, &secret("right")).unwrap().verifier(), key.verifier());
    assert!(matches!(open_key_file(&path, &secret("wrong")), Err(KeyFileError::WrongPassphrase)));
    let again = create_key_file(&path, "board.example/desk-1", &secret("right"), cost, &mut random);
    assert!(matches!(again, Err(KeyFileError::Exists)));
    let text = fs::read_to_string(&path).unwrap();
    let changed = |from: &str, to: &str| {
        let other = folder.path().join("changed.key");
        fs::write(&other, text.replacen(from, to, 1)).unwrap();
        open_key_file(&other, &secret("right")).map(|_| ()).unwrap_err()
    };
    assert!(matches!(changed("desk-1", "desk-2"), KeyFileError::WrongPassphrase));
    assert!(matches!(changed("argon2id 64 1", "argon2id 4000000000 1"), KeyFileError::TooCostly { .. }));
    assert!(matches!(changed("/v1", "/v2"), KeyFileError::Form));
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn a_trust_folder_is_read_in_der_and_pem() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(matches!(read_trust_folder(&path.join("none")), Err(TrustFolderError::Missing(_))));
    assert!(matches!(read_trust_folder(path), Err(TrustFolderError::Empty(_))));
    fs::write(path.join("a.der"), [0x30, 0x01, 0x00]).unwrap();
    let block = "-----BEGIN CERTIFICATE-----\r\nMAEB\r\n-----END CERTIFICATE-----\r\n";
    fs::write(path.join("b.PEM"), format!("some text\n{block}{block}")).unwrap();
    fs::write(path.join("c.crt"), "no certificate").unwrap();
    fs::write(path.join("README.md"), "about").unwrap();
    let found = read_trust_folder(path).unwrap();
    assert_eq!(found.certificates, [vec![0x30, 1, 0], vec![0x30, 1, 1], vec![0x30, 1, 1]]);
    assert_eq!(found.skipped, ["c.crt"]);
}

#[test]
fn clocks_and_chance_answer() {
    let (first, second) = (SystemClock.now(), SystemClock.now());
    assert!(first.boot_ms > 0 && first.boot_ms <= second.boot_ms);
    assert!(boot_id().is_none_or(|id| !id.contains('\n')));
    assert_ne!(SystemRandom.bytes(16), SystemRandom.bytes(16));
}
