//! Everything that gives the first of the lab's people away, in every form it could take.

use crate::lab_people::{good, person};
use diemdanh::bits::{hex, text};
use diemdanh::emrtd::lds::files::FileId;
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

/// One thing to search for.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The names of all needles in `haystack`.
pub(crate) fn found(haystack: &[u8], needles: &[Needle]) -> Vec<String> {
    let holds = |needle: &&Needle| haystack.windows(needle.bytes.len()).any(|window| window == needle.bytes);
    needles.iter().filter(holds).map(|needle| needle.name.clone()).collect()
}

/// The haystack `place` holds nobody.
#[track_caller]
pub(crate) fn holds_nobody(place: &str, haystack: &[u8]) {
    let hits = found(haystack, &needles());
    assert!(hits.is_empty(), "{place} holds {hits:?}");
}

/// Every needle, each as its bytes, in hexadecimal and as a printed list of numbers.
pub(crate) fn needles() -> Vec<Needle> {
    let mut all = Vec::new();
    for (name, bytes) in facts() {
        all.push(Needle { name: name.to_owned(), bytes: bytes.clone() });
        // A few digits in hexadecimal or as numbers are found everywhere by chance.
        if bytes.len() >= 9 {
            let listed: Vec<String> = bytes.iter().map(u8::to_string).collect();
            let hexadecimal = hex::encode_lower(&bytes);
            all.push(Needle { name: format!("{name} in HEX"), bytes: hexadecimal.to_uppercase().into_bytes() });
            all.push(Needle { name: format!("{name} in hex"), bytes: hexadecimal.into_bytes() });
            all.push(Needle { name: format!("{name} as numbers"), bytes: listed.join(", ").into_bytes() });
        }
    }
    all
}

fn facts() -> Vec<(&'static str, Vec<u8>)> {
    let one = person(0);
    let data = good(&one);
    let portrait = &data.files[&FileId::Dg(2).fid()];
    let middle = portrait.len() / 2;
    let form = |form: &str| one.birth.strftime(form).to_string().into_bytes();
    let decomposed: String = one.full_name.nfd().collect();
    let folded = text::fold(&one.full_name);
    vec![
        ("name", one.full_name.clone().into_bytes()),
        ("name in capitals", one.full_name.to_uppercase().into_bytes()),
        ("name decomposed", decomposed.into_bytes()),
        ("name folded", folded.clone().into_bytes()),
        ("name in the MRZ", folded.to_uppercase().replacen(' ', "<<", 1).replace(' ', "<").into_bytes()),
        ("number", one.number.clone().into_bytes()),
        ("document number", one.number.as_bytes()[3..].to_vec()),
        ("access number", one.can().as_bytes().to_vec()),
        ("birth date, ISO", form("%Y-%m-%d")),
        ("birth date, slashes", form("%d/%m/%Y")),
        ("birth date, dots", form("%d.%m.%Y")),
        ("birth date, QR", form("%d%m%Y")),
        ("birth date, MRZ and its check digit", [form("%y%m%d"), b"4M".to_vec()].concat()),
        ("birth date, BCD in DG13", form("%Y%m%d")),
        ("expiry date", one.expiry.unwrap().strftime("%Y-%m-%d").to_string().into_bytes()),
        ("portrait", portrait[middle..middle + 24].to_vec()),
        ("hash of DG1", Sha256::digest(&data.files[&FileId::Dg(1).fid()]).to_vec()),
        ("hash of DG2", Sha256::digest(portrait).to_vec()),
        ("hash of the signed object", Sha256::digest(&data.files[&FileId::Sod.fid()]).to_vec()),
    ]
}
