//! Finite-field Diffie-Hellman: RFC 5114 §2.1–2.3, the standardised parameter ids 0–2 of ICAO Doc 9303-11 table 3.
//!
//! Invariants: an [`Element`] is in the subgroup of order q, is neither 0 nor 1, and is encoded with p's length.

use super::bignum::{self, Modulus};
use super::ec::reduced_nonzero;
use bits::hex;
use bits::random::Random;
use bits::secret::Secret;

/// A standardised group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// 1024-bit prime, 160-bit order; id 0.
    Modp1024Order160,
    /// 2048-bit prime, 224-bit order; id 1.
    Modp2048Order224,
    /// 2048-bit prime, 256-bit order; id 2.
    Modp2048Order256,
}

/// Why a value is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DhError {
    /// Longer than the prime, or not below it.
    #[error("the value is not below the prime")]
    OutOfRange,
    /// Zero, one, or the prime less one.
    #[error("the value is trivial")]
    Trivial,
    /// Outside the subgroup of order q.
    #[error("the value is not in the subgroup")]
    OutsideSubgroup,
    /// The secret is zero or not below the order.
    #[error("the secret is out of range")]
    SecretOutOfRange,
    /// Two values belong to different groups.
    #[error("the groups differ")]
    GroupMismatch,
}

impl Group {
    /// Every group in the order of the ids.
    pub const ALL: [Self; 3] = [Self::Modp1024Order160, Self::Modp2048Order224, Self::Modp2048Order256];

    /// The group with a standardised parameter id (0–2).
    pub fn from_parameter_id(id: u8) -> Option<Self> {
        Self::ALL.get(usize::from(id)).copied()
    }

    /// The standardised parameter id (0–2).
    pub fn parameter_id(self) -> u8 {
        match self {
            Self::Modp1024Order160 => 0,
            Self::Modp2048Order224 => 1,
            Self::Modp2048Order256 => 2,
        }
    }

    /// The prime, big-endian.
    pub fn p(self) -> Vec<u8> {
        hex::decode(self.constants().p).unwrap_or_default()
    }

    /// The generator, big-endian.
    pub fn g(self) -> Vec<u8> {
        hex::decode(self.constants().g).unwrap_or_default()
    }

    /// The order of the generator, big-endian.
    pub fn q(self) -> Vec<u8> {
        hex::decode(self.constants().q).unwrap_or_default()
    }

    fn constants(self) -> &'static GroupConstants {
        match self {
            Self::Modp1024Order160 => &GROUP_0,
            Self::Modp2048Order224 => &GROUP_1,
            Self::Modp2048Order256 => &GROUP_2,
        }
    }
}

/// A public value: an element of the subgroup other than one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    group: Group,
    encoded: Vec<u8>,
}

impl Element {
    /// Reads a public value and checks that it is in the subgroup.
    ///
    /// # Errors
    /// [`DhError`] for the first thing that is wrong.
    pub fn decode(group: Group, encoded: &[u8]) -> Result<Self, DhError> {
        let element = Self::unchecked(group, encoded)?;
        let p = modulus(group)?;
        let value = p.element(&element.encoded).ok_or(DhError::OutOfRange)?;
        if value.is_zero().to_bool() || value == p.one() || value == p.one().neg() {
            return Err(DhError::Trivial);
        }
        let in_subgroup = p.power(&value, &group.q()) == p.one();
        if in_subgroup { Ok(element) } else { Err(DhError::OutsideSubgroup) }
    }

    /// The group's generator.
    pub fn generator(group: Group) -> Self {
        Self { group, encoded: group.g() }
    }

    /// The group.
    pub fn group(&self) -> Group {
        self.group
    }

    /// The value with the prime's length.
    pub fn encode(&self) -> Vec<u8> {
        self.encoded.clone()
    }

    /// The generator of generic mapping: `g^nonce × shared` (ICAO Doc 9303-11 §4.4.3.3.1).
    ///
    /// # Errors
    /// [`DhError::Trivial`].
    pub fn generic_mapping(nonce: &[u8], shared: &Self) -> Result<Self, DhError> {
        let p = modulus(shared.group)?;
        let base = p.reduce(&shared.group.g());
        let mapped = p.power(&base, nonce).mul(&p.reduce(&shared.encoded));
        Self::decode(shared.group, &p.encode(&mapped))
    }

    /// The generator of integrated mapping: `t^((p−1)/q)` (ICAO Doc 9303-11 §4.4.3.3.2 and Appendix B.2).
    ///
    /// # Errors
    /// [`DhError::Trivial`].
    pub fn integrated_mapping(group: Group, t: &[u8]) -> Result<Self, DhError> {
        let p = modulus(group)?;
        let order = crypto_bigint::NonZero::new(crypto_bigint::BoxedUint::from_be_slice_vartime(&group.q()));
        let order = order.into_option().ok_or(DhError::OutOfRange)?;
        // p − 1 is a multiple of q, so the quotient of p is the cofactor.
        let (cofactor, _) = p.value().div_rem_vartime(&order);
        let mapped = p.power(&p.reduce(t), &cofactor.to_be_bytes());
        Self::decode(group, &p.encode(&mapped))
    }

    fn unchecked(group: Group, encoded: &[u8]) -> Result<Self, DhError> {
        let encoded = bignum::fixed_len(encoded, group.p().len()).ok_or(DhError::OutOfRange)?;
        Ok(Self { group, encoded })
    }
}

/// A secret exponent with its group.
#[derive(Clone)]
pub struct DhSecret {
    group: Group,
    exponent: Secret<Vec<u8>>,
}

impl DhSecret {
    /// Draws a secret between 1 and q less 1.
    pub fn random(group: Group, random: &mut dyn Random) -> Self {
        let order = group.q();
        let wide = Secret::new(random.bytes(order.len() + 8));
        Self { group, exponent: Secret::new(reduced_nonzero(&order, wide.expose())) }
    }

    /// Takes a secret as a big-endian number; leading zeros do not count.
    ///
    /// # Errors
    /// [`DhError::SecretOutOfRange`].
    pub fn from_bytes(group: Group, bytes: &[u8]) -> Result<Self, DhError> {
        let order = group.q();
        let exponent = Secret::new(bignum::fixed_len(bytes, order.len()).ok_or(DhError::SecretOutOfRange)?);
        let in_range = exponent.expose().iter().any(|byte| *byte != 0) && *exponent.expose() < order;
        if in_range { Ok(Self { group, exponent }) } else { Err(DhError::SecretOutOfRange) }
    }

    /// The group.
    pub fn group(&self) -> Group {
        self.group
    }

    /// The public value on the group's generator.
    ///
    /// # Errors
    /// None in practice; [`DhError`] as the type of every power.
    pub fn public(&self) -> Result<Element, DhError> {
        self.power(&Element::generator(self.group))
    }

    /// `base` to the power of the secret: the public value on a mapped generator, or the shared element.
    ///
    /// # Errors
    /// [`DhError::GroupMismatch`], [`DhError::Trivial`].
    pub fn power(&self, base: &Element) -> Result<Element, DhError> {
        if base.group != self.group {
            return Err(DhError::GroupMismatch);
        }
        let p = modulus(self.group)?;
        let value = p.power(&p.reduce(&base.encoded), self.exponent.expose());
        if value == p.one() {
            return Err(DhError::Trivial);
        }
        Ok(Element { group: self.group, encoded: p.encode(&value) })
    }
}

struct GroupConstants {
    p: &'static str,
    g: &'static str,
    q: &'static str,
}

fn modulus(group: Group) -> Result<Modulus, DhError> {
    Modulus::new(&group.p()).ok_or(DhError::OutOfRange)
}

const GROUP_0: GroupConstants = GroupConstants {
    p: "\
        b10b8f96a080e01dde92de5eae5d54ec52c99fbcfb06a3c69a6a9dca52d23b616073e28675a23d189838ef1e2ee652c0\
        13ecb4aea906112324975c3cd49b83bfaccbdd7d90c4bd7098488e9c219a73724effd6fae5644738faa31a4ff55bccc0\
        a151af5f0dc8b4bd45bf37df365c1a65e68cfda76d4da708df1fb2bc2e4a4371",
    g: "\
        a4d1cbd5c3fd34126765a442efb99905f8104dd258ac507fd6406cff14266d31266fea1e5c41564b777e690f5504f213\
        160217b4b01b886a5e91547f9e2749f4d7fbd7d3b9a92ee1909d0d2263f80a76a6a24c087a091f531dbf0a0169b6a28a\
        d662a4d18e73afa32d779d5918d08bc8858f4dcef97c2a24855e6eeb22b3b2e5",
    q: "f518aa8781a8df278aba4e7d64b7cb9d49462353",
};

const GROUP_1: GroupConstants = GroupConstants {
    p: "\
        ad107e1e9123a9d0d660faa79559c51fa20d64e5683b9fd1b54b1597b61d0a75e6fa141df95a56dbaf9a3c407ba1df15\
        eb3d688a309c180e1de6b85a1274a0a66d3f8152ad6ac2129037c9edefda4df8d91e8fef55b7394b7ad5b7d0b6c12207\
        c9f98d11ed34dbf6c6ba0b2c8bbc27be6a00e0a0b9c49708b3bf8a317091883681286130bc8985db1602e714415d9330\
        278273c7de31efdc7310f7121fd5a07415987d9adc0a486dcdf93acc44328387315d75e198c641a480cd86a1b9e587e8\
        be60e69cc928b2b9c52172e413042e9b23f10b0e16e79763c9b53dcf4ba80a29e3fb73c16b8e75b97ef363e2ffa31f71\
        cf9de5384e71b81c0ac4dffe0c10e64f",
    g: "\
        ac4032ef4f2d9ae39df30b5c8ffdac506cdebe7b89998caf74866a08cfe4ffe3a6824a4e10b9a6f0dd921f01a70c4afa\
        ab739d7700c29f52c57db17c620a8652be5e9001a8d66ad7c17669101999024af4d027275ac1348bb8a762d0521bc98a\
        e247150422ea1ed409939d54da7460cdb5f6c6b250717cbef180eb34118e98d119529a45d6f834566e3025e316a330ef\
        bb77a86f0c1ab15b051ae3d428c8f8acb70a8137150b8eeb10e183edd19963ddd9e263e4770589ef6aa21e7f5f2ff381\
        b539cce3409d13cd566afbb48d6c019181e1bcfe94b30269edfe72fe9b6aa4bd7b5a0f1c71cfff4c19c418e1f6ec0179\
        81bc087f2a7065b384b890d3191f2bfa",
    q: "801c0d34c58d93fe997177101f80535a4738cebcbf389a99b36371eb",
};

const GROUP_2: GroupConstants = GroupConstants {
    p: "\
        87a8e61db4b6663cffbbd19c651959998ceef608660dd0f25d2ceed4435e3b00e00df8f1d61957d4faf7df4561b2aa30\
        16c3d91134096faa3bf4296d830e9a7c209e0c6497517abd5a8a9d306bcf67ed91f9e6725b4758c022e0b1ef4275bf7b\
        6c5bfc11d45f9088b941f54eb1e59bb8bc39a0bf12307f5c4fdb70c581b23f76b63acae1caa6b7902d52526735488a0e\
        f13c6d9a51bfa4ab3ad8347796524d8ef6a167b5a41825d967e144e5140564251ccacb83e6b486f6b3ca3f7971506026\
        c0b857f689962856ded4010abd0be621c3a3960a54e710c375f26375d7014103a4b54330c198af126116d2276e11715f\
        693877fad7ef09cadb094ae91e1a1597",
    g: "\
        3fb32c9b73134d0b2e77506660edbd484ca7b18f21ef205407f4793a1a0ba12510dbc15077be463fff4fed4aac0bb555\
        be3a6c1b0c6b47b1bc3773bf7e8c6f62901228f8c28cbb18a55ae31341000a650196f931c77a57f2ddf463e5e9ec144b\
        777de62aaab8a8628ac376d282d6ed3864e67982428ebc831d14348f6f2f9193b5045af2767164e1dfc967c1fb3f2e55\
        a4bd1bffe83b9c80d052b985d182ea0adb2a3b7313d3fe14c8484b1e052588b9b7d2bbd2df016199ecd06e1557cd0915\
        b3353bbb64e0ec377fd028370df92b52c7891428cdc67eb6184b523d1db246c32f63078490f00ef8d647d148d4795451\
        5e2327cfef98c582664b4c0f6cc41659",
    q: "8cf83642a709a097b447997640129da299b1a47d1eb3750ba308b0fe64f5fbd3",
};
