//! What a simulated card holds: the seam between the issuer, who fills it in, and the card, which plays it.

use bits::secret::Secret;
use crypto::{CipherAlg, EcSecret, HashAlg, NamedCurve, dh};
use emrtd::lds::security_infos::{Agreement, Domain, Mapping, PaceInfo};
use std::collections::BTreeMap;

/// Everything on and in one card. Plain data: the issuer may build any card, good or bad.
#[derive(Clone)]
pub struct CardData {
    /// Files under the MF by file identifier: `011C` EF.CardAccess, `011D` EF.CardSecurity. Exact bytes.
    pub master_files: BTreeMap<u16, Vec<u8>>,
    /// Files of the application by file identifier: `011E`, `011D`, `0101` … `0110`. Exact bytes.
    pub files: BTreeMap<u16, Vec<u8>>,
    /// Files that exist but answer `6982` to every reader (DG3, DG4).
    pub locked_files: Vec<u16>,
    /// The card access number, six digits. `None`: PACE with the CAN is refused.
    pub can: Option<Secret<String>>,
    /// The MRZ information: document number, birth and expiry, each with its check digit. Opens BAC and PACE.
    pub mrz_information: Option<Secret<String>>,
    /// PACE, if the card plays it; must agree with EF.CardAccess unless a test wants otherwise.
    pub pace: Option<PaceProfile>,
    /// The static key of chip-authentication mapping, whose public half is in EF.CardSecurity. The card then plays
    /// that mapping beside generic mapping.
    pub chip_mapping: Option<EcSecret>,
    /// The card plays BAC.
    pub bac: bool,
    /// The chip-authentication key whose public half is in DG14.
    pub chip_authentication: Option<ChipAuthenticationProfile>,
    /// The active-authentication key whose public half is in DG15.
    pub active_authentication: Option<ActiveAuthenticationProfile>,
}

/// How the card plays PACE; beside it, chip-authentication mapping where [`CardData::chip_mapping`] is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceProfile {
    /// Generic or integrated mapping.
    pub mapping: Mapping,
    /// Cipher of the session.
    pub cipher: CipherAlg,
    /// Standardised parameter id: 0–2 for groups, 8–18 for curves.
    pub parameter_id: u8,
}

impl PaceProfile {
    /// As most cards are: generic mapping, AES-128, brainpoolP256r1.
    pub const USUAL: Self = Self { mapping: Mapping::Generic, cipher: CipherAlg::Aes128, parameter_id: 13 };

    /// The variant as the chip offers it. `None` where the parameters are nobody's.
    pub fn info(self) -> Option<PaceInfo> {
        let group = dh::Group::from_parameter_id(self.parameter_id).map(|group| (Agreement::Dh, Domain::Dh(group)));
        let curve = || NamedCurve::from_parameter_id(self.parameter_id).map(|one| (Agreement::Ecdh, Domain::Ecdh(one)));
        let (agreement, domain) = group.or_else(curve)?;
        let Self { mapping, cipher, parameter_id } = self;
        Some(PaceInfo { agreement, mapping, cipher, domain, parameter_id })
    }
}

/// The secret half of chip authentication.
#[derive(Clone)]
pub struct ChipAuthenticationProfile {
    /// The static secret. A clone has the DG14 of another card and so another secret.
    pub secret: EcSecret,
    /// Cipher of the new session. 3DES is opened with MSE:Set KAT, AES with MSE:Set AT.
    pub cipher: CipherAlg,
    /// The key's id, where DG14 names one.
    pub key_id: Option<u8>,
}

/// The secret half of active authentication.
#[derive(Clone)]
pub enum ActiveAuthenticationProfile {
    /// ISO/IEC 9796-2 scheme 1.
    Rsa {
        /// The modulus, big-endian.
        modulus: Vec<u8>,
        /// The private exponent, big-endian.
        private_exponent: Secret<Vec<u8>>,
        /// The digest.
        hash: HashAlg,
        /// Trailer `BC` instead of `xxCC` (SHA-1 only).
        implicit_trailer: bool,
    },
    /// ECDSA, plain `r ‖ s`.
    Ecdsa {
        /// The secret.
        secret: EcSecret,
        /// The digest.
        hash: HashAlg,
    },
}

impl CardData {
    /// A card that holds nothing and offers nothing.
    pub fn empty() -> Self {
        Self {
            master_files: BTreeMap::new(),
            files: BTreeMap::new(),
            locked_files: Vec::new(),
            can: None,
            mrz_information: None,
            pace: None,
            chip_mapping: None,
            bac: false,
            chip_authentication: None,
            active_authentication: None,
        }
    }
}
