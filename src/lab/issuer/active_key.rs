//! The active-authentication key of every lab card: one RSA-2048 pair, generated for this file and published with it.
//! It proves nothing outside the lab.

use crate::card::data::ActiveAuthenticationProfile;
use bits::hex;
use bits::secret::Secret;
use bits::tlv;
use crypto::HashAlg;
use crypto::bignum::Modulus;

const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
const EXPONENT: &[u8] = &[0x01, 0x00, 0x01];

/// How the card signs: ISO/IEC 9796-2 scheme 1 with SHA-256.
pub fn profile() -> ActiveAuthenticationProfile {
    ActiveAuthenticationProfile::Rsa {
        modulus: number(MODULUS),
        private_exponent: Secret::new(number(PRIVATE_EXPONENT)),
        hash: HashAlg::Sha256,
        implicit_trailer: false,
    }
}

/// The public modulus.
pub fn modulus() -> Vec<u8> {
    number(MODULUS)
}

/// The bare private operation on 256 bytes below the modulus (RFC 8017 §5.2.1).
pub fn sign(representative: &[u8]) -> Option<Vec<u8>> {
    private_operation(&number(MODULUS), &number(PRIVATE_EXPONENT), representative)
}

/// The same with another key of the lab.
pub fn private_operation(modulus: &[u8], private_exponent: &[u8], representative: &[u8]) -> Option<Vec<u8>> {
    let modulus = Modulus::new(modulus)?;
    let element = modulus.element(representative)?;
    Some(modulus.encode(&modulus.power(&element, private_exponent)))
}

/// DG15 with the public half.
pub fn dg15() -> Vec<u8> {
    let modulus = [vec![0], number(MODULUS)].concat();
    let key = tlv::encode_all(0x30, &[tlv::encode(0x02, &modulus), tlv::encode(0x02, EXPONENT)]);
    let algorithm = tlv::encode_all(0x30, &[tlv::encode(0x06, RSA_ENCRYPTION), tlv::encode(0x05, &[])]);
    let bits = [vec![0], key].concat();
    tlv::encode(0x6F, &tlv::encode_all(0x30, &[algorithm, tlv::encode(0x03, &bits)]))
}

fn number(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap_or_default()
}

const MODULUS: &str = "\
    C47F7FFDD18D001E6CAC0B2DDC921378A52935F713824AED00D4DA39A7F59CDCC59E68BB4C62A036D547D32D66787DA99137\
    268F91F2C473CDF7D1D0BFD64EE04CC14884D725D1E93B10ECB2019AE187DD06BAAD172791F6B07CDD6021693A35E995373E\
    F923A99E4F6F4A540D86FD2F0BE527D3B2B2133F82ECD786FE14CDC710EC1122636427C1E85FAE692CE754EFDED5DA65EE29\
    E43096165AC9B8056F41F85045244CF32F721948B75CD4B0DFF76098644979AF166D9685C8803998ED29EF4604E38A88813B\
    B0368A5C8B8AB86AD59A73549E849E564D8CFBFB4DA17883765181FF51679508B7BCC854154126958E649EA2EE28E5DBCA29\
    6C3CA26A7923";

const PRIVATE_EXPONENT: &str = "\
    0C9D1EAB3D7B6EA9855259F95CB267DB93C69C773AE25F4AED85BC687D16B0361FDD765DA79EA12843F2B364B3B24266D332\
    96201B3F594B11CAB9C64BBA471FF0ED6B6953A252E244EF66325B16052A428EFF06C378BFCEF52F5ECA9FFA70492BB06F76\
    7469CCA6A3F4C1F1B9589402242256B7293E732BDD8CB49D2ECC4915446DF840253E59B03590A78D0995592555A7A8C77AA1\
    0D594486A548359C0FAA95CB4ADE7FB45059CA7D95B82A514B3A486E1D5B70C20ADA5E05A8663AFEA7D518110222015724CA\
    A939E0B123D581829209F378F82C5A4B98C436B1EB97D3E0DFF191B4298E0793BCA94FBA4C73EE5022A81FB9F031E17B5C6B\
    7EA77308E899";
