//! The words that name a log: exam, desk and session, each a part of an origin.
//!
//! A part is printable ASCII without a space, a slash or a plus sign (C2SP `signed-note`, key names), begins with a letter or
//! a digit so that it may name a folder, and is read once, where it comes in. A site is none of them: it is what a list of candidates says, and never a part of an origin.

use std::fmt::{self, Display};
use std::ops::Deref;
use std::str::FromStr;

/// The longest part of an origin, in bytes.
pub const MAX_ID_LEN: usize = 64;

/// Text that cannot be a part of an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not 1 to {MAX_ID_LEN} printable ASCII characters without space, slash or plus sign, the first a letter or digit"
)]
pub struct IdError;

/// Declares a word that names something in an origin; the types do not mix.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(String);

            impl FromStr for $name {
                type Err = IdError;

                fn from_str(text: &str) -> Result<Self, IdError> {
                    is_part(text).then(|| Self(text.to_owned())).ok_or(IdError)
                }
            }

            impl TryFrom<String> for $name {
                type Error = IdError;

                fn try_from(text: String) -> Result<Self, IdError> {
                    text.parse()
                }
            }

            impl Deref for $name {
                type Target = str;

                fn deref(&self) -> &str {
                    &self.0
                }
            }

            impl AsRef<std::path::Path> for $name {
                fn as_ref(&self) -> &std::path::Path {
                    self.0.as_ref()
                }
            }

            impl Display for $name {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    formatter.write_str(&self.0)
                }
            }

            impl PartialEq<str> for $name {
                fn eq(&self, other: &str) -> bool {
                    self.0 == other
                }
            }

            impl PartialEq<String> for $name {
                fn eq(&self, other: &String) -> bool {
                    self.0 == *other
                }
            }

            impl PartialEq<$name> for String {
                fn eq(&self, other: &$name) -> bool {
                    *self == other.0
                }
            }
        )*
    };
}

ids! {
    /// The exam's word from the board's settings, `tn2026`.
    ///
    /// ```
    /// use diemdanh_record::ids::ExamId;
    ///
    /// let exam: ExamId = "tn2026".parse()?;
    /// assert_eq!(&*exam, "tn2026");
    /// assert!("tn 2026".parse::<ExamId>().is_err(), "a space ends a key's name in a signed note");
    /// # Ok::<(), diemdanh_record::ids::IdError>(())
    /// ```
    ExamId
    /// A desk's id as its certificate has it, `ban-01`.
    DeskId
    /// A session's word, `b1`: a desk begins a log for each. What people read is the session's title.
    SessionId
}

fn is_part(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'+' && byte != b'/';
    let begins_well = text.starts_with(|first: char| first.is_ascii_alphanumeric());
    begins_well && text.len() <= MAX_ID_LEN && text.bytes().all(allowed)
}
