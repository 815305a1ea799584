//! The list of known deviations: what an entry may make of a defect, and what no entry can.

use crate::inspection_support::{can, check, faulty, issued, lab, line, person};
use diemdanh::bits::hex;
use diemdanh::bits::random::SeededRandom;
use diemdanh::crypto::HashAlg;
use diemdanh::emrtd::authenticity::deviation::{DeviationError, Deviations, EntryFault};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::{Inspection, InspectionPolicy, Unobserved, inspect};
use diemdanh::emrtd::lds::files::{FileId, LdsFiles};
use diemdanh::emrtd::replay::replay;
use diemdanh::emrtd::report::{Cause, Check, Outcome, Overall, codes, is_excusable, render};
use diemdanh::host::trust::{TrustFolderError, read_trust_folder};
use diemdanh::lab::card::{CardData, SyntheticCard};
use diemdanh::lab::issuer::authority::{Authority, Validity};
use diemdanh::lab::issuer::{Fault, Issuer, Making};
use jiff::Timestamp;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn list(entries: &[&str]) -> String {
    let entry = |lines: &&str| format!("[[deviation]]\nreason = \"as the state announced\"\n{lines}\n");
    format!("format = \"diemdanh deviations 1\"\n{}", entries.iter().map(entry).collect::<String>())
}

/// An authority whose signer's certificate ended before the card was signed.
fn late() -> Issuer {
    let long = Validity { from: moment("2020-01-01T00:00:00Z"), to: moment("2045-01-01T00:00:00Z") };
    let short = Validity { from: moment("2023-01-01T00:00:00Z"), to: moment("2024-01-01T00:00:00Z") };
    let authority = Authority::country_signer("Late", "VN", long).unwrap();
    let signer = authority.document_signer("Late signer", "VN", short).unwrap();
    Issuer::of(authority, signer, Some(moment("2024-05-20T08:00:00Z")))
}

fn store(issuer: &Issuer, entries: &[&str]) -> TrustStore {
    TrustStore::from_folder(&[issuer.country_signer_der()], Some(&list(entries))).unwrap().0
}

fn read_under(data: CardData, store: &TrustStore) -> Inspection {
    let (policy, now) = (InspectionPolicy::default(), moment("2026-06-26T00:30:00Z"));
    let mut random = SeededRandom::new("deviation");
    inspect(&mut SyntheticCard::new(data), &can(), store, &policy, now, &mut random, &mut Unobserved)
}

/// A card of the late signer, read under a list with `who` and the usual excuse.
fn late_card(who: &str) -> Inspection {
    let entry =
        format!("id = \"late\"\n{who}\ncheck = \"passive.validity\"\ncause = \"signer-expired\"\nverdict = \"warn\"");
    let issuer = late();
    let data = issuer.issue(&person(), &Making::default()).unwrap();
    read_under(data, &store(&issuer, &[&entry]))
}

fn entry_of(inspection: &Inspection) -> Vec<&str> {
    inspection.rulings.iter().map(|ruling| ruling.entry.as_str()).collect()
}

#[test]
fn f15_known_mistake_of_a_signer_country_or_series_is_a_warning_that_names_its_entry() {
    let digest = hex::encode_lower(&HashAlg::Sha256.digest(late().signer_der()));
    let rows = [
        format!("signer_sha256 = \"{digest}\""),
        "country = \"VN\"".to_owned(),
        "series = \"2080\"".to_owned(),
        "country = \"VN\"\nseries = \"2080\"\nsigned_from = \"2024-05-20\"\nsigned_to = \"2024-05-20\"".to_owned(),
    ];
    for who in rows {
        let inspection = late_card(&who);
        let expected = [
            (Check::SignerValidity, Outcome::Failed, Some(Cause::SignerExpired)),
            (Check::DgHash(1), Outcome::Successful, None),
            (Check::ChipAuthentication, Outcome::Undetermined, Some(Cause::KeyOfUnfitSigner)),
        ];
        check(&inspection, Overall::Warn, &expected);
        assert_eq!(entry_of(&inspection), ["late"], "{who}");
        assert!(render::text(&inspection).contains("deviation late: passive.validity signer-expired weighs WARN"));
        assert_eq!(render::json(&inspection)["deviations"][0]["entry"], "late");
    }
}

#[test]
fn f15_entry_by_issuer_and_serial_fits_its_signer_only() {
    let signer = diemdanh::emrtd::authenticity::certificate::Certificate::parse(late().signer_der()).unwrap();
    let (issuer, serial) = (signer.issuer.display(), hex::encode_lower(&signer.serial));
    let warned = late_card(&format!("issuer = \"{issuer}\"\nserial = \"00{serial}\""));
    check(&warned, Overall::Warn, &[]);
    let other = late_card(&format!("issuer = \"{issuer}\"\nserial = \"7f7f\""));
    check(&other, Overall::Fail, &[]);
}

#[test]
fn f15_entry_for_others_changes_nothing() {
    let rows = [
        "country = \"LA\"",
        "series = \"999\"",
        "country = \"VN\"\nsigned_from = \"2024-05-21\"",
        "country = \"VN\"\nsigned_to = \"2024-05-19\"",
    ];
    for who in rows {
        let inspection = late_card(who);
        check(&inspection, Overall::Fail, &[]);
        assert!(inspection.rulings.is_empty(), "{who}");
    }
}

#[test]
fn f15_excuse_does_not_cover_altered_data_or_a_clone() {
    let issuer = late();
    let excuse =
        "id = \"late\"\ncountry = \"VN\"\ncheck = \"passive.validity\"\ncause = \"signer-expired\"\nverdict = \"warn\"";
    let excused = store(&issuer, &[excuse]);
    for fault in [Fault::TamperedDg1, Fault::TamperedGroup(2), Fault::TamperedGroup(13), Fault::WrongSignature] {
        let data = issuer.issue(&person(), &Making::with_fault(fault)).unwrap();
        check(&read_under(data, &excused), Overall::Fail, &[]);
    }
    check(
        &read_under(issuer.issue(&person(), &Making::with_fault(Fault::Clone)).unwrap(), &excused),
        Overall::Fail,
        &[],
    );
    let strange = store(lab(), &[excuse]);
    check(&read_under(issuer.issue(&person(), &Making::default()).unwrap(), &strange), Overall::Fail, &[]);
}

#[test]
fn f15_excuse_does_not_cover_a_revoked_signer() {
    let long = Validity { from: moment("2020-01-01T00:00:00Z"), to: moment("2045-01-01T00:00:00Z") };
    let short = Validity { from: moment("2023-01-01T00:00:00Z"), to: moment("2024-01-01T00:00:00Z") };
    let authority = Authority::country_signer("Late", "VN", long).unwrap();
    let signer = authority.document_signer("Late signer", "VN", short).unwrap();
    let (from, to) = (moment("2026-06-01T00:00:00Z"), moment("2027-01-01T00:00:00Z"));
    let revoked = authority.revocation_list(&[&signer], from, to).unwrap();
    let issuer = Issuer::of(authority.clone(), signer, Some(moment("2024-05-20T08:00:00Z")));
    let excuse =
        "id = \"late\"\ncountry = \"VN\"\ncheck = \"passive.validity\"\ncause = \"signer-expired\"\nverdict = \"warn\"";
    let ders = [authority.certificate().to_vec(), revoked];
    let store = TrustStore::from_folder(&ders, Some(&list(&[excuse]))).unwrap().0;
    let inspection = read_under(issuer.issue(&person(), &Making::default()).unwrap(), &store);
    check(&inspection, Overall::Fail, &[(Check::Revocation, Outcome::Failed, Some(Cause::SignerRevoked))]);
}

#[test]
fn f15_entry_may_refuse_a_remark_a_signer_or_a_stolen_series() {
    let remark = "id = \"no-old-hash\"\ncountry = \"VN\"\ncheck = \"passive.revocation\"\n\
                  cause = \"no-revocation-list\"\nverdict = \"fail\"";
    let inspection = read_under(issued(&Making::default()), &store(lab(), &[remark]));
    check(&inspection, Overall::Fail, &[]);
    assert_eq!(entry_of(&inspection), ["no-old-hash"]);
    let series = "id = \"stolen-blanks\"\nseries = \"208\"\nverdict = \"fail\"";
    let inspection = read_under(issued(&Making::default()), &store(lab(), &[series]));
    let refused = (Check::Deviation, Outcome::Failed, Some(Cause::RefusedByDeviation));
    check(&inspection, Overall::Fail, &[refused]);
    assert_eq!(entry_of(&inspection), ["stolen-blanks"]);
    let warned = remark.replace("\"fail\"", "\"warn\"");
    check(&read_under(issued(&Making::default()), &store(lab(), &[&warned])), Overall::Warn, &[]);
}

#[test]
fn f15_of_two_entries_the_graver_counts_and_both_are_named() {
    let both = ["warn", "fail"].map(|verdict| {
        format!(
            "id = \"{verdict}\"\ncountry = \"VN\"\ncheck = \"passive.validity\"\ncause = \"signer-expired\"\n\
             verdict = \"{verdict}\""
        )
    });
    let issuer = late();
    let data = issuer.issue(&person(), &Making::default()).unwrap();
    let inspection = read_under(data, &store(&issuer, &[&both[0], &both[1]]));
    check(&inspection, Overall::Fail, &[]);
    assert_eq!(entry_of(&inspection), ["warn", "fail"]);
}

/// Every bad card stays what it is under a list that asks to warn for everything that a list may ask for.
#[test]
fn f15_no_list_makes_a_bad_card_green() {
    let mut entries = Vec::new();
    for check in every_check() {
        for cause in every_cause().into_iter().filter(|cause| is_excusable(check, *cause)) {
            entries.push(format!(
                "id = \"e{}\"\ncountry = \"VN\"\ncheck = \"{}\"\ncause = \"{}\"\nverdict = \"warn\"",
                entries.len(),
                check.id(),
                cause.id()
            ));
        }
    }
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let lax = store(lab(), &entries);
    let faults = [
        Fault::TamperedDg1,
        Fault::TamperedGroup(2),
        Fault::TamperedGroup(14),
        Fault::MissingGroup(13),
        Fault::Clone,
        Fault::WrongSignature,
        Fault::WithoutKeys,
        Fault::GarbageGroup(1),
    ];
    for fault in faults {
        let inspection = read_under(faulty(fault), &lax);
        assert_ne!(inspection.overall, Overall::Pass, "{fault:?}");
        let excused = fault == Fault::GarbageGroup(1) || fault == Fault::WithoutKeys;
        assert_eq!(inspection.overall == Overall::Warn, excused, "{fault:?}\n{}", render::text(&inspection));
    }
    assert_eq!(line(&read_under(issued(&Making::default()), &lax), Check::Link).outcome, Outcome::Successful);
}

fn every_check() -> Vec<Check> {
    let codes = ["passive.signature", "passive.chain", "passive.validity", "passive.country", "passive.revocation"];
    let groups = (1..=16).flat_map(|group| [Check::DgHash(group), Check::DgParse(group), Check::ReadGroup(group)]);
    codes.into_iter().filter_map(codes::check).chain(groups).collect()
}

fn every_cause() -> Vec<Cause> {
    let ids = ["malformed", "hash-differs", "signature-wrong", "signer-expired", "signer-not-yet-valid"];
    ids.into_iter()
        .chain(["countries-disagree", "certificate-unfit", "file-missing"])
        .filter_map(codes::cause)
        .collect()
}

#[test]
fn f15_lists_that_ask_for_too_much_or_say_nothing_are_refused() {
    let entry = |lines: &str| Deviations::parse(&list(&[lines])).map(|list| list.len());
    let never = [
        ("passive.signature", "signature-wrong"),
        ("passive.signature", "digest-wrong"),
        ("passive.chain", "chain-signature-wrong"),
        ("passive.chain", "certificate-unfit"),
        ("passive.revocation", "signer-revoked"),
        ("dg1.hash", "hash-differs"),
        ("dg13.read", "file-missing"),
        ("access.card-access-copy", "list-differs"),
    ];
    for (check, cause) in never {
        let text =
            format!("id = \"x\"\ncountry = \"VN\"\ncheck = \"{check}\"\ncause = \"{cause}\"\nverdict = \"warn\"");
        let fault = entry(&text).unwrap_err();
        let found = matches!(fault, DeviationError::Entry { place: 1, fault: EntryFault::NotExcusable });
        assert!(found, "{check} {cause}: {fault}");
        assert_eq!(entry(&text.replace("\"warn\"", "\"fail\"")).unwrap(), 1, "{check} {cause}");
    }
    let defect = "check = \"passive.validity\"\ncause = \"signer-expired\"\nverdict = \"warn\"";
    let rows = [
        (format!("id = \"x\"\n{defect}"), EntryFault::Nobody),
        (format!("id = \"X\"\ncountry = \"VN\"\n{defect}"), EntryFault::Id),
        (format!("id = \"\"\ncountry = \"VN\"\n{defect}"), EntryFault::Id),
        (format!("id = \"x\"\ncountry = \"vn\"\n{defect}"), EntryFault::Subject),
        (format!("id = \"x\"\nsigner_sha256 = \"00\"\n{defect}"), EntryFault::Subject),
        (format!("id = \"x\"\nserial = \"01\"\n{defect}"), EntryFault::Subject),
        (
            format!("id = \"x\"\ncountry = \"VN\"\nsigned_from = \"2024-02-01\"\nsigned_to = \"2024-01-01\"\n{defect}"),
            EntryFault::Subject,
        ),
        ("id = \"x\"\ncountry = \"VN\"\nverdict = \"warn\"".to_owned(), EntryFault::Code),
        ("id = \"x\"\ncountry = \"VN\"\ncheck = \"passive.validity\"\nverdict = \"fail\"".to_owned(), EntryFault::Code),
        (
            "id = \"x\"\ncountry = \"VN\"\ncheck = \"passive.validty\"\ncause = \"signer-expired\"\nverdict = \"fail\""
                .to_owned(),
            EntryFault::Code,
        ),
    ];
    for (text, wanted) in rows {
        let found = entry(&text).unwrap_err();
        assert!(matches!(found, DeviationError::Entry { fault, .. } if fault == wanted), "{text}: {found}");
    }
    for verdict in ["pass", "PASS", "green"] {
        let text = format!("id = \"x\"\ncountry = \"VN\"\nverdict = \"{verdict}\"");
        assert!(matches!(entry(&text), Err(DeviationError::Toml(_))), "{verdict}");
    }
    assert!(matches!(Deviations::parse("format = \"other\""), Err(DeviationError::Format)));
    assert!(matches!(Deviations::parse(&" ".repeat(300_000)), Err(DeviationError::TooLarge)));
}

#[test]
fn f15_list_is_part_of_the_store_and_of_its_name() {
    let work = tempfile::tempdir().unwrap();
    std::fs::write(work.path().join("anchor.cer"), lab().country_signer_der()).unwrap();
    std::fs::write(work.path().join("deviations.toml"), list(&[])).unwrap();
    let found = read_trust_folder(work.path()).unwrap();
    let (with, _) = TrustStore::from_folder(&found.certificates, found.deviations.as_deref()).unwrap();
    let (without, _) = TrustStore::from_folder(&found.certificates, None).unwrap();
    assert_ne!(with.version(), without.version());
    std::fs::write(work.path().join("deviations.toml"), [0xFF, 0xFE]).unwrap();
    assert!(matches!(read_trust_folder(work.path()), Err(TrustFolderError::Damaged(_))));
}

#[test]
fn f15_replay_of_files_names_the_entry_too() {
    let issuer = late();
    let data = issuer.issue(&person(), &Making::default()).unwrap();
    let mut files = LdsFiles::new();
    for file in [FileId::Sod, FileId::Com, FileId::Dg(1), FileId::Dg(2), FileId::Dg(13), FileId::Dg(14)] {
        files.insert(file, data.files[&file.fid()].clone());
    }
    let excuse =
        "id = \"late\"\ncountry = \"VN\"\ncheck = \"passive.validity\"\ncause = \"signer-expired\"\nverdict = \"warn\"";
    let at = moment("2026-06-26T00:30:00Z");
    assert_eq!(replay(files.clone(), &store(&issuer, &[]), at).overall, Overall::Fail);
    let inspection = replay(files, &store(&issuer, &[excuse]), at);
    assert_eq!((inspection.overall, entry_of(&inspection)), (Overall::Warn, vec!["late"]));
}
