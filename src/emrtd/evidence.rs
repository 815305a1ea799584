//! What is needed to check a finished inspection again, without the card.

use crate::bits::secret::Pii;

/// The signed object, the signer, the hashes that were compared, and what the chip proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// EF.SOD exactly as read. Its hashes point to one person.
    pub sod: Pii<Vec<u8>>,
    /// The document signer's certificate, DER. It is shared by many documents and points to nobody.
    pub signer_certificate: Vec<u8>,
    /// The hash of each data group that was read, by number.
    pub group_hashes: Vec<GroupHash>,
    /// What the chip proved about itself, if anything.
    pub chip: Option<ChipEvidence>,
}

/// The hash of one data group as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupHash {
    /// The data group's number.
    pub group: u8,
    /// The hash under the algorithm of the security object.
    pub hash: Pii<Vec<u8>>,
}

/// What the chip proved about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChipEvidence {
    /// Chip authentication: an agreement that leaves nothing a third person could check; only that it ran.
    ChipAuthentication {
        /// DG14 exactly as read.
        dg14: Pii<Vec<u8>>,
    },
    /// Chip-authentication mapping within PACE: as above.
    ChipMapping {
        /// EF.CardSecurity exactly as read.
        card_security: Pii<Vec<u8>>,
    },
    /// Active authentication: a signature over our challenge.
    ActiveAuthentication {
        /// DG15 exactly as read.
        dg15: Pii<Vec<u8>>,
        /// Our eight bytes.
        challenge: Vec<u8>,
        /// The chip's answer.
        response: Vec<u8>,
    },
}
