//! Hostile bytes: every parser of foreign data meets noise, cuts and flipped bytes, and returns.

use crate::inspection_support::{issued, person};
use diemdanh::bits::tlv::{encode, encode_all};
use diemdanh::emrtd::lds::dg2::{self, Dg2Error, ImageKind};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::lds::image_header::{HeaderError, dimensions};
use diemdanh::emrtd::lds::portrait::{Portrait, PortraitError};
use diemdanh::lab::fuzz;
use diemdanh::lab::issuer::portrait::Coding;
use diemdanh::lab::issuer::{Issuer, Making};
use proptest::prelude::*;
use std::sync::OnceLock;

/// The files of a good card and its signer, as seeds for mutation.
fn seeds() -> &'static Vec<Vec<u8>> {
    static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let card = issued(&Making { portrait: Coding::Jpeg, ..Making::default() });
        let signer = Issuer::lab().unwrap().signer_der().to_vec();
        let mut seeds: Vec<Vec<u8>> = card.files.into_values().chain(card.master_files.into_values()).collect();
        seeds.push(signer);
        seeds.push(person().qr().into_bytes());
        seeds
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_never_stops_the_desk(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        fuzz::run_all(&bytes);
    }

    #[test]
    fn noise_behind_each_tag_never_stops_the_desk(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        tag in prop::sample::select(vec![0x30_u32, 0x31, 0x60, 0x61, 0x6D, 0x6E, 0x6F, 0x75, 0x77]),
    ) {
        fuzz::run_all(&encode(tag, &bytes));
    }

    #[test]
    fn changed_and_cut_files_never_stop_the_desk(
        seed in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = seed.get(seeds()).clone();
        for (position, value) in flips {
            let position = position.index(bytes.len().min(400));
            bytes[position] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        fuzz::run_all(&bytes);
    }
}

#[test]
fn d_dg13_deep_nesting_ends() {
    let mut bytes = [0x30, 0x80].repeat(5_000);
    fuzz::run_all(&bytes);
    bytes.extend(vec![0; 10_000]);
    fuzz::run_all(&bytes);
    let deep = (0..200).fold(vec![0x05, 0x00], |inner, _| encode(0x30, &inner));
    fuzz::run_all(&deep);
}

/// A face record with `faces` faces whose only block holds `image`, its lengths off by `error`.
fn record(faces: u16, image: &[u8], error: i32) -> Vec<u8> {
    let length = |length: usize| (i32::try_from(length).unwrap() + error).to_be_bytes();
    let block = [&length(32 + image.len())[..], &[0; 16], &[1, 0, 0, 240, 1, 64, 1, 0, 0, 0, 0, 0], image].concat();
    [b"FAC\x00010\x00".as_slice(), &length(14 + block.len()), &faces.to_be_bytes(), &block].concat()
}

fn dg2_of(count: &[u8], record: &[u8]) -> Vec<u8> {
    let template = encode_all(0x7F60, &[encode(0xA1, &[]), encode(0x5F2E, record)]);
    encode(0x75, &encode_all(0x7F61, &[encode(0x02, count), template]))
}

fn jpeg() -> Vec<u8> {
    let card = issued(&Making { portrait: Coding::Jpeg, ..Making::default() });
    dg2::parse(&card.files[&FileId::Dg(2).fid()]).unwrap().bytes.to_vec()
}

#[test]
fn d_dg2_odd_face_records_give_a_portrait_or_a_named_reason() {
    let image = jpeg();
    for error in [0, 8, -8, 14, -14, 1_000_000] {
        assert!(Portrait::from_dg2(&dg2_of(&[1], &record(1, &image, error))).is_ok(), "lengths off by {error}");
    }
    assert!(Portrait::from_dg2(&dg2_of(&[2], &record(2, &image, 0))).is_ok(), "two faces: the first");
    let secured = encode(0x7F2E, &record(1, &image, 0));
    let template = encode_all(0x7F60, &[encode(0xA1, &[]), secured]);
    let secured = encode(0x75, &encode_all(0x7F61, &[encode(0x02, &[1]), template]));
    assert!(Portrait::from_dg2(&secured).is_ok(), "the record in 7F2E");
    let rows = [
        (dg2_of(&[1], &record(0, &image, 0)), Dg2Error::NoFace),
        (dg2_of(&[0], &record(1, &image, 0)), Dg2Error::NoFace),
        (dg2_of(&[1], &[0x65, 0x00]), Dg2Error::NoFace),
        (dg2_of(&[1], b"IIR\0"), Dg2Error::NotAFaceRecord),
        (dg2_of(&[1], &record(1, &[], 0)), Dg2Error::UnknownImage),
        (dg2_of(&[1], &record(1, b"GIF89a", 0)), Dg2Error::UnknownImage),
        (dg2_of(&[1], &record(1, &image, 0)[..40]), Dg2Error::Truncated),
        (encode(0x75, &vec![0; dg2::MAX_DG2_BYTES]), Dg2Error::TooLarge),
    ];
    for (file, cause) in rows {
        assert_eq!(Portrait::from_dg2(&file), Err(PortraitError::Dg2(cause)));
    }
}

/// A DG2 of the lab with a block of ISO/IEC 39794-5.
fn new_block(portrait: Coding) -> Vec<u8> {
    let card = issued(&Making { portrait, new_face_block: true, ..Making::default() });
    card.files[&FileId::Dg(2).fid()].clone()
}

#[test]
fn d_dg2_block_of_39794_gives_the_same_portrait_as_the_old_record() {
    for portrait in [Coding::Jpeg, Coding::Jp2, Coding::Codestream] {
        let old = issued(&Making { portrait, ..Making::default() });
        let old = Portrait::from_dg2(&old.files[&FileId::Dg(2).fid()]).unwrap();
        let new = Portrait::from_dg2(&new_block(portrait)).unwrap();
        assert!((new.width, new.height) == (old.width, old.height) && new.rgba == old.rgba, "{portrait:?}");
        assert_eq!(new.eyes, None, "its landmarks are not looked at");
    }
}

/// A file around what stands in `7F2E`.
fn constructed(inner: &[u8]) -> Vec<u8> {
    let template = encode_all(0x7F60, &[encode(0xA1, &[]), encode(0x7F2E, inner)]);
    encode(0x75, &encode_all(0x7F61, &[encode(0x02, &[1]), template]))
}

/// The way to the image, from the inside out.
fn block_around(image: &[u8], representations: usize) -> Vec<u8> {
    let base = encode(0xA0, &encode(0xA0, &encode(0x80, image)));
    let representation = encode_all(0x30, &[encode(0x80, &[0]), encode(0xA1, &base)]);
    encode_all(0x65, &[encode(0xA0, &[0x80, 1, 3]), encode(0xA1, &representation.repeat(representations))])
}

#[test]
fn d_dg2_block_of_39794_wrapped_or_not_and_with_several_faces_is_read() {
    let image = jpeg();
    let rows = [
        (constructed(&encode(0xA1, &block_around(&image, 1))), 1),
        (constructed(&block_around(&image, 1)), 1),
        (dg2_of(&[1], &block_around(&image, 1)), 1),
        (constructed(&encode(0xA1, &block_around(&image, 2))), 2),
    ];
    for (file, faces) in rows {
        let found = dg2::parse(&file).unwrap();
        assert_eq!((found.faces, found.bytes), (faces, image.as_slice()));
    }
}

#[test]
fn d_dg2_block_of_39794_cut_anywhere_is_unreadable_and_never_more() {
    let whole = new_block(Coding::Jpeg);
    for length in (0..600).chain([whole.len() - 1]) {
        assert!(Portrait::from_dg2(&whole[..length]).is_err(), "cut to {length} bytes");
    }
    let inner = block_around(&jpeg(), 1);
    for length in (0..200).chain([inner.len() - 1]) {
        assert!(dg2::parse(&constructed(&inner[..length])).is_err(), "block cut to {length} bytes");
    }
}

#[test]
fn d_dg2_block_of_39794_nested_too_deep_or_without_an_image_is_unreadable() {
    let deep = |tag: u32| (0..5_000).fold(vec![], |inner: Vec<u8>, _| encode(tag, &inner));
    let unrelated = encode(0x65, &encode(0xA1, &[0x05, 0x00].repeat(5_000)));
    let rows = [
        constructed(&deep(0xA1)),
        constructed(&encode(0xA1, &deep(0x65))),
        constructed(&encode(0xA1, &block_around(&deep(0xA0), 1))),
        constructed(&encode(0xA1, &unrelated)),
        constructed(&encode(0xA1, &block_around(&[], 1))),
        constructed(&encode(0xA1, &block_around(b"GIF89a", 1))),
        constructed(&encode(0xA1, &block_around(&jpeg(), 0))),
        constructed(&[]),
    ];
    for (index, file) in rows.iter().enumerate() {
        assert!(dg2::parse(file).is_err(), "row {index}");
    }
}

#[test]
fn d_dg2_hundred_megapixel_headers_are_refused_before_decoding() {
    let mut image = jpeg();
    let frame = image.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    image[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
    let refused = Err(HeaderError::WrongSize { width: 10_000, height: 10_000 });
    assert_eq!(dimensions(ImageKind::Jpeg, &image), refused);
    let card = issued(&Making { portrait: Coding::Codestream, ..Making::default() });
    let mut image = dg2::parse(&card.files[&FileId::Dg(2).fid()]).unwrap().bytes.to_vec();
    assert_eq!(dimensions(ImageKind::Codestream, &image), Ok((240, 320)));
    for field in [8, 12, 24, 28] {
        image[field..field + 4].copy_from_slice(&10_000_u32.to_be_bytes());
    }
    assert_eq!(dimensions(ImageKind::Codestream, &image), refused);
}
