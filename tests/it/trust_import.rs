//! Taking an authority's files into a trust folder, and what is refused.

use crate::inspection_support::person;
use crate::programs::board_program;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use diemdanh::bits::armour;
use diemdanh::emrtd::authenticity::trust::{DropCause, TrustStore};
use diemdanh::emrtd::authenticity::trust_import::{
    Held, Import, ImportCause, Offered, Vouching, import, import_vouched,
};
use diemdanh::host::trust::{MANIFEST, TrustFolderError, read_trust_folder};
use diemdanh::host::trust_place::renew;
use diemdanh::lab::issuer::authority::{Authority, Profile, Validity};
use diemdanh::lab::issuer::{Issuer, Making};
use jiff::Timestamp;
use std::path::Path;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn long() -> Validity {
    Validity { from: moment("2020-01-01T00:00:00Z"), to: moment("2045-01-01T00:00:00Z") }
}

fn country(label: &str, code: &str) -> Authority {
    Authority::country_signer(label, code, long()).unwrap()
}

/// A root with a signer of master lists.
struct Publisher {
    root: Authority,
    signer: Authority,
}

impl Publisher {
    fn new(profile: Profile) -> Self {
        let root = country("List root", "NL");
        let signer = root.signer_with("List signer", "NL", profile, long()).unwrap();
        Self { root, signer }
    }

    fn list(&self, certificates: &[&[u8]], signed_at: &str) -> Vec<u8> {
        let certificates: Vec<Vec<u8>> = certificates.iter().map(|der| der.to_vec()).collect();
        self.signer.master_list(&self.root, &certificates, Some(moment(signed_at))).unwrap()
    }

    fn roots(&self) -> Vec<Vec<u8>> {
        vec![self.root.certificate().to_vec()]
    }
}

const DAY_1: &str = "2026-05-01T00:00:00Z";
const DAY_2: &str = "2026-06-01T00:00:00Z";

fn now() -> Timestamp {
    moment("2026-06-26T00:00:00Z")
}

fn offered(objects: Vec<Vec<u8>>) -> Vec<Offered> {
    vec![Offered { name: "offered".to_owned(), objects }]
}

fn held(import: &Import) -> Held {
    let objects = import.files.iter().flatten().filter(|(name, _)| name != MANIFEST).map(|(_, bytes)| bytes.clone());
    Held { manifest: Some(import.manifest.clone()), objects: objects.collect(), deviations: None }
}

#[track_caller]
fn check_refused(import: &Import, cause: &str) {
    assert!(import.files.is_none(), "{import:?}");
    let causes: Vec<String> = import.dropped.iter().map(|dropped| dropped.cause.to_string()).collect();
    assert!(causes.iter().any(|found| found.contains(cause)), "{causes:?}");
}

#[test]
fn f13_good_list_is_taken_and_a_broken_certificate_in_it_dropped() {
    let publisher = Publisher::new(Profile::MasterListSigner);
    let (one, two) = (country("One", "LA"), country("Two", "KH"));
    let broken = [&[0x30, 0x82, 0x00, 0x10][..], &[0x05; 16]].concat();
    let list = publisher.list(&[one.certificate(), &broken, two.certificate()], DAY_1);
    let import = import(&Held::default(), &offered(vec![list]), &publisher.roots(), now());
    assert!(import.files.is_some());
    assert_eq!((import.certificates, import.dropped.len(), import.manifest.version), (2, 1, 1));
    assert_eq!(import.countries.iter().collect::<Vec<_>>(), ["KH", "LA"]);
}

#[test]
fn f13_list_with_a_bad_signature_is_refused() {
    let publisher = Publisher::new(Profile::MasterListSigner);
    let mut list = publisher.list(&[country("One", "LA").certificate()], DAY_1);
    *list.last_mut().unwrap() ^= 0x01;
    check_refused(&import(&Held::default(), &offered(vec![list]), &publisher.roots(), now()), "signature");
}

#[test]
fn f13_list_of_a_signer_without_the_purpose_is_refused() {
    let publisher = Publisher::new(Profile::DocumentSigner);
    let list = publisher.list(&[country("One", "LA").certificate()], DAY_1);
    let import = import(&Held::default(), &offered(vec![list]), &publisher.roots(), now());
    check_refused(&import, "may not sign master lists");
}

#[test]
fn f13_list_that_is_not_from_its_root_is_refused() {
    let publisher = Publisher::new(Profile::MasterListSigner);
    let list = publisher.list(&[country("One", "LA").certificate(), publisher.root.certificate()], DAY_1);
    for roots in [vec![country("Other root", "NL").certificate().to_vec()], Vec::new()] {
        let import = import(&Held::default(), &offered(vec![list.clone()]), &roots, now());
        check_refused(&import, "not issued under the store");
    }
    let with_root = [publisher.roots(), vec![list]].concat();
    let yes = Vouching { roots: &[], others: true };
    assert_eq!(import_vouched(&Held::default(), &offered(with_root), yes, now()).certificates, 2);
}

#[test]
fn f20_list_speaks_for_its_own_country_unless_its_root_is_given_or_somebody_says_yes() {
    let publisher = Publisher::new(Profile::MasterListSigner);
    let (own, planted) = (country("Own", "NL"), country("Planted", "VN"));
    let foreign = publisher.list(&[own.certificate(), planted.certificate()], DAY_1);
    let objects = offered([publisher.roots(), vec![foreign.clone()]].concat());
    let without = import(&Held::default(), &objects, &[], now());
    assert!(without.dropped.iter().any(|dropped| dropped.cause == ImportCause::OtherCountries(1)), "{without:?}");
    assert_eq!(without.countries.iter().collect::<Vec<_>>(), ["NL"], "the planted one is not in the folder");
    let alone = import(&held(&without), &offered(vec![foreign.clone()]), &[], now());
    check_refused(&alone, "speaks for 1 country signers of other countries");
    let plain = publisher.list(&[own.certificate()], DAY_1);
    let plain = import(&held(&without), &offered(vec![plain]), &[], now());
    assert!(plain.files.is_some(), "its own country's: {plain:?}");
    for (roots, others) in [(publisher.roots(), false), (Vec::new(), true)] {
        let taken = import_vouched(&held(&without), &objects, Vouching { roots: &roots, others }, now());
        let vouched = taken.added.iter().find(|one| one.country.as_deref() == Some("VN")).unwrap();
        let by = vouched.vouched_by.as_deref().unwrap();
        assert!(by.contains("list signer") && by.contains("list root"), "{by}");
    }
    let by_itself = import(&Held::default(), &offered(vec![planted.certificate().to_vec()]), &[], now());
    assert_eq!(by_itself.added[0].vouched_by, None);
    // The same in a folder that no program made: what such a list says about others is left out and named.
    let (store, dropped) = TrustStore::from_folder(&[publisher.root.certificate(), &foreign], None).unwrap();
    assert_eq!((store.len(), dropped.len()), (2, 1));
    assert_eq!(dropped[0].cause, DropCause::OtherCountry);
}

#[test]
fn f19_list_of_the_future_or_of_an_unfit_signer_is_refused() {
    let good = Publisher::new(Profile::MasterListSigner);
    let one = country("One", "LA");
    let future = good.list(&[one.certificate()], "2026-06-28T00:00:00Z");
    check_refused(&import(&Held::default(), &offered(vec![future]), &good.roots(), now()), "signed in the future");
    let rows = [
        (Profile::MasterListSignerWithoutSignature, "no digitalSignature"),
        (Profile::MasterListSignerWithUnknownExtension, "unknown critical extension"),
    ];
    for (profile, why) in rows {
        let publisher = Publisher::new(profile);
        let list = publisher.list(&[one.certificate()], DAY_1);
        check_refused(&import(&Held::default(), &offered(vec![list]), &publisher.roots(), now()), why);
    }
}

#[test]
fn f13_each_certificate_counts_once_and_a_wrong_signature_of_its_own_is_told() {
    let publisher = Publisher::new(Profile::MasterListSigner);
    let one = country("One", "LA");
    let mut altered = country("Two", "KH").certificate().to_vec();
    *altered.last_mut().unwrap() ^= 0x01;
    let list = publisher.list(&[one.certificate(), one.certificate(), &altered], DAY_1);
    let taken = import(&Held::default(), &offered(vec![list.clone(), list]), &publisher.roots(), now());
    assert_eq!((taken.certificates, taken.known, taken.added.len()), (1, 0, 1));
    assert!(taken.dropped.iter().all(|dropped| dropped.cause == ImportCause::SelfSignatureWrong), "{taken:?}");
    let again = import(&held(&taken), &offered(vec![one.certificate().to_vec()]), &[], now());
    assert_eq!((again.certificates, again.known, again.added.len()), (1, 1, 0));
    let foreign = one.link_from(&country("Elsewhere", "LA"), long()).unwrap();
    let import = import(&Held::default(), &offered(vec![foreign]), &[], now());
    assert!(import.files.is_some() && import.unproven.is_empty(), "a link is no self-issued certificate");
}

#[test]
fn f13_list_that_is_older_than_the_store_is_refused() {
    let publisher = Publisher::new(Profile::MasterListSigner);
    let (one, two) = (country("One", "LA"), country("Two", "KH"));
    let take = |held: &Held, certificate: &Authority, day: &str| {
        import(held, &offered(vec![publisher.list(&[certificate.certificate()], day)]), &publisher.roots(), now())
    };
    let first = take(&Held::default(), &one, DAY_2);
    let older = take(&held(&first), &two, DAY_1);
    check_refused(&older, "newer list");
    assert!(older.dropped.iter().all(|dropped| dropped.cause == ImportCause::Older));
    let again = take(&held(&first), &one, DAY_2);
    assert_eq!((again.manifest.version, &again.manifest.trust_store), (2, &first.manifest.trust_store));
    let newer = take(&held(&first), &two, "2026-06-20T00:00:00Z");
    assert_eq!(newer.countries.iter().collect::<Vec<_>>(), ["KH"], "what the newer list leaves out is gone");
    assert_eq!(newer.countries_gone.iter().collect::<Vec<_>>(), ["LA"], "and named");
    let gone: Vec<Option<&str>> = newer.superseded.iter().map(|one| one.country.as_deref()).collect();
    assert_eq!((gone, again.superseded.len(), first.superseded.len()), (vec![Some("LA")], 0, 0));
}

#[test]
fn certificates_given_by_themselves_stay_and_signers_of_documents_are_dropped() {
    let publisher = Publisher::new(Profile::MasterListSigner);
    let (own, listed) = (country("Own", "VN"), country("Listed", "LA"));
    let signer = own.document_signer("Signer", "VN", long()).unwrap();
    let ders = vec![own.certificate().to_vec(), signer.certificate().to_vec()];
    let first = import(&Held::default(), &offered(ders), &[], now());
    assert_eq!((first.certificates, first.dropped[0].cause), (1, ImportCause::NotAnAuthority));
    let list = publisher.list(&[listed.certificate()], DAY_1);
    let second = import(&held(&first), &offered(vec![list]), &publisher.roots(), now());
    assert_eq!(second.countries.iter().collect::<Vec<_>>(), ["LA", "VN"]);
}

#[test]
fn revocation_lists_come_in_and_never_go_back() {
    let authority = country("Revoking", "VN");
    let signer = authority.document_signer("Signer", "VN", long()).unwrap();
    let list = |day: &str| authority.revocation_list(&[&signer], moment(day), moment("2027-01-01T00:00:00Z")).unwrap();
    let objects = vec![list(DAY_2), authority.certificate().to_vec()];
    let first = import(&Held::default(), &offered(objects), &[], now());
    assert_eq!((first.certificates, first.revocation_lists, first.dropped.len()), (1, 1, 0));
    let older = import(&held(&first), &offered(vec![list(DAY_1)]), &[], now());
    check_refused(&older, "newer list");
    let stranger =
        country("Stranger", "VN").revocation_list(&[], moment(DAY_2), moment("2027-01-01T00:00:00Z")).unwrap();
    check_refused(&import(&held(&first), &offered(vec![stranger]), &[], now()), "no certificate of the store");
}

/// RFC 2849: a line is broken anywhere, and goes on behind a space.
fn ldif(attribute: &str, value: &[u8]) -> String {
    let line = format!("{attribute}:: {}", BASE64.encode(value));
    let lines: Vec<&str> = line.as_bytes().chunks(60).map(|chunk| std::str::from_utf8(chunk).unwrap()).collect();
    format!("dn: c=XX,dc=data,dc=download\nobjectClass: top\n{}\n\n", lines.join("\n "))
}

#[test]
fn ldif_of_the_directory_is_unfolded() {
    let publisher = Publisher::new(Profile::MasterListSigner);
    let (one, two) = (country("One", "LA"), country("Two", "KH"));
    let list = publisher.list(&[one.certificate()], DAY_1);
    let text = [
        ldif("pkdMasterListContent", &list),
        ldif("userCertificate;binary", two.certificate()),
        "dn: c=YY\nuserCertificate;binary:: !!!\n".to_owned(),
    ];
    let objects = armour::objects(text.concat().as_bytes()).unwrap();
    assert_eq!(objects, [list, two.certificate().to_vec(), Vec::new()]);
    let import = import(&Held::default(), &offered(objects), &publisher.roots(), now());
    assert_eq!((import.certificates, import.dropped.len()), (2, 1));
    assert_eq!(armour::objects(b"nothing of this"), None);
}

#[test]
fn folder_is_replaced_whole_and_is_what_its_manifest_says() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("trust");
    let take = |held: &Held, label: &str| {
        import(held, &offered(vec![country(label, "VN").certificate().to_vec()]), &[], now())
    };
    let first = take(&Held::default(), "One");
    renew(&folder, first.files.as_ref().unwrap()).unwrap();
    let second = take(&held(&first), "Two");
    renew(&folder, second.files.as_ref().unwrap()).unwrap();
    let found = read_trust_folder(&folder).unwrap();
    assert_eq!((found.version, found.certificates.len(), found.skipped.len()), (Some(2), 2, 0));
    assert_eq!(std::fs::read_dir(work.path()).unwrap().count(), 1, "nothing is left beside it");
    std::fs::write(folder.join("smuggled.cer"), country("Three", "VN").certificate()).unwrap();
    let found = read_trust_folder(&folder).unwrap();
    assert_eq!((found.certificates.len(), found.skipped), (2, vec!["smuggled.cer".to_owned()]));
    let listed = folder.join(&second.manifest.files[0].name);
    std::fs::write(&listed, b"\x30\x00").unwrap();
    assert!(matches!(read_trust_folder(&folder), Err(TrustFolderError::Damaged(path)) if path == listed));
    std::fs::remove_file(&listed).unwrap();
    assert!(matches!(read_trust_folder(&folder), Err(TrustFolderError::Damaged(_))));
}

fn board(folder: &Path, line: &str) -> (i32, String) {
    let output = board_program().current_dir(folder).args(line.split_whitespace()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_program_takes_files_in() {
    let work = tempfile::tempdir().unwrap();
    let path = work.path();
    let publisher = Publisher::new(Profile::MasterListSigner);
    let issuer = Issuer::lab().unwrap();
    std::fs::write(path.join("list.ml"), publisher.list(&[issuer.country_signer_der()], DAY_2)).unwrap();
    std::fs::write(path.join("old.ml"), publisher.list(&[issuer.country_signer_der()], DAY_1)).unwrap();
    std::fs::write(path.join("root.cer"), publisher.root.certificate()).unwrap();
    std::fs::write(path.join("noise.cer"), "noise").unwrap();
    let card = issuer.issue(&person(), &Making::default()).unwrap();
    std::fs::write(path.join("sod.bin"), &card.files[&0x011D]).unwrap();
    let rows = [
        ("trust import list.ml --into trust", 3),
        ("trust import list.ml --root root.cer --into trust", 0),
        ("trust import old.ml --root root.cer --into trust", 3),
        ("trust import noise.cer --into trust", 3),
        ("trust import missing.cer --into trust", 64),
        ("trust import --into trust", 64),
        ("inspect --sod sod.bin --trust trust --at 2026-06-26", 0),
    ];
    for (line, code) in rows {
        let (found, text) = board(path, line);
        assert_eq!(found, code, "{line}\n{text}");
    }
    let (code, text) = board(path, "trust import root.cer --into trust --json");
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (code, report["version"].as_u64(), report["countries"].clone()),
        (0, Some(2), serde_json::json!(["NL", "VN"]))
    );
}
