//! An inspection from files alone: the same words as with a card, and never more than the files can show.

use crate::inspection_support::{can, faulty, issued, line, mrz, read, read_card, trust};
use crate::programs::{board_program, program};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::evidence::{ActiveAnswer, AnswerError, ChipEvidence};
use diemdanh::emrtd::inspect::{Inspection, InspectionPolicy};
use diemdanh::emrtd::lds::files::{FileId, LdsFiles};
use diemdanh::emrtd::replay::{Beside, replay, replay_with};
use diemdanh::emrtd::report::{Cause, Check, CheckResult, Outcome, Overall, render};
use diemdanh::lab::card::{CardFault, Refused, SyntheticCard};
use diemdanh::lab::issuer::{Fault, Making, trust_store_der};
use diemdanh::lab::vpcd;
use diemdanh::words::Language;
use jiff::Timestamp;
use std::path::Path;

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
    let output = board_program().current_dir(folder).args(arguments).output().unwrap();
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

#[test]
fn h01_every_check_is_listed_with_result_and_cause() {
    use diemdanh::emrtd::inspect::InspectionPolicy;
    use diemdanh::emrtd::report::listed_checks;
    let files = kept(&Making::default());
    let mut alone = LdsFiles::new();
    alone.insert(FileId::Sod, files.get(FileId::Sod).unwrap().to_vec());
    let live = read_card(issued(&Making::default()), &can());
    for inspection in [judged(files), judged(alone), judged(LdsFiles::new()), live] {
        for check in listed_checks(&InspectionPolicy::default()) {
            let about = matches!(check, Check::ReadGroup(_) | Check::DgHash(_) | Check::DgParse(_));
            let found = inspection.results.iter().find(|line| line.check == check);
            assert!(found.is_some() || about && inspection.apdu_count == 0, "{check:?}");
            let silent = found.is_some_and(|line| line.outcome != Outcome::Successful && line.cause.is_none());
            assert!(!silent, "{found:?}");
        }
    }
}

#[test]
fn h03_data_that_nobody_vouches_for_is_marked() {
    let trusted = |inspection: &Inspection, file: &str| {
        let report = render::json(inspection);
        let files = report["files"].as_array().unwrap();
        files.iter().find(|one| one["file"] == file).unwrap()["trusted"].as_bool().unwrap()
    };
    let good = judged(kept(&Making::default()));
    assert!(trusted(&good, "DG1") && trusted(&good, "EF.SOD") && !trusted(&good, "EF.COM"));
    let altered = judged(kept(&Making::with_fault(Fault::TamperedGroup(13))));
    assert!(trusted(&altered, "DG1") && !trusted(&altered, "DG13"));
    let forged = judged(kept(&Making::with_fault(Fault::WrongSignature)));
    assert!(!trusted(&forged, "DG1") && !trusted(&forged, "EF.SOD"));
    let unknown = replay(kept(&Making::default()), &TrustStore::empty(), at());
    assert!(!trusted(&unknown, "DG1"));
    assert!(render::text(&unknown).contains("untrusted"));
}

#[test]
fn h04_report_names_access_downgrade_sessions_block_and_store() {
    let report = render::json(&read_card(issued(&Making::default()), &can()));
    assert_eq!(report["access"], "pace-can");
    assert_eq!((report["downgraded"].as_bool(), report["sessions_reopened"].as_u64()), (Some(false), Some(0)));
    assert!(report["block_size_bytes"].as_u64() > Some(100) && report["apdu_count"].as_u64() > Some(5), "{report}");
    assert_eq!(report["trust_store"], trust().version());
}

#[test]
fn h04_report_names_a_downgrade_a_session_that_was_opened_again_and_a_small_block() {
    let refused = SyntheticCard::new(issued(&Making::default()))
        .with_fault(CardFault::Refuses(Refused::PaceChoice, 0x6A80))
        .with_fault(CardFault::MaxBlock(100));
    let again = SyntheticCard::new(issued(&Making::default())).with_fault(CardFault::PlainStatusAt(15, 0x6988));
    for (mut card, key, access, downgraded, reopened) in
        [(refused, mrz(), "bac", true, 0), (again, can(), "pace-can", false, 1)]
    {
        let inspection = read(&mut card, &key, &InspectionPolicy::default());
        let (report, text) = (render::json(&inspection), render::text(&inspection));
        assert_eq!((&report["access"], &report["downgraded"]), (&access.into(), &downgraded.into()), "{text}");
        assert_eq!(report["sessions_reopened"].as_u64(), Some(reopened), "{text}");
        assert_eq!(text.contains("(PACE was offered)"), downgraded);
        assert_eq!(text.contains("sessions opened again 1"), reopened == 1, "{text}");
        assert!(!downgraded || report["block_size_bytes"].as_u64() <= Some(100), "{text}");
    }
}

/// The reader and the times are known to the program only: read through a real daemon.
#[test]
fn h04_report_of_the_program_names_reader_and_times() {
    crate::rig::inside("replay::h04_report_of_the_program_names_reader_and_times", || {
        let work = tempfile::tempdir().unwrap();
        std::fs::write(work.path().join("lab.cer"), &trust_store_der().unwrap()[0]).unwrap();
        let mut card = SyntheticCard::new(issued(&Making::default()));
        let stream = std::net::TcpStream::connect(("127.0.0.1", vpcd::DEFAULT_PORT)).unwrap();
        let copy = stream.try_clone().unwrap();
        let served = std::thread::spawn(move || drop(vpcd::serve(&mut card, copy)));
        let trust = work.path().display().to_string();
        let program = std::process::Command::new(program("diemdanh"))
            .args(["read", "--can", "000017", "--json", "--trust", &trust])
            .output()
            .unwrap();
        stream.shutdown(std::net::Shutdown::Both).unwrap();
        served.join().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&program.stdout).unwrap();
        assert_eq!((program.status.code(), report["overall"].as_str()), (Some(0), Some("PASS")), "{report}");
        assert!(report["reader"].as_str().unwrap().contains("Virtual PCD"), "{report}");
        let times = ["opened_ms", "identity_ms", "duration_ms"].map(|key| report[key].as_u64().expect(key));
        assert!(times.is_sorted() && times[2] > 0, "{times:?}");
        assert!(report["trust_store"].as_str().is_some_and(|version| version.len() == 16));
    });
}

#[test]
fn page_names_the_person_only_on_request() {
    use diemdanh::emrtd::report::page;
    let inspection = judged(kept(&Making::default()));
    let words = |language| diemdanh::office::language::BoardWords::load(language).unwrap().inspect;
    let (vi, en) = (words(Language::Vietnamese), words(Language::English));
    let (without, with) = (page::html(&inspection, at(), false, &en), page::html(&inspection, at(), true, &en));
    assert!(without.contains("<h1>PASS</h1>") && without.contains("chip.authentication"));
    assert!(without.contains("lang=\"en\"") && without.contains("Every required check is good."));
    let vietnamese = page::html(&inspection, at(), true, &vi);
    assert!(vietnamese.contains("lang=\"vi\"") && vietnamese.contains("Mọi kiểm tra bắt buộc đều đạt."));
    assert!(!["Check<", "File<", "Judged", "Born", "yes"].iter().any(|word| vietnamese.contains(word)), "{vietnamese}");
    let number = crate::inspection_support::person().number;
    let document = &number[3..];
    assert!(!without.contains(document) && with.contains(document));
}

/// A card without a key for chip authentication, read and kept: its files and the chip's answer.
fn kept_with_answer() -> (LdsFiles, ActiveAnswer) {
    let making = Making { chip_authentication: false, ..Making::default() };
    let inspection = read_card(issued(&making), &can());
    let Some(ChipEvidence::ActiveAuthentication { answer, dg15, .. }) = inspection.evidence.unwrap().chip else {
        panic!("no answer was kept")
    };
    let files = kept(&making);
    assert_eq!(files.get(FileId::Dg(15)), Some(dg15.reveal().as_slice()));
    (files, answer)
}

#[track_caller]
fn check_answer(
    files: LdsFiles,
    answer: &ActiveAnswer,
    trust: &TrustStore,
    overall: Overall,
    line_of: (Outcome, Option<Cause>),
) {
    let inspection = replay_with(files, Beside { answer: Some(answer), issue_date: None }, trust, at());
    let line = line(&inspection, Check::ActiveAuthentication);
    assert_eq!((inspection.overall, (line.outcome, line.cause)), (overall, line_of), "{}", render::text(&inspection));
}

#[test]
fn kept_answer_of_the_chip_is_checked_again() {
    let (files, answer) = kept_with_answer();
    let store = trust();
    check_answer(files.clone(), &answer, &store, Overall::Pass, (Outcome::Successful, None));
    let wrong = (Outcome::Failed, Some(Cause::SignatureWrong));
    let other_challenge = ActiveAnswer { challenge: [0; 8], ..answer.clone() };
    check_answer(files.clone(), &other_challenge, &store, Overall::Fail, wrong);
    let mut altered = answer.clone();
    altered.response[9] ^= 0x01;
    check_answer(files.clone(), &altered, &store, Overall::Fail, wrong);
    let cut = ActiveAnswer { response: answer.response[..200].to_vec(), ..answer.clone() };
    check_answer(files.clone(), &cut, &store, Overall::Fail, wrong);
    let unknown = (Outcome::Undetermined, Some(Cause::KeyOfUnknownSigner));
    check_answer(files.clone(), &answer, &TrustStore::empty(), Overall::Unknown, unknown);
    let mut without = files.clone();
    without.remove(FileId::Dg(15));
    check_answer(without, &answer, &store, Overall::Pass, (Outcome::NotPerformed, Some(Cause::FileNotSupplied)));
    let mut foreign = files;
    let mut dg15 = foreign.get(FileId::Dg(15)).unwrap().to_vec();
    *dg15.last_mut().unwrap() ^= 0x02;
    foreign.insert(FileId::Dg(15), dg15);
    check_answer(foreign, &answer, &store, Overall::Fail, (Outcome::NotPerformed, Some(Cause::KeyNotBound)));
}

#[test]
fn kept_answer_has_one_form() {
    let (_, answer) = kept_with_answer();
    assert_eq!(ActiveAnswer::parse(answer.encode().as_bytes()), Ok(answer.clone()));
    let text = answer.encode();
    let rows = [
        (String::new(), AnswerError::Form),
        (text.replace("challenge", "chalenge"), AnswerError::Form),
        (text.replace("authentication 1", "authentication 9"), AnswerError::Format),
        (text.replacen("\"challenge\": \"", "\"challenge\": \"00", 1), AnswerError::Challenge),
        (text.replacen("\"response\": \"", "\"response\": \"x", 1), AnswerError::Response),
    ];
    for (text, error) in rows {
        assert_eq!(ActiveAnswer::parse(text.as_bytes()), Err(error), "{text}");
    }
}

#[test]
fn program_checks_a_kept_answer_again() {
    let work = tempfile::tempdir().unwrap();
    let (files, answer) = kept_with_answer();
    for file in files.present() {
        std::fs::write(work.path().join(file.file_name()), files.get(file).unwrap()).unwrap();
    }
    std::fs::create_dir(work.path().join("trust")).unwrap();
    std::fs::write(work.path().join("trust/lab.cer"), &trust_store_der().unwrap()[0]).unwrap();
    std::fs::write(work.path().join("good.json"), answer.encode()).unwrap();
    let old = ActiveAnswer { challenge: [7; 8], ..answer };
    std::fs::write(work.path().join("old.json"), old.encode()).unwrap();
    std::fs::write(work.path().join("bad.json"), "{}").unwrap();
    let rows = [("good.json", 0, "successful"), ("old.json", 3, "signature-wrong"), ("bad.json", 64, "")];
    for (evidence, code, word) in rows {
        let line = format!(
            "inspect --sod EF_SOD.bin --dg 1=DG1.bin --dg 15=DG15.bin --dg 14=DG14.bin --trust trust --at 2026-06-26 \
             --evidence {evidence}"
        );
        let output = board_program().current_dir(work.path()).args(line.split_whitespace()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let told = text.lines().find(|line| line.contains("chip.active")).unwrap_or_default();
        assert_eq!(output.status.code(), Some(code), "{evidence}\n{text}");
        assert!(told.contains(word), "{evidence}: {told}");
    }
}
