//! Evidence: sealed for the board at the desk, opened and judged again at the board, of use to nobody else.

use crate::desk_support::{World, card, good, made, person};
use crate::programs::board_program;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::failure::Failure;
use diemdanh::emrtd::evidence::{MAX_BUNDLE_BYTES, open_bundle};
use diemdanh::host::folder::read_folder;
use diemdanh::host::sealed::{self, SealError};
use diemdanh::lab::issuer::Making;
use diemdanh::office::FindingKind;
use diemdanh::office::receiving::{NoReceipt, receipt};
use diemdanh::record::{AttendanceEvent, Digest};
use sha2::{Digest as _, Sha256};
use std::fs;

fn keeping() -> (World, Secret<String>) {
    let world = World::alone();
    let (identity, recipient) = sealed::generate();
    let text = fs::read_to_string(world.config()).unwrap();
    world.write_config(&format!("{text}\n[evidence]\nrecipient = \"{recipient}\"\n"));
    (world, identity)
}

fn kept(world: &World) -> Vec<Digest> {
    let found = world.events().into_iter().filter_map(|event| match event {
        AttendanceEvent::Evidence { sha256, .. } => Some(sha256),
        _ => None,
    });
    found.collect()
}

#[test]
fn each_decision_on_a_card_keeps_what_it_rests_on_and_the_export_carries_it() {
    let (world, identity) = keeping();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    bench.tap(&person(2), card(&made(&person(2), &Making::default())));
    bench.decided();
    bench.decide(Choice::Refer);
    bench.next();
    bench.stop();
    let digests = kept(&world);
    assert_eq!(digests.len(), 2);
    let verification = world.export("with-evidence");
    assert!(verification.verdict().exit_code() <= 1, "{:?}", verification.findings);
    let files = read_folder(&world.path("with-evidence")).unwrap();
    for digest in digests {
        let sealed_file = &files[&format!("evidence/{digest}.age")];
        assert_eq!(Digest(Sha256::digest(sealed_file).into()), digest, "the digest is the ciphertext's");
        let opened = sealed::open(sealed_file, &identity, MAX_BUNDLE_BYTES).unwrap();
        let names: Vec<String> = open_bundle(opened.expose()).unwrap().into_iter().map(|(name, _)| name).collect();
        assert!(
            names.contains(&"EF_SOD.bin".to_owned()) && names.iter().all(|name| !name.starts_with("DG2")),
            "{names:?}"
        );
    }
}

#[test]
fn evidence_that_an_entry_names_and_nobody_has_is_told() {
    let (world, _) = keeping();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.stop();
    world.export("with-evidence");
    let signed = |name: &str| receipt(&read_folder(&world.path(name)).unwrap(), world.board()).map(|_| ());
    assert_eq!(signed("with-evidence"), Ok(()));
    fs::remove_dir_all(world.path("journal/evidence")).unwrap();
    let verification = world.export("without-evidence");
    assert!(verification.findings.iter().any(|found| found.what == FindingKind::EvidenceMissing));
    assert_eq!(verification.verdict().exit_code(), 1, "a remark, no forgery");
    let refused = signed("without-evidence");
    assert_eq!(refused, Err(NoReceipt::EvidenceMissing { files: 1 }), "a purge would delete the only copy");
    assert!(refused.unwrap_err().to_string().starts_with("evidence.missing: 1 "));
}

#[test]
fn sealed_file_opens_for_its_key_only_and_only_whole() {
    let (identity, recipient) = sealed::generate();
    let (other, _) = sealed::generate();
    let file = sealed::seal(&[7; 200_000], &[&recipient]).unwrap();
    assert_eq!(sealed::open(&file, &identity, 200_000).unwrap().expose().len(), 200_000);
    assert_eq!(sealed::open(&file, &identity, 199_999).unwrap_err(), SealError::TooLarge { limit: 199_999 });
    assert_eq!(sealed::open(&file, &other, 200_000).unwrap_err(), SealError::Open);
    for cut in [0, 10, 150, 70_000, file.len() - 1] {
        assert_eq!(sealed::open(&file[..cut], &identity, 200_000).unwrap_err(), SealError::Open, "cut at {cut}");
    }
    let mut flipped = file.clone();
    flipped[100_000] ^= 1;
    assert_eq!(sealed::open(&flipped, &identity, 200_000).unwrap_err(), SealError::Open);
    assert_eq!(sealed::seal(b"x", &["age1nobody"]).unwrap_err(), SealError::Recipient);
}

#[test]
fn recipient_that_is_none_keeps_the_desk_from_opening() {
    let world = World::alone();
    let text = fs::read_to_string(world.config()).unwrap();
    world.write_config(&format!("{text}\n[evidence]\nrecipient = \"age1nobody\"\n"));
    assert_eq!(world.try_open().map(|_| ()).unwrap_err().failure, Failure::ConfigUnreadable);
}

#[test]
fn board_opens_evidence_and_judges_it_again() {
    let world = World::alone();
    let path = |name: &str| world.path(name).display().to_string();
    fs::write(world.path("pass"), "recovery\n").unwrap();
    let board = |arguments: &[&str]| {
        let output = board_program().args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned(), output.stderr)
    };
    let pass = path("pass");
    let (code, recipient, _) = board(&["key", "recovery", "--out", &path("recovery"), "--passphrase-file", &pass]);
    assert_eq!(code, Some(0));
    let text = fs::read_to_string(world.config()).unwrap();
    world.write_config(&format!("{text}\n[evidence]\nrecipient = \"{}\"\n", recipient.trim()));
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.stop();
    let file = path(&format!("journal/evidence/{}.age", kept(&world)[0]));
    let key = path("recovery/recovery.key");
    let open = |out: &str, pass: &str| {
        board(&["evidence", "open", &file, "--key", &key, "--out", out, "--passphrase-file", pass])
    };
    fs::write(world.path("wrong"), "another\n").unwrap();
    assert_ne!(open(&path("opened"), &path("wrong")).0, Some(0));
    let (code, names, stderr) = open(&path("opened"), &pass);
    assert_eq!(code, Some(0), "{}", String::from_utf8_lossy(&stderr));
    assert!(names.contains("EF_SOD.bin"));
    let (sod, trust) = (path("opened/EF_SOD.bin"), path("trust"));
    let (_, judged, _) = board(&["inspect", "--sod", &sod, "--trust", &trust]);
    assert!(judged.contains("passive.signature"), "{judged}");
}
