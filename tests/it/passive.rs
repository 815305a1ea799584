//! Passive authentication over real and damaged signed objects. They are not ours to publish, so they are read from the
//! folder that the variable `VECTORS` names; without it the tests say that they were skipped.

use crate::skips::skip;
use diemdanh::emrtd::authenticity::certificate::Certificate;
use diemdanh::emrtd::authenticity::cms::{SignedData, SignerError};
use diemdanh::emrtd::authenticity::master_list::MasterListError;
use diemdanh::emrtd::authenticity::passive::{self, GroupHashVerdict, SodVerdict};
use diemdanh::emrtd::authenticity::trust::{DropCause, Dropped, TrustStore};
use diemdanh::emrtd::report::{Cause, Check, Outcome, Report};
use jiff::Timestamp;
use std::path::PathBuf;

fn vectors(folder: &str) -> Option<PathBuf> {
    let path = std::env::var_os("VECTORS").map(|root| PathBuf::from(root).join(folder)).filter(|path| path.is_dir());
    if path.is_none() {
        skip(&format!("no acceptance data: {folder} (set VECTORS)"));
    }
    path
}

fn read(folder: &std::path::Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).expect("a vector file")
}

/// EF.SOD as a card has it; some vectors lack the outer tag.
fn as_file(bytes: &[u8]) -> Vec<u8> {
    if bytes.first() == Some(&0x77) { bytes.to_vec() } else { diemdanh::bits::tlv::encode(0x77, bytes) }
}

fn master_list() -> Option<TrustStore> {
    let folder = vectors("masterlists")?;
    let ders = [read(&folder, "NL_ML_2026-07-22.ml"), read(&folder, "NL_ROOT_CA.cer")];
    let (store, dropped) = TrustStore::from_certificates(&ders);
    assert_eq!((store.len(), dropped.len()), (412, 0), "{dropped:?}");
    Some(store)
}

#[test]
fn master_list_without_its_root_or_altered_is_refused() {
    let Some(folder) = vectors("masterlists") else { return };
    let (list, root) = (read(&folder, "NL_ML_2026-07-22.ml"), read(&folder, "NL_ROOT_CA.cer"));
    let mut altered = list.clone();
    altered[300_000] ^= 0x01;
    let rows = [
        (vec![list], MasterListError::SignerUnknown),
        (vec![altered, root], MasterListError::Signature(SignerError::Digest)),
    ];
    for (ders, cause) in rows {
        let (store, dropped) = TrustStore::from_certificates(&ders);
        assert_eq!(store.len(), ders.len() - 1);
        assert_eq!(dropped, [Dropped { index: 0, cause: DropCause::MasterList(cause) }]);
    }
}

fn now() -> Timestamp {
    "2026-08-01T00:00:00Z".parse().unwrap()
}

fn authenticate(file: &[u8], trust: &TrustStore) -> (SodVerdict, Report) {
    let mut report = Report::new();
    let verdict = passive::authenticate(file, trust, now(), &mut report);
    (verdict, report)
}

#[test]
fn real_objects_are_trusted_under_the_master_list_and_unknown_without_it() {
    let (Some(folder), Some(trust)) = (vectors("sod-real"), master_list()) else { return };
    let rows: [(&str, &[u8]); 5] = [
        ("AT.sod.bin", &[1, 2, 3, 11, 12, 14]),
        ("DE.sod.bin", &[1, 2, 3, 14]),
        ("FR.sod.bin", &[1, 2, 3, 11, 12, 13, 14]),
        ("US.sod.bin", &[1, 2, 11, 12]),
        ("NZ.sod.bin", &[1, 2, 12, 13, 14, 15]),
    ];
    for (name, groups) in rows {
        let file = as_file(&read(&folder, name));
        let (verdict, report) = authenticate(&file, &trust);
        let SodVerdict::Trusted(sod) = verdict else { panic!("{name}: {:?}", report.results()) };
        assert_eq!(sod.signed().object().groups().collect::<Vec<_>>(), groups, "{name}");
        let (verdict, _) = authenticate(&file, &TrustStore::empty());
        assert!(matches!(verdict, SodVerdict::UnknownSigner(_)), "{name}");
    }
}

#[test]
fn every_changed_byte_of_a_real_object_is_noticed() {
    let (Some(folder), Some(trust)) = (vectors("sod-real"), master_list()) else { return };
    let file = as_file(&read(&folder, "AT.sod.bin"));
    for position in (0..file.len()).step_by(37) {
        let mut changed = file.clone();
        changed[position] ^= 0x10;
        let (verdict, _) = authenticate(&changed, &trust);
        // A flip in unsigned fields (digest list, version) may leave the proof good; a flip in the proof may not.
        if let SodVerdict::Trusted(sod) = verdict {
            let original = authenticate(&file, &trust).0;
            let SodVerdict::Trusted(original) = original else { panic!("the original must hold") };
            assert_eq!(sod.signed().object(), original.signed().object(), "byte {position}");
            assert_eq!(sod.signed().signer().der(), original.signed().signer().der(), "byte {position}");
        }
    }
}

#[test]
fn damaged_objects_are_refused() {
    let Some(folder) = vectors("sod-negative") else { return };
    let rows = [
        ("bsi_sod_lds_version_2.bin", Check::SodStructure, Cause::LdsVersionUnknown),
        ("etsi_sod_dg1_hash_changed.bin", Check::SodSignature, Cause::DigestWrong),
        ("etsi_sod_signature_last_byte.bin", Check::SodSignature, Cause::SignatureWrong),
        ("gb_sod_lds_tlv_length_plus1.bin", Check::SodStructure, Cause::Malformed),
        ("sg_cms_no_signerinfo.bin", Check::SodStructure, Cause::NoSigner),
    ];
    for (name, check, cause) in rows {
        let (verdict, report) = authenticate(&as_file(&read(&folder, name)), &TrustStore::empty());
        assert!(matches!(verdict, SodVerdict::Failed(_)), "{name}: {:?}", report.results());
        let line = report.results().iter().find(|line| line.outcome == Outcome::Failed).expect("a failure");
        assert_eq!((line.check, line.cause), (check, Some(cause)), "{name}");
    }
}

#[test]
fn tolerated_defects_are_noted() {
    let Some(folder) = vectors("sod-negative") else { return };
    let rows = [("bsi_sod_signeddata_v1.bin", Cause::Irregular), ("bsi_sod_trailing_byte.bin", Cause::TrailingBytes)];
    for (name, note) in rows {
        let (_, report) = authenticate(&as_file(&read(&folder, name)), &TrustStore::empty());
        let line = report.results().iter().find(|line| line.check == Check::SodStructure).expect("a line");
        assert_eq!((line.outcome, line.cause), (Outcome::Successful, Some(note)), "{name}: {:?}", report.results());
    }
}

#[test]
fn the_specimen_of_2008_is_signed_by_an_unknown_signer_and_its_groups_match() {
    let Some(folder) = vectors("lds-bsi-2008") else { return };
    let (verdict, report) = authenticate(&read(&folder, "EF_SOD.bin"), &TrustStore::empty());
    let SodVerdict::UnknownSigner(sod) = verdict else { panic!("{:?}", report.results()) };
    for group in [1, 2, 3, 14] {
        let bytes = read(&folder, &format!("Datagroup{group}.bin"));
        assert_eq!(sod.compare(group, &bytes), GroupHashVerdict::Same, "DG{group}");
    }
    let mrz = diemdanh::emrtd::lds::dg1::parse(&read(&folder, "Datagroup1.bin")).expect("DG1");
    assert_eq!(mrz.wrong_digits, []);
    let com = diemdanh::emrtd::lds::com::Com::parse(&read(&folder, "EF_COM.bin")).expect("EF.COM");
    assert!(com.groups.contains(&1));
    let portrait = diemdanh::emrtd::lds::portrait::Portrait::from_dg2(&read(&folder, "Datagroup2.bin")).expect("DG2");
    println!("portrait {} × {}", portrait.width, portrait.height);
    assert!(portrait.width > 100 && portrait.height > 100);
    let dg15 = diemdanh::emrtd::lds::dg15::parse(&read(&folder, "Datagroup15.bin"));
    assert!(dg15.is_ok(), "{dg15:?}");
}

#[test]
fn the_signer_of_a_card_security_object_is_read() {
    let Some(folder) = vectors("sod-real") else { return };
    let file = read(&folder, "DE.cardsecurity.bin");
    let data = SignedData::parse(&file).expect("signed data");
    let certificate = Certificate::parse(data.certificates[0]).expect("a certificate");
    assert!(data.signers[0].names(&certificate));
    data.signers[0].verify(&data, &certificate).expect("a good signature");
}
