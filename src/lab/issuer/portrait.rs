//! Portraits of lab people, coded as cards code them.
//!
//! JPEG is coded at issue. No pure-Rust JPEG 2000 encoder is kept well enough to take, so the pictures of the demo
//! people were coded once from the same drawings (see `assets/lab/portraits/README.md`) and are built in.

use super::IssueError;
use super::people::Person;
pub use face::SIZE;

/// How a portrait is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// JPEG.
    Jpeg,
    /// JPEG 2000 in its box format.
    Jp2,
    /// A bare JPEG 2000 codestream.
    Codestream,
}

/// The coded portrait of `person`.
///
/// # Errors
/// [`IssueError::Portrait`] when there is no JPEG 2000 picture of this face, or coding failed.
pub fn coded(person: &Person, coding: Coding) -> Result<Vec<u8>, IssueError> {
    match coding {
        Coding::Jpeg => face::jpeg(person.face).ok_or(IssueError::Portrait),
        Coding::Jp2 => jp2(person.face).map(<[u8]>::to_vec).ok_or(IssueError::Portrait),
        Coding::Codestream => jp2(person.face).and_then(codestream).map(<[u8]>::to_vec).ok_or(IssueError::Portrait),
    }
}

/// Puts a box that decoders pass over (ITU-T T.800 §I.7) behind a picture in the box format, up to `bytes` in all.
pub(super) fn filled_up(mut image: Vec<u8>, bytes: usize) -> Vec<u8> {
    let missing = bytes.saturating_sub(image.len());
    if let Ok(length) = u32::try_from(missing)
        && missing >= FREE_BOX_HEADER
    {
        image.extend_from_slice(&length.to_be_bytes());
        image.extend_from_slice(b"free");
        image.resize(bytes, 0);
    }
    image
}

const FREE_BOX_HEADER: usize = 8;

fn jp2(number: u32) -> Option<&'static [u8]> {
    PICTURES.get(usize::try_from(number.checked_sub(1)?).ok()?).copied()
}

/// The codestream starts with its own two markers, which stand nowhere else in a box file.
fn codestream(jp2: &'static [u8]) -> Option<&'static [u8]> {
    let start = jp2.windows(4).position(|window| window == [0xFF, 0x4F, 0xFF, 0x51])?;
    jp2.get(start..)
}

const PICTURES: [&[u8]; 10] = [
    include_bytes!("../../../assets/lab/portraits/face01.jp2"),
    include_bytes!("../../../assets/lab/portraits/face02.jp2"),
    include_bytes!("../../../assets/lab/portraits/face03.jp2"),
    include_bytes!("../../../assets/lab/portraits/face04.jp2"),
    include_bytes!("../../../assets/lab/portraits/face05.jp2"),
    include_bytes!("../../../assets/lab/portraits/face06.jp2"),
    include_bytes!("../../../assets/lab/portraits/face07.jp2"),
    include_bytes!("../../../assets/lab/portraits/face08.jp2"),
    include_bytes!("../../../assets/lab/portraits/face09.jp2"),
    include_bytes!("../../../assets/lab/portraits/face10.jp2"),
];
