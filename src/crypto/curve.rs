//! The eleven standardised prime curves: ICAO Doc 9303-11 table 4 (parameter ids 8–18), RFC 5639, NIST SP 800-186.

use super::bignum;
use bits::hex;

/// A named prime curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamedCurve {
    /// NIST P-192, id 8.
    P192,
    /// brainpoolP192r1, id 9.
    BrainpoolP192r1,
    /// NIST P-224, id 10.
    P224,
    /// brainpoolP224r1, id 11.
    BrainpoolP224r1,
    /// NIST P-256, id 12.
    P256,
    /// brainpoolP256r1, id 13.
    BrainpoolP256r1,
    /// brainpoolP320r1, id 14.
    BrainpoolP320r1,
    /// NIST P-384, id 15.
    P384,
    /// brainpoolP384r1, id 16.
    BrainpoolP384r1,
    /// brainpoolP512r1, id 17.
    BrainpoolP512r1,
    /// NIST P-521, id 18.
    P521,
}

/// Domain parameters spelled out in a key, each a big-endian unsigned number.
#[derive(Debug, Clone, Copy)]
pub struct ExplicitParameters<'a> {
    /// The field's prime.
    pub p: &'a [u8],
    /// Coefficient a.
    pub a: &'a [u8],
    /// Coefficient b.
    pub b: &'a [u8],
    /// The generator, an encoded point, compressed or not.
    pub generator: &'a [u8],
    /// The generator's order.
    pub order: &'a [u8],
    /// The cofactor, where it is given.
    pub cofactor: Option<&'a [u8]>,
}

/// Why explicit parameters are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// The field belongs to none of the named curves.
    #[error("the curve is none of the named ones")]
    Unknown,
    /// The field is a named curve's, but something else differs: an altered curve.
    #[error("the parameters of {0:?} were altered")]
    Altered(NamedCurve),
}

impl NamedCurve {
    /// Every curve in the order of the parameter ids.
    pub const ALL: [Self; 11] = [
        Self::P192,
        Self::BrainpoolP192r1,
        Self::P224,
        Self::BrainpoolP224r1,
        Self::P256,
        Self::BrainpoolP256r1,
        Self::BrainpoolP320r1,
        Self::P384,
        Self::BrainpoolP384r1,
        Self::BrainpoolP512r1,
        Self::P521,
    ];

    /// The curve with a standardised parameter id (8–18).
    pub fn from_parameter_id(id: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.parameter_id() == id)
    }

    /// The standardised parameter id (8–18).
    pub fn parameter_id(self) -> u8 {
        match self {
            Self::P192 => 8,
            Self::BrainpoolP192r1 => 9,
            Self::P224 => 10,
            Self::BrainpoolP224r1 => 11,
            Self::P256 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::BrainpoolP320r1 => 14,
            Self::P384 => 15,
            Self::BrainpoolP384r1 => 16,
            Self::BrainpoolP512r1 => 17,
            Self::P521 => 18,
        }
    }

    /// The curve with the object identifier whose content bytes are `oid`.
    pub fn from_oid(oid: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == oid)
    }

    /// The content bytes of the object identifier (RFC 5480 §2.1.1.1, RFC 5639 §4.1).
    pub fn oid(self) -> &'static [u8] {
        match self {
            Self::P192 => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x01],
            Self::P224 => &[0x2B, 0x81, 0x04, 0x00, 0x21],
            Self::P256 => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07],
            Self::P384 => &[0x2B, 0x81, 0x04, 0x00, 0x22],
            Self::P521 => &[0x2B, 0x81, 0x04, 0x00, 0x23],
            Self::BrainpoolP192r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x03],
            Self::BrainpoolP224r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x05],
            Self::BrainpoolP256r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07],
            Self::BrainpoolP320r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x09],
            Self::BrainpoolP384r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0B],
            Self::BrainpoolP512r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0D],
        }
    }

    /// Length of a coordinate, and of the group's order, in bytes.
    pub fn field_len(self) -> usize {
        self.constants().p.len() / 2
    }

    /// The field's prime, big-endian.
    pub fn p(self) -> Vec<u8> {
        decoded(self.constants().p)
    }

    /// Coefficient a, big-endian with the field's length.
    pub fn a(self) -> Vec<u8> {
        decoded(self.constants().a)
    }

    /// Coefficient b, big-endian with the field's length.
    pub fn b(self) -> Vec<u8> {
        decoded(self.constants().b)
    }

    /// The generator, uncompressed.
    pub fn generator(self) -> Vec<u8> {
        [vec![0x04], decoded(self.constants().gx), decoded(self.constants().gy)].concat()
    }

    /// The generator's order, big-endian. The cofactor of all these curves is 1.
    pub fn order(self) -> Vec<u8> {
        decoded(self.constants().n)
    }

    /// The named curve that `explicit` spells out.
    ///
    /// # Errors
    /// [`ParameterError::Unknown`] for a foreign field and for a twisted curve; [`ParameterError::Altered`] where the field is known and
    /// a coefficient, the generator, the order or the cofactor is not the named curve's (CVE-2020-0601).
    pub fn from_explicit(explicit: &ExplicitParameters<'_>) -> Result<Self, ParameterError> {
        let same = |left: &[u8], right: &[u8]| bignum::trim(left) == bignum::trim(right);
        let curve = Self::ALL.into_iter().find(|curve| same(explicit.p, &curve.p())).ok_or(ParameterError::Unknown)?;
        let untouched = same(explicit.a, &curve.a())
            && same(explicit.b, &curve.b())
            && same(explicit.order, &curve.order())
            && explicit.cofactor.is_none_or(|cofactor| bignum::trim(cofactor) == [1])
            && curve.is_generator(explicit.generator);
        match untouched {
            true => Ok(curve),
            // The twisted curves (RFC 5639 §3) share field and order with the plain ones and have −3 for a.
            false
                if curve.has_twist()
                    && same(explicit.a, &curve.minus_three())
                    && same(explicit.order, &curve.order()) =>
            {
                Err(ParameterError::Unknown)
            }
            false => Err(ParameterError::Altered(curve)),
        }
    }

    /// The curves of RFC 5639 each have a twisted one beside them.
    fn has_twist(self) -> bool {
        !matches!(self, Self::P192 | Self::P224 | Self::P256 | Self::P384 | Self::P521)
    }

    /// −3 in the field, with the field's length.
    fn minus_three(self) -> Vec<u8> {
        let mut number = self.p();
        // Every prime here ends in a byte of three or more, so that nothing is borrowed.
        if let Some(last) = number.last_mut() {
            *last = last.wrapping_sub(3);
        }
        number
    }

    fn is_generator(self, encoded: &[u8]) -> bool {
        let generator = self.generator();
        let Some((format, coordinates)) = encoded.split_first() else { return false };
        let parity = generator.last().map(|byte| byte & 1);
        match format {
            0x04 => encoded == generator,
            0x02 | 0x03 => parity == Some(format & 1) && generator.get(1..=self.field_len()) == Some(coordinates),
            _ => false,
        }
    }

    fn constants(self) -> &'static Parameters {
        match self {
            Self::P192 => &P192,
            Self::P224 => &P224,
            Self::P256 => &P256,
            Self::P384 => &P384,
            Self::P521 => &P521,
            Self::BrainpoolP192r1 => &BRAINPOOLP192R1,
            Self::BrainpoolP224r1 => &BRAINPOOLP224R1,
            Self::BrainpoolP256r1 => &BRAINPOOLP256R1,
            Self::BrainpoolP320r1 => &BRAINPOOLP320R1,
            Self::BrainpoolP384r1 => &BRAINPOOLP384R1,
            Self::BrainpoolP512r1 => &BRAINPOOLP512R1,
        }
    }
}

/// Hexadecimal with the field's length, so that every coordinate has its fixed width.
struct Parameters {
    p: &'static str,
    a: &'static str,
    b: &'static str,
    gx: &'static str,
    gy: &'static str,
    n: &'static str,
}

fn decoded(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap_or_default()
}

const P192: Parameters = Parameters {
    p: "fffffffffffffffffffffffffffffffeffffffffffffffff",
    a: "fffffffffffffffffffffffffffffffefffffffffffffffc",
    b: "64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1",
    gx: "188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012",
    gy: "07192b95ffc8da78631011ed6b24cdd573f977a11e794811",
    n: "ffffffffffffffffffffffff99def836146bc9b1b4d22831",
};

const P224: Parameters = Parameters {
    p: "ffffffffffffffffffffffffffffffff000000000000000000000001",
    a: "fffffffffffffffffffffffffffffffefffffffffffffffffffffffe",
    b: "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
    gx: "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
    gy: "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
    n: "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
};

const P256: Parameters = Parameters {
    p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    a: "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
    b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    gx: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    gy: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
};

const P384: Parameters = Parameters {
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
    a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
    b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    gx: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
    gy: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
    n: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
};

const P521: Parameters = Parameters {
    p: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    a: "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc",
    b: "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
    gx: "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
    gy: "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
    n: "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
};

const BRAINPOOLP192R1: Parameters = Parameters {
    p: "c302f41d932a36cda7a3463093d18db78fce476de1a86297",
    a: "6a91174076b1e0e19c39c031fe8685c1cae040e5c69a28ef",
    b: "469a28ef7c28cca3dc721d044f4496bcca7ef4146fbf25c9",
    gx: "c0a0647eaab6a48753b033c56cb0f0900a2f5c4853375fd6",
    gy: "14b690866abd5bb88b5f4828c1490002e6773fa2fa299b8f",
    n: "c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc1",
};

const BRAINPOOLP224R1: Parameters = Parameters {
    p: "d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff",
    a: "68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43",
    b: "2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b",
    gx: "0d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d",
    gy: "58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd",
    n: "d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f",
};

const BRAINPOOLP256R1: Parameters = Parameters {
    p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
    a: "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
    b: "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
    gx: "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
    gy: "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
    n: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
};

const BRAINPOOLP320R1: Parameters = Parameters {
    p: "d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27",
    a: "3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9f492f375a97d860eb4",
    b: "520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539816f5eb4ac8fb1f1a6",
    gx: "43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599c710af8d0d39e20611",
    gy: "14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6ac7d35245d1692e8ee1",
    n: "d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311",
};

const BRAINPOOLP384R1: Parameters = Parameters {
    p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
    a: "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
    b: "04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
    gx: "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
    gy: "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
    n: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
};

const BRAINPOOLP512R1: Parameters = Parameters {
    p: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
    a: "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
    b: "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
    gx: "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
    gy: "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
    n: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
};
