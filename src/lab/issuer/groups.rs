//! The data groups and elementary files of a lab card (the card's profile as `cccd` knows it; DG3 is a dummy).

use super::der;
use super::passport::Passport;
use super::people::Person;
use bits::tlv;
use crypto::Point;
use emrtd::lds::security_infos::{Mapping, PaceInfo};
use emrtd::mrz::check_digit;
use jiff::civil::Date;

const CA_ECDH_AES_128: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02];
const PK_ECDH: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02];
const TERMINAL_AUTHENTICATION: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02];
const UTF8_OID: &[u8] = &[0x28, 0xD3, 0x16, 0x01, 0x00, 0x08];

/// The standardised parameter id of brainpoolP256r1.
pub(super) const PACE_PARAMETER_ID: u8 = 13;

/// The MRZ of a person's card, ninety characters.
pub fn mrz(person: &Person) -> String {
    let document_number = person.number.get(3..).unwrap_or_default();
    let line1 = format!(
        "IDVNM{document_number}{}{}<<{}",
        check_digit(document_number.as_bytes()),
        person.number,
        check_digit(person.number.as_bytes())
    );
    let birth = yymmdd(person.birth);
    let expiry = expiry(person);
    let sex = if person.female { 'F' } else { 'M' };
    let dates = format!("{birth}{}{sex}{expiry}{}", check_digit(birth.as_bytes()), check_digit(expiry.as_bytes()));
    let composite = [line1.get(5..), dates.get(0..7), dates.get(8..15), Some("<<<<<<<<<<<")]
        .map(Option::unwrap_or_default)
        .concat();
    let line2 = format!("{dates}VNM<<<<<<<<<<<{}", check_digit(composite.as_bytes()));
    format!("{line1}{line2}{:<<30.30}", person.mrz_name())
}

/// Document number, birth and expiry as they stand in the MRZ, dates as YYMMDD.
pub fn mrz_key(person: &Person) -> [String; 3] {
    let document_number = person.number.get(3..).unwrap_or_default().to_owned();
    [document_number, yymmdd(person.birth), expiry(person)]
}

/// Document number, birth and expiry, each with its check digit: what opens BAC.
pub(super) fn mrz_information(person: &Person) -> String {
    let part = |text: &str| format!("{text}{}", check_digit(text.as_bytes()));
    let document_number = person.number.get(3..).unwrap_or_default();
    [part(document_number), part(&yymmdd(person.birth)), part(&expiry(person))].concat()
}

pub(super) fn dg1(person: &Person, passport: Option<&Passport>) -> Vec<u8> {
    let text = passport.map_or_else(|| mrz(person), |passport| passport.lines(person).concat());
    tlv::encode(0x61, &tlv::encode(0x5F1F, text.as_bytes()))
}

/// DG2 around a coded image: CBEFF and a face record of ISO/IEC 19794-5 with the middles of the left and the right eye.
pub(super) fn dg2(image: &[u8], (width, height): (u16, u16), jpeg2000: bool, eyes: [(u16, u16); 2]) -> Vec<u8> {
    let points = [feature_point(0xC1, eyes[0]), feature_point(0xC2, eyes[1])].concat();
    let block_len = u32::try_from(32 + points.len() + image.len()).unwrap_or(u32::MAX);
    let record_len = block_len.saturating_add(14);
    let kind = u8::from(jpeg2000);
    let record = [
        b"FAC\x00010\x00".as_slice(),
        &record_len.to_be_bytes(),
        &[0, 1],
        &block_len.to_be_bytes(),
        // Two feature points; sex, eyes, hair, features, expression, pose: unspecified.
        &[0, 2],
        &[0; 14],
        &points,
        // Full frontal, coding, size, sRGB, source and device unspecified, no quality.
        &[1, kind],
        &width.to_be_bytes(),
        &height.to_be_bytes(),
        &[1, 0, 0, 0, 0, 0],
        image,
    ]
    .concat();
    with_header(&[0, 8], &tlv::encode(0x5F2E, &record))
}

/// A point of MPEG-4 in the plane of the picture.
fn feature_point(code: u8, (x, y): (u16, u16)) -> Vec<u8> {
    [&[1, code], x.to_be_bytes().as_slice(), &y.to_be_bytes(), &[0, 0]].concat()
}

/// DG2 around a coded image: CBEFF and a face image data block of ISO/IEC 39794-5 (version 3 of 2019).
pub(super) fn dg2_39794(image: &[u8], (width, height): (u16, u16), jpeg2000: bool) -> Vec<u8> {
    let integer = |tag, number: &[u8]| tlv::encode(tag, number);
    // JPEG is 1, lossy JPEG 2000 is 2, as a choice within a choice; the face is in full frontal view (1).
    let format = tlv::encode(0xA0, &integer(0x80, &[1 + u8::from(jpeg2000)]));
    let kind = tlv::encode(0xA1, &integer(0x80, &[1]));
    let size = tlv::encode_all(0xA5, &[integer(0x80, &der_number(width)), integer(0x81, &der_number(height))]);
    let two_dimensional =
        tlv::encode_all(0xA0, &[tlv::encode(0x80, image), tlv::encode_all(0xA1, &[format, kind, size])]);
    let representation = tlv::encode(0xA1, &tlv::encode(0xA0, &two_dimensional));
    let blocks = tlv::encode(0xA1, &tlv::encode_all(0x30, &[integer(0x80, &[0]), representation]));
    let version = tlv::encode_all(0xA0, &[integer(0x80, &[3]), integer(0x81, &der_number(2019))]);
    let block = tlv::encode_all(0x65, &[version, blocks]);
    with_header(&[0, 0x2A], &tlv::encode(0x7F2E, &tlv::encode(0xA1, &block)))
}

/// The content of a DER integer.
fn der_number(number: u16) -> Vec<u8> {
    let [high, low] = number.to_be_bytes();
    match (high, low) {
        (0, 0..=0x7F) => vec![low],
        (0, _) | (1..=0x7F, _) => vec![high, low],
        _ => vec![0, high, low],
    }
}

/// One biometric template: type facial features, format owner ISO/IEC JTC 1/SC 37, `format` and the data block.
fn with_header(format: &[u8], data: &[u8]) -> Vec<u8> {
    let header = tlv::encode_all(
        0xA1,
        &[tlv::encode(0x81, &[2]), tlv::encode(0x82, &[0]), tlv::encode(0x87, &[1, 1]), tlv::encode(0x88, format)],
    );
    let template = tlv::encode_all(0x7F60, &[header, data.to_vec()]);
    tlv::encode(0x75, &tlv::encode_all(0x7F61, &[tlv::encode(0x02, &[1]), template]))
}

pub(super) fn dg13(person: &Person) -> Vec<u8> {
    let field = |number: u8, value: &[u8]| der::sequence(&[der::integer(&[number]), value.to_vec()]);
    let relatives = [der::sequence(&[der::utf8("Cha Giả Định")]), der::sequence(&[der::utf8("Mẹ Giả Định")])].concat();
    let expiry = person.expiry.map_or_else(|| "Không thời hạn".to_owned(), slashed);
    let sex = if person.female { "Nữ" } else { "Nam" };
    let mut fields = vec![
        field(1, &der::printable(&person.number)),
        field(2, &der::utf8(&person.full_name)),
        field(3, &der::printable(&slashed(person.birth))),
        field(4, &der::utf8(sex)),
        field(5, &der::utf8("Việt Nam")),
        field(6, &der::utf8("Dân tộc mẫu")),
        field(7, &der::utf8("Tôn giáo mẫu")),
        field(8, &der::utf8("Quê quán mẫu")),
        field(9, &der::utf8("Số 1 Phố Thử, Phường Mẫu")),
        field(10, &der::utf8("Đặc điểm mẫu")),
        field(11, &der::printable(&slashed(person.issued))),
        field(12, &der::utf8(&expiry)),
        field(13, &relatives),
        field(14, &[]),
        field(16, &der::printable("LAB0000000000000")),
    ];
    if let Some(old_number) = &person.old_number {
        fields.insert(14, field(15, &der::printable(old_number)));
    }
    // The fields stand in the order of their numbers, not in DER's: that is how cards write them.
    let list = tlv::encode_all(0x31, &fields);
    tlv::encode(0x6D, &der::sequence(&[der::integer(&[1]), der::oid(UTF8_OID), list]))
}

/// What a chip offers in its unsigned and signed lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    pub(super) pace: Option<PaceInfo>,
    pub(super) chip_authentication: bool,
    pub(super) chip_mapping: bool,
}

pub(super) fn dg14(offer: Offer, chip_key: Option<&Point>) -> Vec<u8> {
    tlv::encode(0x6E, &signed_infos(offer, chip_key))
}

/// The offer with the chip's key: the content of DG14 and of EF.CardSecurity.
pub(super) fn signed_infos(offer: Offer, chip_key: Option<&Point>) -> Vec<u8> {
    match chip_key {
        Some(key) => signed_infos_with(offer, &der::public_key(key)),
        None => der::set_of(offered(offer)),
    }
}

/// The same with the key's SubjectPublicKeyInfo as it is given.
pub(super) fn signed_infos_with(offer: Offer, key_info: &[u8]) -> Vec<u8> {
    let mut infos = offered(offer);
    infos.push(der::sequence(&[der::oid(PK_ECDH), key_info.to_vec()]));
    der::set_of(infos)
}

pub(super) fn card_access(offer: Offer) -> Vec<u8> {
    der::set_of(offered(offer))
}

/// Terminal authentication, chip authentication and PACE, as seen on cards.
fn offered(offer: Offer) -> Vec<Vec<u8>> {
    let info = |kind: &[u8], rest: &[Vec<u8>]| der::sequence(&[&[der::oid(kind)], rest].concat());
    let mut infos = vec![info(TERMINAL_AUTHENTICATION, &[der::integer(&[1])])];
    if let Some(pace) = offer.pace {
        let mut play = |variant: PaceInfo| {
            infos.push(info(&variant.oid(), &[der::integer(&[2]), der::integer(&[variant.parameter_id])]));
        };
        play(pace);
        if offer.chip_mapping {
            play(PaceInfo { mapping: Mapping::ChipAuthentication, ..pace });
        }
    }
    if offer.chip_authentication {
        infos.push(info(CA_ECDH_AES_128, &[der::integer(&[1])]));
    }
    infos
}

fn expiry(person: &Person) -> String {
    person.expiry.map_or_else(|| "991231".to_owned(), yymmdd)
}

pub(super) fn yymmdd(date: Date) -> String {
    format!("{:02}{:02}{:02}", date.year().rem_euclid(100), date.month(), date.day())
}

fn slashed(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}
