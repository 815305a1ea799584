//! The archives inside a package: their one form, and everything else that tar programs write.

use diemdanh::package::contents::{ContentsFault, People};
use std::collections::BTreeMap;
use std::io::Read as _;
use tar::{Archive, EntryType, Header};

/// One file as packages have it, after `change`; the checksum is right.
fn entry(name: &[u8], body: &[u8], change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(body.len().try_into().unwrap());
    change(&mut header);
    header.set_cksum();
    let mut out = [header.as_bytes(), body].concat();
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn plain(name: &str) -> Vec<u8> {
    entry(name.as_bytes(), b"x", |_| {})
}

fn of_kind(kind: EntryType, name: &str) -> Vec<u8> {
    entry(name.as_bytes(), b"x", |header| header.set_entry_type(kind))
}

fn said(archive: &[u8]) -> ContentsFault {
    People::read(archive).map(|_| ()).unwrap_err()
}

/// The files of a part, read as any tar program does.
pub(crate) fn split(part: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let read = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
        let mut entry = entry.unwrap();
        let mut body = Vec::new();
        entry.read_to_end(&mut body).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), body)
    };
    Archive::new(part).entries().unwrap().map(read).collect()
}

/// These files as a part of a package.
pub(crate) fn joined(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let entries = files.iter().flat_map(|(name, body)| entry(name.as_bytes(), body, |_| {}));
    entries.chain([0; 1_024]).collect()
}

#[test]
fn only_regular_files_with_plain_names_are_taken() {
    let name = |name: &str| ContentsFault::Name { name: name.to_owned() };
    let kind = |kind: char| ContentsFault::Kind { name: "exam.key".to_owned(), kind };
    for byte in *b"1234567SLKxgVMADN" {
        let found = said(&of_kind(EntryType::new(byte), "exam.key"));
        assert_eq!(found, kind(char::from(byte)));
    }
    for odd in ["/etc/passwd", "../a", "a/..", "./a", "a/b/c", "a/", "", ".a", "a ", "C:a", "a\\b", "a\nb"] {
        assert_eq!(said(&plain(odd)), name(odd), "{odd:?}");
    }
    assert_eq!(said(&entry(b"exam\xFFkey", b"x", |_| {})), name("exam\u{FFFD}key"));
    // The front field of a name is no place for a folder.
    let before = entry(b"exam.key", b"x", |header| header.as_ustar_mut().unwrap().prefix[..2].copy_from_slice(b".."));
    assert_eq!(said(&before), name("../exam.key"));
}

/// Links in disguise, long names and sizes that another reader would take from elsewhere.
#[test]
fn a_header_says_name_and_size_and_nothing_else() {
    let header = ContentsFault::Header { name: "exam.key".to_owned() };
    let changes: [fn(&mut Header); 12] = [
        |header| header.as_old_mut().linkflag[0] = 0,
        |header| header.set_mode(0o644),
        |header| header.set_uid(1_000),
        |header| header.set_gid(1_000),
        |header| header.set_mtime(1_153_704_088),
        |header| header.set_username("an").unwrap(),
        |header| header.set_groupname("an").unwrap(),
        |header| header.set_device_major(1).unwrap(),
        |header| header.set_link_name("/etc/passwd").unwrap(),
        |header| header.as_old_mut().name[9] = b'x',
        |header| header.as_mut_bytes()[500..].copy_from_slice(b"hidden bytes"),
        |header| header.as_mut_bytes()[257..265].copy_from_slice(b"ustar  \0"),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert_eq!(said(&entry(b"exam.key", b"x", change)), header, "{index}");
    }
    let octal = |header: &mut Header| header.as_old_mut().size.copy_from_slice(b"          1 ");
    assert_eq!(said(&entry(b"exam.key", b"x", octal)), header);
    let mut padded = plain("exam.key");
    *padded.last_mut().unwrap() = 1;
    assert_eq!(said(&padded), header);
    let mut unsound = plain("exam.key");
    unsound[0] ^= 1;
    assert_eq!(said(&unsound), ContentsFault::Archive);
}

#[test]
fn sizes_and_order_are_held_against_their_limits() {
    let large = |limit| ContentsFault::TooLarge { name: "exam.key".to_owned(), limit };
    for size in [(512 << 20) + 1, 8 << 30, u64::MAX >> 1] {
        let of_size = entry(b"exam.key", b"x", |header| header.set_size(size));
        assert_eq!(said(&of_size), large(512 << 20), "{size}");
    }
    assert_eq!(said(&entry(b"exam.key", b"x", |header| header.set_size(u64::MAX))), ContentsFault::Archive);
    assert_eq!(said(&entry(b"exam.key", b"x", |header| header.set_size(513))), ContentsFault::Cut);
    let order = ContentsFault::Order { name: "exam.key".to_owned() };
    for first in ["exam.key", "portraits/a"] {
        assert_eq!(said(&[plain(first), plain("exam.key")].concat()), order);
    }
    let whole = [plain("exam.key"), vec![0; 1_024]].concat();
    for behind in [&plain("exam.key")[..], b"x", &[0; 512]] {
        assert_eq!(said(&[&whole[..], behind].concat()), ContentsFault::Trailing);
    }
    let after_one_block = [plain("exam.key"), vec![0; 512], plain("portraits/a")].concat();
    assert_eq!(said(&after_one_block), ContentsFault::Trailing);
    // What programs before wrote; the package's note has another version, so that a desk says more than this.
    let old = format!("diemdanh/package-people/v2\nfiles 1\na 600\n{}", "x".repeat(600));
    assert_eq!(said(old.as_bytes()), ContentsFault::Archive);
}
