//! Padding method 2 of ISO/IEC 9797-1 (also ISO/IEC 7816-4 §10.2.3.1).

/// Appends `80` and as many `00` as fill the last block; data that fills its last block gets one more.
///
/// ```
/// use diemdanh_crypto::padding::{pad, unpad};
///
/// assert_eq!(pad(&[1, 2, 3], 8), [1, 2, 3, 0x80, 0, 0, 0, 0]);
/// assert_eq!(unpad(&[1, 2, 3, 0x80, 0, 0, 0, 0], 8), Some([1, 2, 3].as_slice()));
/// assert_eq!(pad(&[0; 8], 8).len(), 16);
/// ```
pub fn pad(data: &[u8], block_len: usize) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(block_len), 0);
    padded
}

/// Takes the padding off. `None` where the last block does not end in `80 00…`.
pub fn unpad(padded: &[u8], block_len: usize) -> Option<&[u8]> {
    let zeros = padded.iter().rev().take_while(|byte| **byte == 0).count();
    let end = padded.len().checked_sub(zeros + 1)?;
    let complete = padded.len().is_multiple_of(block_len) && zeros < block_len;
    (complete && padded.get(end) == Some(&0x80)).then(|| padded.get(..end)).flatten()
}
