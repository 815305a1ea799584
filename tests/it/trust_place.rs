//! What a new trust folder may take the place of: nothing that it would be a pity to lose.

use crate::programs::board_program;
use crate::trust_signed::folder;
use diemdanh::host::trust::{MANIFEST, read_trust_folder};
use diemdanh::host::trust_place::{PlaceError, renew};
use diemdanh::lab::issuer::Issuer;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every file below a folder with its content, links as where they lead.
fn everything(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let facts = path.symlink_metadata().unwrap();
        let name = path.display().to_string();
        if facts.is_dir() {
            found.insert(name, Vec::new());
            found.extend(everything(&path));
        } else if facts.is_symlink() {
            found.insert(name, fs::read_link(&path).unwrap().display().to_string().into_bytes());
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

fn lab() -> Vec<(String, Vec<u8>)> {
    folder(&Issuer::lab().unwrap(), 1)
}

/// Places where no trust folder may go, each with a word of what is said.
fn foreign_places(work: &Path) -> Vec<(&'static str, &'static str)> {
    fs::create_dir_all(work.join("exam/trust")).unwrap();
    fs::write(work.join("exam/exam.toml"), "id = \"thi\"").unwrap();
    fs::write(work.join("exam/candidates.csv"), "number").unwrap();
    fs::create_dir(work.join("other")).unwrap();
    fs::write(work.join("other/manifest.json"), "{\"version\":1,\"files\":[]}").unwrap();
    fs::write(work.join("other/photo.jpg"), "photo").unwrap();
    fs::create_dir(work.join("raw")).unwrap();
    fs::write(work.join("raw/anchor.cer"), "certificate").unwrap();
    fs::create_dir(work.join("broken")).unwrap();
    fs::write(work.join("broken/manifest.json"), "{").unwrap();
    fs::write(work.join("file"), "file").unwrap();
    fs::create_dir(work.join("target")).unwrap();
    std::os::unix::fs::symlink(work.join("target"), work.join("link")).unwrap();
    std::os::unix::fs::symlink(work.join("nowhere"), work.join("dangling")).unwrap();
    vec![
        ("exam", "nor a trust folder"),
        ("other", "nor a trust folder"),
        ("raw", "nor a trust folder"),
        ("broken", "nor a trust folder"),
        ("file", "is not a directory"),
        ("link", "is not a directory"),
        ("link/", "is not a directory"),
        ("link/.", "is not a directory"),
        ("dangling", "is not a directory"),
    ]
}

#[test]
fn nothing_is_replaced_but_what_is_new_empty_or_a_trust_folder() {
    let work = tempfile::tempdir().unwrap();
    let places = foreign_places(work.path());
    let before = everything(work.path());
    for (place, word) in &places {
        let error = renew(&work.path().join(place), &lab()).unwrap_err().to_string();
        assert!(error.contains(word), "{place}: {error}");
        assert_eq!(everything(work.path()), before, "{place}");
    }
    fs::create_dir(work.path().join("empty")).unwrap();
    for good in ["new", "empty", "new", "empty"] {
        renew(&work.path().join(good), &lab()).unwrap();
        assert!(read_trust_folder(&work.path().join(good)).is_ok());
    }
}

#[test]
fn the_program_refuses_the_same_places() {
    let work = tempfile::tempdir().unwrap();
    let places = foreign_places(work.path());
    fs::write(work.path().join("anchor.cer"), Issuer::lab().unwrap().country_signer_der()).unwrap();
    let before = everything(work.path());
    for (place, word) in places {
        let program = board_program()
            .current_dir(work.path())
            .args(["trust", "import", "anchor.cer", "--into", place])
            .output()
            .unwrap();
        let said = String::from_utf8(program.stderr).unwrap();
        assert_eq!(program.status.code(), Some(64), "{place}: {said}");
        assert!(said.contains(word) && said.contains("nothing was changed"), "{place}: {said}");
        assert_eq!(everything(work.path()), before, "{place}");
    }
}

#[test]
fn what_the_manifest_does_not_list_stays() {
    let work = tempfile::tempdir().unwrap();
    let place = work.path().join("trust");
    renew(&place, &lab()).unwrap();
    fs::create_dir_all(place.join("notes/deep")).unwrap();
    fs::write(place.join("notes/deep/why.txt"), "why").unwrap();
    fs::write(place.join("smuggled.cer"), "smuggled").unwrap();
    fs::write(place.join(".hidden"), "hidden").unwrap();
    let second = folder(&Issuer::unknown().unwrap(), 2);
    renew(&place, &second).unwrap();
    assert_eq!(read_trust_folder(&place).unwrap().version, Some(2));
    for (file, content) in [("notes/deep/why.txt", "why"), ("smuggled.cer", "smuggled"), (".hidden", "hidden")] {
        assert_eq!(fs::read_to_string(place.join(file)).unwrap(), content);
    }
    let gone = &lab()[0].0;
    assert!(!place.join(gone).exists(), "what the old manifest listed is gone");
    assert_eq!(fs::read_dir(work.path()).unwrap().count(), 1, "nothing is left beside it");
    // Something of the same name that nobody listed is never written over.
    fs::write(place.join(gone), "a person's own").unwrap();
    let before = everything(work.path());
    assert!(matches!(renew(&place, &lab()), Err(PlaceError::InTheWay(path)) if path == place.join(gone)));
    assert_eq!(everything(work.path()), before);
}

#[test]
fn a_manifest_never_lists_what_is_outside_its_folder() {
    let work = tempfile::tempdir().unwrap();
    let place = work.path().join("trust");
    fs::write(work.path().join("precious"), "precious").unwrap();
    renew(&place, &lab()).unwrap();
    let manifest = fs::read_to_string(place.join(MANIFEST)).unwrap();
    let named = &lab()[0].0;
    fs::write(place.join(MANIFEST), manifest.replace(named.as_str(), "../precious")).unwrap();
    let _ = renew(&place, &folder(&Issuer::unknown().unwrap(), 2));
    assert_eq!(fs::read_to_string(work.path().join("precious")).unwrap(), "precious");
}

#[test]
fn what_an_earlier_run_left_goes_into_no_foreign_folder() {
    let work = tempfile::tempdir().unwrap();
    foreign_places(work.path());
    let left = work.path().join(".exam.next");
    renew_at(&left, &lab());
    fs::write(left.join("notes.txt"), "notes").unwrap();
    let before = everything(work.path());
    assert!(matches!(renew(&work.path().join("exam"), &lab()), Err(PlaceError::Foreign(_))));
    assert_eq!(everything(work.path()), before);
}

#[test]
fn a_run_that_was_stopped_is_brought_to_its_end_by_the_next() {
    let second = folder(&Issuer::unknown().unwrap(), 2);
    // Stopped before the exchange: the new folder lies beside the old one. Stopped after it: the old one does, whole or
    // in part.
    let next = |work: &Path| work.join(".trust.next");
    let stops: [&dyn Fn(&Path); 4] = [
        &|work| renew_at(&next(work), &second),
        &|work| {
            renew_at(&next(work), &second);
            fs::rename(work.join("trust"), work.join("x")).unwrap();
            fs::rename(next(work), work.join("trust")).unwrap();
            fs::rename(work.join("x"), next(work)).unwrap();
        },
        &|work| {
            renew_at(&next(work), &second);
            fs::remove_file(next(work).join(&second[0].0)).unwrap();
        },
        &|work| fs::create_dir(next(work)).unwrap(),
    ];
    for stop in stops {
        let work = tempfile::tempdir().unwrap();
        let place = work.path().join("trust");
        renew(&place, &lab()).unwrap();
        fs::write(place.join("notes.txt"), "notes").unwrap();
        stop(work.path());
        renew(&place, &folder(&Issuer::unknown().unwrap(), 3)).unwrap();
        assert_eq!(read_trust_folder(&place).unwrap().version, Some(3));
        assert_eq!(fs::read_to_string(place.join("notes.txt")).unwrap(), "notes");
        assert_eq!(fs::read_dir(work.path()).unwrap().count(), 1);
    }
}

fn renew_at(place: &Path, files: &[(String, Vec<u8>)]) {
    diemdanh::host::folder::write_folder(place, files).unwrap();
}
