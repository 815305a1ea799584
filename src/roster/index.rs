//! Rows by a key, eight bytes a row: the key's hash and the row, sorted. Who asks compares the key itself.

/// Rows by the hash of a key.
#[derive(Clone, Default)]
pub(super) struct Index {
    sorted: Vec<u64>,
}

impl Index {
    /// `keys` gives the hash of every row that has a key, in the order of the rows.
    pub(super) fn of(keys: impl Iterator<Item = (usize, u32)>, rows: usize) -> Self {
        let mut sorted = Vec::with_capacity(rows);
        sorted.extend(
            keys.map(|(row, hash)| u64::from(hash) << HALF | u64::from(u32::try_from(row).unwrap_or(u32::MAX))),
        );
        sorted.sort_unstable();
        Self { sorted }
    }

    /// The rows that may have the key of this hash, in their order.
    pub(super) fn rows(&self, hash: u32) -> impl Iterator<Item = usize> + '_ {
        let from = self.sorted.partition_point(|entry| entry >> HALF < u64::from(hash));
        let own = self
            .sorted
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(move |entry| *entry >> HALF == u64::from(hash));
        own.filter_map(|entry| usize::try_from(entry & u64::from(u32::MAX)).ok())
    }

    /// Neighbours of one hash.
    pub(super) fn same(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let pairs = self.sorted.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)));
        let row = |entry: u64| usize::try_from(entry & u64::from(u32::MAX)).unwrap_or(usize::MAX);
        pairs.filter(|(one, two)| one >> HALF == two >> HALF).map(move |(one, two)| (row(one), row(two)))
    }
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
