//! One line of the log: canonical JSON (RFC 8785) without floats.

use super::{AttendanceEvent, Code, one_pass};
use bits::json;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The version of the entry's form.
pub const ENTRY_VERSION: u8 = 1;

/// An event with its place, its times and its operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of the form, [`ENTRY_VERSION`].
    pub v: u8,
    /// Place in the segment, from 0; also the leaf's index in its tree.
    pub seq: u64,
    /// Wall clock, UTC, whole milliseconds.
    #[serde(serialize_with = "write_time", deserialize_with = "read_time")]
    pub t: Timestamp,
    /// Milliseconds since the machine was started, by a clock that nobody sets: it orders entries whatever `t` says.
    pub bt: u64,
    /// The operating system's id of this boot.
    pub boot: String,
    /// Code of who was signed in; who answered for an entry beside that is in `event`.
    pub op: Code,
    /// What happened; its fields stand beside these in the JSON, its kind in `ev`.
    #[serde(flatten)]
    pub event: AttendanceEvent,
}

impl Entry {
    /// The exact bytes that are hashed and stored; `None` only where the event cannot be written as JSON, or has a number
    /// of more than fifteen digits.
    pub fn encode(&self) -> Option<Vec<u8>> {
        json::canonical(&serde_json::to_vec(self).ok()?)
    }

    /// Reads an entry. `None` unless writing it again gives the same bytes: unknown fields, other spacing, other
    /// order or other spelling of a value are all foreign.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        one_pass::read(bytes).or_else(|| Self::parse_and_compare(bytes))
    }

    /// The same for every kind, by reading and writing again; several times slower.
    pub fn parse_and_compare(bytes: &[u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(bytes).ok()?;
        (entry.v == ENTRY_VERSION && entry.encode()? == bytes).then_some(entry)
    }
}

/// Cuts a time to whole milliseconds, the precision of the log.
pub fn whole_ms(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// Writes a time as entries do: UTC, whole milliseconds.
pub(super) fn write_time<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("{time:.3}"))
}

/// Reads what [`write_time`] wrote, and other spellings of the same time: an entry is held against its bytes anyway.
pub(super) fn read_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}
