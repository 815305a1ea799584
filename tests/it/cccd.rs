//! The Vietnamese card: number, QR, keys, DG13, holder. All people are synthetic (place code 099).

use diemdanh::bits::tlv;
use diemdanh::cccd::access::{TypedError, bac_candidates, key_from_qr, key_from_typed};
use diemdanh::cccd::dg13::{self, Details};
use diemdanh::cccd::holder::{Holder, HolderError, HolderNote, Sex};
use diemdanh::cccd::number::{NumberError, NumberSex, PersonalNumber};
use diemdanh::cccd::qr::QrError;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::lds::files::{FileId, LdsFiles};

const MRZ: &str = "IDVNM2080000172099208000017<<80802156M3302152VNM<<<<<<<<<<<4NGUYEN<<VAN<MAU<<<<<<<<<<<<<<<";

fn dg1(mrz: &str) -> Vec<u8> {
    tlv::encode(0x61, &tlv::encode(0x5F1F, mrz.as_bytes()))
}

fn field(number: u8, value: &[u8]) -> Vec<u8> {
    tlv::encode(0x30, &[&[0x02, 0x01, number], value].concat())
}

fn text_field(number: u8, tag: u32, text: &str) -> Vec<u8> {
    field(number, &tlv::encode(tag, text.as_bytes()))
}

fn dg13(fields: &[Vec<u8>]) -> Vec<u8> {
    let version = tlv::encode(0x02, &[1]);
    let oid = tlv::encode(0x06, &[0x28, 0xD3, 0x16, 0x01, 0x00, 0x08]);
    tlv::encode(0x6D, &tlv::encode_all(0x30, &[version, oid, tlv::encode_all(0x31, fields)]))
}

fn good_fields() -> Vec<Vec<u8>> {
    vec![
        text_field(1, 0x13, "099208000017"),
        text_field(2, 0x0C, "Nguyễn Văn Mẫu"),
        text_field(3, 0x13, "15/02/2008"),
        text_field(4, 0x0C, "Nam"),
        text_field(6, 0x0C, "Kinh-thử"),
        text_field(7, 0x0C, "Không-thử"),
        text_field(9, 0x0C, "Số 1 Phố Thử"),
        field(13, &[text_field(1, 0x0C, "Cha Thử"), text_field(2, 0x0C, "Mẹ Thử")].concat()),
        field(14, &[]),
        text_field(15, 0x13, "099000001"),
        text_field(16, 0x13, "THU0000000000016"),
    ]
}

#[test]
fn the_number_tells_key_mask_birth_year_and_sex() {
    let number = PersonalNumber::parse("099208000017").unwrap();
    assert_eq!(number.can(), AccessKey::can("000017"));
    assert_eq!(number.document_number(), "208000017");
    assert_eq!(number.masked(), "099208••••17");
    assert_eq!((number.birth_year(), number.sex()), (2008, NumberSex::Male));
    let elder = PersonalNumber::parse("099199000018").unwrap();
    assert_eq!((elder.birth_year(), elder.sex()), (1999, NumberSex::Female));
    assert!(!PersonalNumber::parse("003208000017").unwrap().place_is_known());
    assert_eq!(PersonalNumber::parse("09920800001"), Err(NumberError::WrongLength { found: 11 }));
    assert_eq!(PersonalNumber::parse("09920800001٣"), Err(NumberError::NotADigit));
    assert!(!format!("{number:?}").contains("099"));
}

#[test]
fn every_variant_of_the_qr_gives_the_number() {
    let rows = [
        "099208000017|099000001|Nguyễn Văn Mẫu|15022008|Nam|Số 1 Phố Thử|01012024",
        "099208000017|Nguyễn Văn Mẫu|15022008|Nam|Số 1 Phố Thử|01012024",
        "\u{FEFF}099208000017|099000001|Nguyễn Văn Mẫu|15/02/2008|Nam|Số 1 Phố Thử|01/01/2024\r\n",
        "099208000017",
    ];
    for text in rows {
        let found = key_from_qr(text).unwrap();
        assert_eq!(found.number, Some(PersonalNumber::parse("099208000017").unwrap()), "{text}");
        assert_eq!(found.key, AccessKey::can("000017"), "{text}");
    }
    let card = diemdanh::cccd::qr::QrCard::parse(rows[2]).unwrap();
    assert_eq!(card.birth, Some(jiff::civil::date(2008, 2, 15)));
    assert_eq!(key_from_qr("https://example.org"), Err(QrError::Number(NumberError::NotADigit)));
    assert_eq!(key_from_qr(&"1".repeat(5000)), Err(QrError::TooLong));
}

#[test]
fn typed_digits_open_the_chip() {
    assert_eq!(key_from_typed(" 000017 ").unwrap().key, AccessKey::can("000017"));
    assert_eq!(key_from_typed("099 208 000 017").unwrap().key, AccessKey::can("000017"));
    assert_eq!(key_from_typed("17"), Err(TypedError::WrongLength { found: 2 }));
    assert_eq!(key_from_typed("00001a"), Err(TypedError::NotADigit));
}

#[test]
fn bac_without_an_expiry_date_tries_the_birthdays_of_the_law() {
    let number = PersonalNumber::parse("099208000017").unwrap();
    let keys = bac_candidates(&number, jiff::civil::date(2008, 2, 15));
    let expected: Vec<AccessKey> = ["330215", "480215", "680215", "220215", "991231"]
        .iter()
        .map(|expiry| AccessKey::mrz("208000017", "080215", expiry))
        .collect();
    assert_eq!(keys, expected);
}

#[test]
fn holder_is_made_from_both_files() {
    let (holder, notes) = Holder::from_files(&dg1(MRZ), Some(&dg13(&good_fields()))).unwrap();
    assert_eq!(holder.number.personal().unwrap().reveal(), "099208000017");
    assert_eq!(holder.full_name.reveal(), "Nguyễn Văn Mẫu");
    assert_eq!(holder.birth_date.reveal(), "2008-02-15");
    assert_eq!(holder.birth_date_vi().reveal(), "15/02/2008");
    assert_eq!(holder.sex, Sex::Male);
    assert_eq!(holder.expiry, Some(jiff::civil::date(2033, 2, 15)));
    assert_eq!(holder.old_number.as_ref().map(|number| number.reveal().as_str()), Some("099000001"));
    assert_eq!(notes, []);
}

#[test]
fn d_dg13_decomposed_names_and_other_string_types_are_read() {
    let utf16: Vec<u8> = "Nguyễn Văn Mẫu".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let decomposed = "Nguye\u{302}\u{303}n Va\u{306}n Ma\u{302}\u{303}u";
    let rows =
        [field(2, &tlv::encode(0x1E, &utf16)), text_field(2, 0x0C, decomposed), text_field(2, 0x16, "Nguyễn Văn Mẫu")];
    for row in rows {
        let details = Details::parse(&dg13(&[row])).unwrap();
        assert_eq!(details.full_name.unwrap().reveal(), "Nguyễn Văn Mẫu");
    }
}

#[test]
fn d_dg13_any_field_may_be_missing_empty_or_unknown() {
    for left_out in 0..good_fields().len() {
        let mut fields = good_fields();
        fields.remove(left_out);
        fields.push(text_field(99, 0x0C, "Lạ"));
        fields.push(tlv::encode(0x0C, b"stray"));
        assert!(Holder::from_files(&dg1(MRZ), Some(&dg13(&fields))).is_ok(), "without {left_out}");
    }
    let (holder, notes) = Holder::from_files(&dg1(MRZ), Some(&dg13(&[field(2, &[])]))).unwrap();
    assert_eq!(holder.full_name.reveal(), "NGUYEN VAN MAU");
    assert_eq!(notes, [HolderNote::NameMissingInDetails]);
    let (holder, notes) = Holder::from_files(&dg1(MRZ), None).unwrap();
    assert_eq!(holder.birth_date.reveal(), "2008-02-15");
    assert_eq!(notes, [HolderNote::NameWithoutDiacritics]);
}

#[test]
fn files_that_disagree_on_the_number_are_an_error_and_the_rest_a_note() {
    let other = dg13(&[text_field(1, 0x13, "099208000018")]);
    assert_eq!(Holder::from_files(&dg1(MRZ), Some(&other)), Err(HolderError::NumbersDisagree));
    let inner = MRZ.replacen("099208000017", "099208000018", 1);
    assert_eq!(Holder::from_files(&dg1(&inner), None), Err(HolderError::NumbersDisagree));
    let woman = MRZ.replacen("M3302152", "F3302152", 1);
    let (_, notes) = Holder::from_files(&dg1(&woman), Some(&dg13(&good_fields()))).unwrap();
    assert_eq!(notes, [HolderNote::SexDigitDisagrees]);
    let birth = dg13(&[text_field(2, 0x0C, "Mẫu"), text_field(3, 0x13, "16/02/2008")]);
    let (holder, notes) = Holder::from_files(&dg1(MRZ), Some(&birth)).unwrap();
    assert_eq!((holder.birth_date.reveal().as_str(), notes), ("2008-02-15", vec![HolderNote::BirthDateDisagrees]));
}

#[test]
fn foreign_documents_have_no_holder() {
    let foreign = MRZ.replacen("IDVNM", "IDUTO", 1);
    assert_eq!(Holder::from_files(&dg1(&foreign), None), Err(HolderError::NotAnIdentityCard));
}

#[test]
fn sensitive_fields_are_overwritten_and_the_others_stay() {
    let mut files = LdsFiles::new();
    files.insert(FileId::Dg(13), dg13(&good_fields()));
    dg13::wipe_sensitive(&mut files);
    let left = files.get(FileId::Dg(13)).unwrap();
    for word in ["Kinh", "Không", "Phố", "Cha", "Mẹ", "THU0"] {
        assert!(!left.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    let details = Details::parse(left).unwrap();
    assert_eq!(details.full_name.unwrap().reveal(), "Nguyễn Văn Mẫu");
    files.insert(FileId::Dg(13), b"garbage".to_vec());
    dg13::wipe_sensitive(&mut files);
    assert_eq!(files.get(FileId::Dg(13)), None);
}

#[test]
fn garbage_is_an_error_and_never_a_panic() {
    let good = dg13(&good_fields());
    for length in 0..good.len() {
        let _ = Details::parse(&good[..length]);
        let mut changed = good.clone();
        changed[length] ^= 0xFF;
        let _ = Details::parse(&changed);
        let mut files = LdsFiles::new();
        files.insert(FileId::Dg(13), changed);
        dg13::wipe_sensitive(&mut files);
    }
}

/// A field that ends before its number was an arithmetic overflow once.
#[test]
fn fields_too_short_for_a_number_are_skipped() {
    use diemdanh::bits::tlv::{encode, encode_all};
    for short in [&[][..], &[0x02], &[0x02, 0x01], &[0x02, 0x01, 0x05]] {
        let list = encode(0x31, &encode(0x30, short));
        let mut files = LdsFiles::new();
        files.insert(FileId::Dg(13), encode(0x6D, &encode_all(0x30, &[encode(0x02, &[1]), list])));
        dg13::wipe_sensitive(&mut files);
        assert!(files.get(FileId::Dg(13)).is_some(), "{short:?}");
    }
}
