//! Rows by a key, four bytes a row: sorted by the key's hash, which whoever asks computes again from the row's columns. Who
//! asks compares the key itself.

/// Rows by the hash of a key.
#[derive(Clone, Default)]
pub(super) struct Index {
    sorted: Vec<u32>,
}

impl Index {
    /// `keys` gives the hash of every row that has a key, in the order of the rows.
    pub(super) fn of(keys: impl Iterator<Item = (usize, u32)>, rows: usize) -> Self {
        let mut sorted = Vec::with_capacity(rows);
        sorted.extend(
            keys.map(|(row, hash)| u64::from(hash) << HALF | u64::from(u32::try_from(row).unwrap_or(u32::MAX))),
        );
        sorted.sort_unstable();
        let row = |entry: u64| u32::try_from(entry & u64::from(u32::MAX)).unwrap_or(u32::MAX);
        Self { sorted: sorted.into_iter().map(row).collect() }
    }

    /// The rows that may have the key of this hash, in their order; `key` gives the hash of a row.
    pub(super) fn rows(&self, hash: u32, key: impl Fn(usize) -> u32) -> impl Iterator<Item = usize> {
        let from = self.sorted.partition_point(|row| key(place(*row)) < hash);
        let rest = self.sorted.get(from..).unwrap_or_default().iter().map(|row| place(*row));
        rest.take_while(move |row| key(*row) == hash)
    }

    /// The rows of each hash that more than one row has; `key` gives the hash of a row.
    pub(super) fn same(&self, key: impl Fn(usize) -> u32) -> impl Iterator<Item = &[u32]> {
        let groups = self.sorted.chunk_by(move |one, other| key(place(*one)) == key(place(*other)));
        groups.filter(|rows| rows.len() > 1)
    }
}

/// The row of an entry.
pub(super) fn place(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

/// FNV-1a over parts that do not run into each other, folded to half its width.
pub(super) fn hash(parts: &[&[u8]]) -> u32 {
    let mut state = FNV_START;
    for part in parts {
        for byte in part.iter().chain(&[0xFF]) {
            state = (state ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
        }
    }
    u32::try_from((state ^ (state >> HALF)) & u64::from(u32::MAX)).unwrap_or(0)
}

const HALF: u32 = 32;
const FNV_START: u64 = 0xCBF2_9CE4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01B3;
