//! Every parser that sees outside bytes, by name: the same functions for the fuzzer (`fuzz/`), for the mutation loop of
//! the tests, and for whoever finds a crash.
//!
//! Under the fuzzer (`cfg(fuzzing)`) signatures and message digests count as right, so that a mutant comes
//! to what lies behind them; in every other build they are what they are.
//!
//! Invariant: each returns for any bytes; what it returns does not matter here.

use crate::fuzz_seeds;
use bits::tlv::Reader;
use cccd::dg13::{self, Details};
use cccd::holder::Holder;
use cccd::qr::QrCard;
use emrtd::authenticity::certificate::Certificate;
use emrtd::authenticity::cms::SignedData;
use emrtd::authenticity::deviation::Deviations;
use emrtd::authenticity::master_list;
use emrtd::authenticity::passive;
use emrtd::authenticity::trust::TrustStore;
use emrtd::evidence::ActiveAnswer;
use emrtd::lds::com::Com;
use emrtd::lds::dg2::ImageKind;
use emrtd::lds::files::{FileId, LdsFiles};
use emrtd::lds::image_header::dimensions;
use emrtd::lds::portrait::Portrait;
use emrtd::lds::security_infos::SecurityInfos;
use emrtd::lds::sod::SecurityObject;
use emrtd::lds::{dg1, dg15};
use emrtd::mrz::Mrz;
use emrtd::report::Report;
use iso7816::{CommandApdu, ResponseApdu};
use jiff::Timestamp;
use package::contents::{Front, People};
use package::note::split_file;
use package::{PackageAcceptance, PackageNote};

/// One target: its name (the file in `fuzz/fuzz_targets`) and what it does with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 13] = [
    ("tlv", tlv),
    ("apdu", apdu),
    ("lds", lds),
    ("cms", cms),
    ("certificate", certificate),
    ("master_list", list),
    ("mrz", mrz),
    ("qr", qr),
    ("dg13", details),
    ("portrait", portrait),
    ("deviations", deviations),
    ("evidence", evidence),
    ("package", package),
];

/// In the validity of the seeds' certificates.
const NOW: Timestamp = Timestamp::constant(1_780_000_000, 0);

/// Gives `bytes` to the target of this name; nothing happens where there is none.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some((_, target)) = TARGETS.iter().find(|(known, _)| *known == name) {
        target(bytes);
    }
}

/// Gives `bytes` to every target.
pub fn run_all(bytes: &[u8]) {
    for (_, target) in TARGETS {
        target(bytes);
    }
}

fn tlv(bytes: &[u8]) {
    for mut reader in [Reader::new(bytes), Reader::new_ber(bytes)] {
        while reader.read().is_ok() {}
    }
}

fn apdu(bytes: &[u8]) {
    let _ = CommandApdu::parse(bytes);
    let _ = ResponseApdu::parse(bytes);
}

fn lds(bytes: &[u8]) {
    let _ = Com::parse(bytes);
    let _ = dg1::parse(bytes);
    let _ = dg15::parse(bytes);
    let _ = SecurityInfos::parse(bytes);
    let _ = SecurityInfos::parse_dg14(bytes);
    let _ = SecurityObject::parse(bytes);
}

fn cms(bytes: &[u8]) {
    let _ = SignedData::parse(bytes);
    let _ = passive::authenticate(bytes, fuzz_seeds::country_signers(), NOW, &mut Report::new());
}

fn certificate(bytes: &[u8]) {
    let _ = Certificate::parse(bytes);
    let _ = TrustStore::from_certificates(&[bytes]);
}

fn list(bytes: &[u8]) {
    let _ = master_list::read(bytes, fuzz_seeds::country_signers(), NOW);
}

fn mrz(bytes: &[u8]) {
    let _ = Mrz::parse(bytes);
}

fn qr(bytes: &[u8]) {
    let _ = std::str::from_utf8(bytes).map(QrCard::parse);
}

fn details(bytes: &[u8]) {
    let _ = Details::parse(bytes);
    let _ = Holder::from_files(bytes, Some(bytes));
    let mut files = LdsFiles::new();
    files.insert(FileId::Dg(13), bytes.to_vec());
    dg13::wipe_sensitive(&mut files);
}

fn deviations(bytes: &[u8]) {
    let _ = std::str::from_utf8(bytes).map(Deviations::parse);
}

fn evidence(bytes: &[u8]) {
    let _ = ActiveAnswer::parse(bytes);
}

fn package(bytes: &[u8]) {
    let _ = split_file(bytes).map(|(note, _)| PackageNote::peek(note));
    let _ = std::str::from_utf8(bytes).map(|note| (PackageNote::peek(note), PackageAcceptance::peek(note)));
    let _ = (Front::read(bytes), People::read(bytes));
}

fn portrait(bytes: &[u8]) {
    let _ = Portrait::from_dg2(bytes);
    for kind in [ImageKind::Jpeg, ImageKind::Jp2, ImageKind::Codestream] {
        let _ = dimensions(kind, bytes);
    }
}
