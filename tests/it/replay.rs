//! An inspection from files alone: the same words as with a card, and never more than the files can show.

use crate::inspection_support::{can, faulty, issued, line, read_card, trust};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::Inspection;
use diemdanh::emrtd::lds::files::{FileId, LdsFiles};
use diemdanh::emrtd::replay::replay;
use diemdanh::emrtd::report::{Cause, Check, CheckResult, Outcome, Overall, render};
use diemdanh::lab::issuer::{Fault, Making};
use jiff::Timestamp;
use std::path::Path;
use std::process::Command;

const KEPT: [FileId; 8] = [
    FileId::Sod,
    FileId::Com,
    FileId::CardAccess,
    FileId::Dg(1),
    FileId::Dg(2),
    FileId::Dg(13),
    FileId::Dg(14),
    FileId::Dg(15),
];

fn at() -> Timestamp {
    "2026-06-26T00:30:00Z".parse().unwrap()
}

/// The files of a card as a board would keep them.
fn kept(making: &Making) -> LdsFiles {
    let card = issued(making);
    let mut files = LdsFiles::new();
    for file in KEPT {
        let place = if file == FileId::CardAccess { &card.master_files } else { &card.files };
        if let Some(bytes) = place.get(&file.fid()) {
            files.insert(file, bytes.clone());
        }
    }
    files
}

fn judged(files: LdsFiles) -> Inspection {
    replay(files, &trust(), at())
}

#[track_caller]
fn check(inspection: &Inspection, overall: Overall, lines: &[(Check, Outcome, Option<Cause>)]) {
    let report = render::text(inspection);
    assert_eq!(inspection.overall, overall, "{report}");
    for (check, outcome, cause) in lines {
        let found = line(inspection, *check);
        assert_eq!((found.outcome, found.cause), (*outcome, *cause), "{check:?}\n{report}");
    }
}

#[test]
fn good_files_pass_and_what_needs_the_card_is_listed() {
    let inspection = judged(kept(&Making::default()));
    let needs_card = |check| (check, Outcome::NotPerformed, Some(Cause::NoCard));
    let lines = [
        needs_card(Check::Pace),
        needs_card(Check::Bac),
        needs_card(Check::ChipAuthentication),
        needs_card(Check::ActiveAuthentication),
        needs_card(Check::Link),
        (Check::DgHash(13), Outcome::Successful, None),
        (Check::CardAccessCopy, Outcome::Successful, None),
        (Check::Com, Outcome::Successful, None),
        (Check::CountryAgreement, Outcome::Successful, None),
    ];
    check(&inspection, Overall::Pass, &lines);
}

#[test]
fn signed_object_alone_is_judged_for_itself() {
    let mut files = LdsFiles::new();
    files.insert(FileId::Sod, kept(&Making::default()).get(FileId::Sod).unwrap().to_vec());
    let absent = (Check::ReadGroup(1), Outcome::NotPerformed, Some(Cause::FileNotSupplied));
    check(&judged(files.clone()), Overall::Pass, &[absent]);
    check(&replay(files, &TrustStore::empty(), at()), Overall::Unknown, &[]);
    let nothing = (Check::ReadSod, Outcome::Failed, Some(Cause::FileNotSupplied));
    check(&judged(LdsFiles::new()), Overall::Fail, &[nothing]);
}

#[test]
fn altered_files_fail() {
    for group in [1, 2, 13, 14, 15] {
        let inspection = judged(kept(&Making::with_fault(Fault::TamperedGroup(group))));
        check(&inspection, Overall::Fail, &[(Check::DgHash(group), Outcome::Failed, Some(Cause::HashDiffers))]);
    }
    let signature = judged(kept(&Making::with_fault(Fault::WrongSignature)));
    check(&signature, Overall::Fail, &[(Check::SodSignature, Outcome::Failed, Some(Cause::SignatureWrong))]);
    let lying = judged(kept(&Making::with_fault(Fault::LyingCom)));
    check(&lying, Overall::Warn, &[(Check::Com, Outcome::Failed, Some(Cause::ListDiffers))]);
}

#[test]
fn offer_that_differs_from_its_signed_copy_fails() {
    let mut files = kept(&Making::default());
    let offered = files.get(FileId::CardAccess).unwrap().to_vec();
    // id-PACE-ECDH-GM-AES-CBC-CMAC-128 becomes -192.
    let at = offered.windows(3).position(|window| window == [0x04, 0x02, 0x02]).expect("the protocol") + 2;
    let mut altered = offered;
    altered[at] = 3;
    files.insert(FileId::CardAccess, altered);
    let line = (Check::CardAccessCopy, Outcome::Failed, Some(Cause::ListDiffers));
    check(&judged(files), Overall::Fail, &[line]);
}

#[test]
fn bytes_behind_a_file_are_noted_and_not_hashed() {
    let mut files = kept(&Making::default());
    let mut longer = files.get(FileId::Dg(1)).unwrap().to_vec();
    longer.extend([0; 7]);
    files.insert(FileId::Dg(1), longer);
    let lines = [
        (Check::ReadGroup(1), Outcome::Successful, Some(Cause::TrailingBytes)),
        (Check::DgHash(1), Outcome::Successful, None),
    ];
    check(&judged(files), Overall::Pass, &lines);
}

#[test]
fn group_that_is_not_signed_is_never_green() {
    let mut files = kept(&Making::default());
    files.insert(FileId::Dg(11), vec![0x6B, 0x01, 0x00]);
    let line = (Check::ReadGroup(11), Outcome::NotSupported, Some(Cause::NotSigned));
    check(&judged(files), Overall::Warn, &[line]);
}

#[test]
fn h06_replay_says_of_the_files_what_the_card_said() {
    for fault in [None, Some(Fault::TamperedGroup(13)), Some(Fault::LyingCom), Some(Fault::WrongSignature)] {
        let card = fault.map_or_else(|| issued(&Making::default()), faulty);
        let live = read_card(card, &can());
        let again = judged(live.files.clone());
        let twice = judged(live.files.clone());
        assert_eq!(again.results, twice.results);
        let of_files = |line: &&CheckResult| {
            matches!(line.check, Check::DgHash(_) | Check::DgParse(_) | Check::SodSignature | Check::SignerChain)
        };
        let said: Vec<_> = again.results.iter().filter(of_files).collect();
        for line in live.results.iter().filter(of_files).filter(|line| line.cause != Some(Cause::EarlierFailure)) {
            assert!(said.contains(&line), "{fault:?}: {line:?}");
        }
        // A clone aside, which no file shows, files and card come to the same word.
        assert_eq!(live.overall, again.overall, "{fault:?}");
    }
}

fn write(folder: &Path, files: &LdsFiles) {
    for file in files.present() {
        std::fs::write(folder.join(file.file_name()), files.get(file).unwrap()).unwrap();
    }
    std::fs::create_dir(folder.join("trust")).unwrap();
    let anchors = diemdanh::lab::issuer::trust_store_der().unwrap();
    std::fs::write(folder.join("trust/lab.cer"), &anchors[0]).unwrap();
}

fn board(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_diemdanh-board");
    let output = Command::new(program).current_dir(folder).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_program_inspects_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(path, &kept(&Making::default()));
    let all = "inspect --sod EF_SOD.bin --com EF_COM.bin --card-access EF_CardAccess.bin --dg 1=DG1.bin --dg 2=DG2.bin \
               --dg 13=DG13.bin --dg 14=DG14.bin --dg 15=DG15.bin --trust trust --at 2026-06-26";
    let words = |line: &'static str| line.split_whitespace().collect::<Vec<_>>();
    let (code, text) = board(path, &words(all));
    assert_eq!((code, text.lines().next()), (0, Some("PASS")), "{text}");
    assert!(!text.contains("NGUYEN"), "{text}");
    let (code, text) = board(path, &[&words(all)[..], &["--json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, report["overall"].as_str()), (0, Some("PASS")));
    std::fs::create_dir(path.join("empty")).unwrap();
    let rows = [
        ("inspect --sod EF_SOD.bin --trust trust --at 2026-06-26T00:30:00Z", 0),
        ("inspect --sod EF_SOD.bin --trust empty --at 2026-06-26", 2),
        ("inspect --sod EF_SOD.bin --trust trust --at 2023-01-01", 3),
        ("inspect --sod DG1.bin --trust trust", 3),
        ("inspect --sod EF_SOD.bin --dg 1=DG13.bin --trust trust", 3),
        ("inspect --sod EF_SOD.bin --trust nowhere", 64),
        ("inspect --sod nothing.bin --trust trust", 64),
        ("inspect --sod EF_SOD.bin --dg 17=DG1.bin --trust trust", 64),
        ("inspect --sod EF_SOD.bin --trust trust --at yesterday", 64),
        ("inspect --trust trust", 64),
    ];
    for (line, code) in rows {
        let (found, text) = board(path, &words(line));
        assert_eq!(found, code, "{line}\n{text}");
    }
}
