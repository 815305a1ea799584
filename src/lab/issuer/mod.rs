//! The lab's issuing authority: synthetic people, certificates, data groups, signed objects, whole cards, good and bad.
//!
//! Everything follows from labels: the same person has the same card on every start. The country signer is in no
//! production trust folder, and [`trust_store_der`] is only for the lab's own.
//!
//! Invariants: no real person, number, name or picture; every card that is bad is bad in one named way.

pub mod active_key;
pub mod authority;
mod der;
pub mod groups;
pub mod passport;
pub mod people;
pub mod portrait;
mod signed_object;

use crate::card::data::{CardData, ChipAuthenticationProfile, PaceProfile};
use authority::{Authority, Validity};
use bits::random::SeededRandom;
use bits::secret::Secret;
use crypto::ec::EcError;
use crypto::ecdsa::SignatureError;
use crypto::{CipherAlg, EcSecret, NamedCurve};
use emrtd::lds::com;
use emrtd::lds::files::FileId;
use jiff::Timestamp;
use passport::Passport;
use people::Person;
use portrait::Coding;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a card could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IssueError {
    /// The arithmetic of a curve failed.
    #[error(transparent)]
    Curve(#[from] EcError),
    /// Signing failed.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The portrait could not be coded.
    #[error("the portrait could not be coded")]
    Portrait,
    /// A date of the lab is no date.
    #[error("invalid date of the lab")]
    Date,
}

/// An issuing authority with one document signer.
#[derive(Clone)]
pub struct Issuer {
    country_signer: Authority,
    signer: Authority,
    signed_at: Option<Timestamp>,
}

/// How a card is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// How the portrait is coded.
    pub portrait: Coding,
    /// A JPEG 2000 portrait in its box format is filled up to so many bytes, as larger pictures are.
    pub portrait_bytes: Option<usize>,
    /// DG2 holds a block of ISO/IEC 39794-5 in place of a record of ISO/IEC 19794-5.
    pub new_face_block: bool,
    /// The chip offers PACE.
    pub pace: bool,
    /// How it plays PACE.
    pub pace_profile: PaceProfile,
    /// The chip offers BAC.
    pub bac: bool,
    /// The chip offers PACE with chip-authentication mapping, beside generic mapping, and has an EF.CardSecurity.
    pub chip_mapping: bool,
    /// DG14 holds a chip-authentication key.
    pub chip_authentication: bool,
    /// DG15 holds an active-authentication key.
    pub active_authentication: bool,
    /// It is a passport, and no card.
    pub passport: Option<Passport>,
    /// What is wrong with the card.
    pub fault: Option<Fault>,
}

/// What may be wrong with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The name in DG1 was changed after signing; its check digits are right.
    TamperedDg1,
    /// One byte of the group was changed after signing.
    TamperedGroup(u8),
    /// The group is in the signed object and not on the card.
    MissingGroup(u8),
    /// The group was never there: neither on the card nor in the signed object.
    WithoutGroup(u8),
    /// The group holds its tag and then nonsense, properly signed.
    GarbageGroup(u8),
    /// Every file is a copy of a good card's; the chip has another secret.
    Clone,
    /// One byte of the signature in EF.SOD was changed.
    WrongSignature,
    /// One byte of the signature in EF.CardSecurity was changed.
    WrongCardSecurity,
    /// EF.CardSecurity holds another chip's key, properly signed.
    ForeignCardSecurity,
    /// EF.SOD names LDS version 1.8, EF.COM 1.7.
    OtherLdsVersion,
    /// The keys of the chip were never there: neither DG14 nor DG15, neither listed nor signed.
    WithoutKeys,
    /// EF.COM lists groups that are not there.
    LyingCom,
    /// DG2 holds bytes that are no image where its image should be, properly signed.
    PortraitWithoutImage,
}

impl Default for Making {
    /// As cards are: PACE and BAC, both proofs of the chip, JPEG 2000, nothing wrong.
    fn default() -> Self {
        Self {
            portrait: Coding::Jp2,
            portrait_bytes: None,
            new_face_block: false,
            pace: true,
            pace_profile: PaceProfile::USUAL,
            chip_mapping: false,
            bac: true,
            chip_authentication: true,
            active_authentication: true,
            passport: None,
            fault: None,
        }
    }
}

impl Making {
    /// A card as cards are, but for one fault.
    pub fn with_fault(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    fn offer(&self) -> groups::Offer {
        groups::Offer {
            pace: self.pace.then(|| self.pace_profile.info()).flatten(),
            chip_authentication: self.chip_authentication,
            chip_mapping: self.chip_mapping,
        }
    }
}

/// The lab's country signer certificates, DER: the whole content of a lab trust folder.
///
/// # Errors
/// [`IssueError`].
pub fn trust_store_der() -> Result<Vec<Vec<u8>>, IssueError> {
    Ok(vec![Issuer::lab()?.country_signer.certificate().to_vec()])
}

impl Issuer {
    /// The authority that the lab trusts.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn lab() -> Result<Self, IssueError> {
        Self::named("Lab CSCA 1", "VN")
    }

    /// An authority of the same country that no trust store knows.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn unknown() -> Result<Self, IssueError> {
        Self::named("Lab CSCA Unknown", "VN")
    }

    /// An authority whose keys follow from its label.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn named(label: &str, country: &str) -> Result<Self, IssueError> {
        let moment = |text: &str| text.parse::<Timestamp>().map_err(|_| IssueError::Date);
        let long = Validity { from: moment("2020-01-01T00:00:00Z")?, to: moment("2045-12-31T23:59:59Z")? };
        let short = Validity { from: moment("2024-01-01T00:00:00Z")?, to: moment("2040-12-31T23:59:59Z")? };
        let country_signer = Authority::country_signer(label, country, long)?;
        let signer = country_signer.document_signer(&format!("{label} DS 1"), country, short)?;
        Ok(Self::of(country_signer, signer, Some(moment("2024-05-20T08:00:00Z")?)))
    }

    /// An authority of given keys that signs at a given time, or says no time.
    pub fn of(country_signer: Authority, signer: Authority, signed_at: Option<Timestamp>) -> Self {
        Self { country_signer, signer, signed_at }
    }

    /// The country signer's certificate, DER.
    pub fn country_signer_der(&self) -> &[u8] {
        self.country_signer.certificate()
    }

    /// The document signer's certificate, DER.
    pub fn signer_der(&self) -> &[u8] {
        self.signer.certificate()
    }

    /// Makes a card for `person`.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn issue(&self, person: &Person, making: &Making) -> Result<CardData, IssueError> {
        let chip_secret = chip_secret(&person.number);
        let mut groups = groups_of(person, making, &chip_secret)?;
        before_signing(&mut groups, making.fault);
        let version = (making.fault == Some(Fault::OtherLdsVersion)).then_some("0108");
        let mut sod = signed_object::ef_sod(&groups, &self.signer, &self.country_signer, self.signed_at, version)?;
        let mut listed: Vec<u8> = groups.keys().copied().collect();
        after_signing(&mut groups, &mut sod, &mut listed, making.fault);
        let mut card = CardData::empty();
        for (number, bytes) in groups {
            card.files.insert(FileId::Dg(number).fid(), bytes);
        }
        card.files.insert(FileId::Com.fid(), com::encode(&listed));
        card.files.insert(FileId::Sod.fid(), sod);
        card.locked_files = vec![FileId::Dg(3).fid()];
        if making.chip_mapping {
            card.master_files.insert(FileId::CardSecurity.fid(), self.card_security(making, &chip_secret)?);
            card.chip_mapping = Some(chip_secret.clone());
        }
        open_and_prove(&mut card, person, making, chip_secret);
        Ok(card)
    }

    fn card_security(&self, making: &Making, chip_secret: &EcSecret) -> Result<Vec<u8>, IssueError> {
        let foreign = making.fault == Some(Fault::ForeignCardSecurity);
        let key = if foreign { self::chip_secret("foreign").public()? } else { chip_secret.public()? };
        // As real ones do, EF.CardSecurity names the curve by its parameter id, where DG14 writes it out.
        let infos = groups::signed_infos_with(making.offer(), &der::standardised_key(&key, groups::PACE_PARAMETER_ID));
        let mut file = signed_object::ef_card_security(&infos, &self.signer, &self.country_signer, self.signed_at)?;
        if let Some(last) = file.last_mut().filter(|_| making.fault == Some(Fault::WrongCardSecurity)) {
            *last ^= 0x01;
        }
        Ok(file)
    }
}

/// The chip's secret follows from the person's number.
fn chip_secret(number: &str) -> EcSecret {
    let mut random = SeededRandom::new(&format!("diemdanh lab chip {number}"));
    EcSecret::random(NamedCurve::BrainpoolP256r1, &mut random)
}

fn groups_of(person: &Person, making: &Making, chip_secret: &EcSecret) -> Result<BTreeMap<u8, Vec<u8>>, IssueError> {
    let image = match making.fault {
        Some(Fault::PortraitWithoutImage) => b"no image".to_vec(),
        _ => portrait::filled_up(portrait::coded(person, making.portrait)?, making.portrait_bytes.unwrap_or(0)),
    };
    let jpeg2000 = making.portrait != Coding::Jpeg;
    let dg2 = if making.new_face_block {
        groups::dg2_39794(&image, portrait::SIZE, jpeg2000)
    } else {
        groups::dg2(&image, portrait::SIZE, jpeg2000, face::eyes(person.face))
    };
    let chip_key = if making.chip_authentication { Some(chip_secret.public()?) } else { None };
    let mut groups = BTreeMap::from([
        (1, groups::dg1(person, making.passport.as_ref())),
        (2, dg2),
        (3, b"\x63\x0ADG3 of lab".to_vec()),
        (14, groups::dg14(making.offer(), chip_key.as_ref())),
    ]);
    // What Vietnam adds to its cards is in nobody's passport.
    if making.passport.is_none() {
        groups.insert(13, groups::dg13(person));
    }
    if making.active_authentication {
        groups.insert(15, active_key::dg15());
    }
    Ok(groups)
}

fn before_signing(groups: &mut BTreeMap<u8, Vec<u8>>, fault: Option<Fault>) {
    match fault {
        Some(Fault::WithoutGroup(number)) => {
            groups.remove(&number);
        }
        Some(Fault::WithoutKeys) => groups.retain(|number, _| !matches!(number, 14 | 15)),
        Some(Fault::GarbageGroup(number)) => {
            if let Some(bytes) = groups.get_mut(&number) {
                let tag = bytes.first().copied().unwrap_or_default();
                *bytes = bits::tlv::encode(u32::from(tag), b"\xFF\xFFnonsense\x30\x84\xFF\xFF\xFF\xFF");
            }
        }
        _ => {}
    }
}

fn after_signing(groups: &mut BTreeMap<u8, Vec<u8>>, sod: &mut [u8], listed: &mut Vec<u8>, fault: Option<Fault>) {
    match fault {
        Some(Fault::TamperedDg1) => flip_last_letter(groups.get_mut(&1)),
        Some(Fault::TamperedGroup(number)) => {
            if let Some(last) = groups.get_mut(&number).and_then(|bytes| bytes.last_mut()) {
                *last ^= 0x01;
            }
        }
        Some(Fault::MissingGroup(number)) => {
            groups.remove(&number);
        }
        Some(Fault::WrongSignature) => {
            if let Some(last) = sod.last_mut() {
                *last ^= 0x01;
            }
        }
        Some(Fault::LyingCom) => *listed = vec![1, 2, 11],
        _ => {}
    }
}

/// Changes the last letter of the name, which no check digit protects.
fn flip_last_letter(dg1: Option<&mut Vec<u8>>) {
    let Some(dg1) = dg1 else { return };
    if let Some(letter) = dg1.iter_mut().rev().find(|byte| byte.is_ascii_uppercase()) {
        *letter = if *letter == b'A' { b'B' } else { b'A' };
    }
}

fn open_and_prove(card: &mut CardData, person: &Person, making: &Making, chip_secret: EcSecret) {
    let information = match &making.passport {
        Some(passport) => passport.mrz_information(person),
        None => groups::mrz_information(person),
    };
    card.mrz_information = Some(Secret::new(information));
    card.bac = making.bac;
    if making.pace {
        card.master_files.insert(FileId::CardAccess.fid(), groups::card_access(making.offer()));
        card.can = making.passport.is_none().then(|| Secret::new(person.can().to_owned()));
        card.pace = Some(making.pace_profile);
    }
    let cloned = making.fault == Some(Fault::Clone);
    if making.chip_authentication {
        let secret = if cloned { self::chip_secret("clone") } else { chip_secret };
        card.chip_authentication = Some(ChipAuthenticationProfile { secret, cipher: CipherAlg::Aes128, key_id: None });
    }
    if making.active_authentication && !cloned {
        card.active_authentication = Some(active_key::profile());
    }
}
