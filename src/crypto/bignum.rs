//! Unsigned integers of any length as the standards write them: big-endian, fixed length.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

/// The bytes without leading zeros.
pub fn trim(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// `bytes` with leading zeros added or taken off so that `length` remain. `None` where the value is too large.
pub fn fixed_len(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    let digits = trim(bytes);
    let mut out = vec![0; length.checked_sub(digits.len())?];
    out.extend_from_slice(digits);
    Some(out)
}

/// An odd modulus with everything that Montgomery multiplication wants.
#[derive(Debug, Clone)]
pub struct Modulus {
    params: BoxedMontyParams,
    byte_len: usize,
}

impl Modulus {
    /// Takes big-endian `bytes`. `None` where the number is even, zero or one.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let digits = trim(bytes);
        let odd: Odd<BoxedUint> = Odd::new(BoxedUint::from_be_slice_vartime(digits)).into_option()?;
        if odd.bits_vartime() < 2 {
            return None;
        }
        Some(Self { params: BoxedMontyParams::new_vartime(odd), byte_len: digits.len() })
    }

    /// Length in bytes without leading zeros.
    pub fn byte_len(&self) -> usize {
        self.byte_len
    }

    /// Length in bits.
    pub fn bits(&self) -> u32 {
        self.value().bits_vartime()
    }

    /// The modulus itself.
    pub fn value(&self) -> &BoxedUint {
        self.params.modulus().as_ref()
    }

    /// Big-endian `bytes` as an element. `None` where the number is not below the modulus.
    pub fn element(&self, bytes: &[u8]) -> Option<BoxedMontyForm> {
        let value = BoxedUint::from_be_slice(trim(bytes), self.value().bits_precision()).ok()?;
        (value.cmp_vartime(self.value()).is_lt()).then(|| BoxedMontyForm::new(value, &self.params))
    }

    /// Big-endian `bytes` of any length, reduced.
    pub fn reduce(&self, bytes: &[u8]) -> BoxedMontyForm {
        let wide = BoxedUint::from_be_slice_vartime(bytes);
        BoxedMontyForm::new(wide.rem(self.params.modulus().as_nz_ref()), &self.params)
    }

    /// The element's number, big-endian with the modulus' length.
    pub fn encode(&self, element: &BoxedMontyForm) -> Vec<u8> {
        fixed_len(&element.retrieve().to_be_bytes(), self.byte_len).unwrap_or_default()
    }

    /// The element one.
    pub fn one(&self) -> BoxedMontyForm {
        BoxedMontyForm::one(&self.params)
    }

    /// `base` to the power of the big-endian `exponent`, in time that depends on the exponent's length only.
    pub fn power(&self, base: &BoxedMontyForm, exponent: &[u8]) -> BoxedMontyForm {
        base.pow(&BoxedUint::from_be_slice_vartime(exponent))
    }
}
