//! Chip authentication version 1: ICAO Doc 9303-11 §6.2, BSI TR-03110-1 §3.4.
//!
//! The chip shows that it knows the secret of its static key by going on under keys that only that secret gives. So
//! "the chip answered 9000" proves nothing; one good exchange under the new keys does, and [`run`] makes it.
//!
//! Invariants: what [`run`] proves is about the key it was given; whether that key is the signed one is for
//! [`BoundKey`](super::passive::BoundKey) to say.

use crate::lds::security_infos::{AgreementKey, ChipAuthenticationInfo, ChipKey, SecurityInfos};
use bits::random::Random;
use bits::secret::Secret;
use bits::tlv;
use crypto::cipher::CipherAlg;
use crypto::dh::{DhError, DhSecret};
use crypto::ec::{EcError, EcSecret};
use crypto::kdf;
use iso7816::{CardSession, CommandApdu, SecureMessaging, SessionError, SmError, StatusWord};
use thiserror::Error;

/// The file that is selected to prove the new keys: DG14 itself, which is there.
const CONFIRMATION_FID: u16 = 0x010E;

/// One way to authenticate the chip: a key and the protocol that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationPlan {
    /// The chip's static public key, from DG14: a clone has not got its secret half.
    pub key: ChipKey,
    /// Key agreement and cipher to use with it (TR-03110-3 §A.1.1.2).
    pub info: ChipAuthenticationInfo,
    /// DG14 has a key and no protocol for it, so 3DES was inferred (field experience; TR-03110-3 §A.1.1.1).
    pub inferred: bool,
}

/// Why the chip was not authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChipAuthenticationError {
    /// The chip refused a step: not performed, proves nothing.
    #[error("the chip refused chip authentication ({0})")]
    Refused(StatusWord),
    /// The chip accepted and cannot go on under the new keys: it does not have the secret. A clone.
    #[error("the chip does not have the secret of its key: {0}")]
    NoSecret(SmError),
    /// The agreement with this key is impossible.
    #[error(transparent)]
    Point(#[from] EcError),
    /// The agreement with this key is impossible.
    #[error(transparent)]
    Element(#[from] DhError),
    /// The link or the old protection broke.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl ChipAuthenticationPlan {
    /// The best plan that DG14 allows: AES before 3DES, the longer key first. `None`: no usable key.
    pub fn choose(infos: &SecurityInfos) -> Option<Self> {
        let plans = infos.chip_keys.iter().flat_map(|key| plans_for(key, infos));
        plans.max_by_key(|plan| (!plan.inferred, plan.info.cipher != CipherAlg::TripleDes, plan.info.cipher.key_len()))
    }
}

/// Authenticates the chip and puts the session under the new protection. Needs a protected session.
///
/// # Errors
/// [`ChipAuthenticationError`]. After [`ChipAuthenticationError::Refused`] the old protection lives on.
pub fn run(
    session: &mut CardSession<'_>,
    plan: &ChipAuthenticationPlan,
    random: &mut dyn Random,
) -> Result<(), ChipAuthenticationError> {
    let (public, shared) = agree(&plan.key.public, random)?;

    if plan.info.cipher == CipherAlg::TripleDes {
        expect_ok(session, &set_key_agreement_template(plan, &public))?;
    } else {
        expect_ok(session, &set_authentication_template(plan))?;
        expect_ok(session, &CommandApdu::general_authenticate(&tlv::encode(0x80, &public)))?;
    }

    let (encryption, authentication) = kdf::session_keys(shared.expose(), plan.info.cipher);
    session.protect_with(SecureMessaging::from_zero(plan.info.cipher, encryption, authentication));
    // Any answer that is protected with the new keys will do, whatever its status.
    match session.exchange(&CommandApdu::select_file(CONFIRMATION_FID)) {
        Ok(_) => Ok(()),
        Err(SessionError::Secure(error)) => Err(ChipAuthenticationError::NoSecret(error)),
        Err(error) => Err(error.into()),
    }
}

/// Our ephemeral public key and the secret that it shares with the chip's static key.
///
/// # Errors
/// [`ChipAuthenticationError::Point`], [`ChipAuthenticationError::Element`].
pub fn agree(
    key: &AgreementKey,
    random: &mut dyn Random,
) -> Result<(Vec<u8>, Secret<Vec<u8>>), ChipAuthenticationError> {
    match key {
        AgreementKey::Ecdh(point) => {
            let secret = EcSecret::random(point.curve(), random);
            Ok((secret.public()?.encode(), secret.diffie_hellman(point)?))
        }
        AgreementKey::Dh(element) => {
            let secret = DhSecret::random(element.group(), random);
            Ok((secret.public()?.encode(), Secret::new(secret.power(element)?.encode())))
        }
    }
}

fn plans_for(key: &ChipKey, infos: &SecurityInfos) -> Vec<ChipAuthenticationPlan> {
    let agreement = key.public.agreement();
    let only_key = infos.chip_keys.len() == 1;
    let belongs = |info: &&ChipAuthenticationInfo| {
        let unnamed = info.key_id.is_none() || key.key_id.is_none();
        info.agreement == agreement && (info.key_id == key.key_id || (only_key && unnamed))
    };
    let plans: Vec<_> = infos
        .chip_authentication
        .iter()
        .filter(belongs)
        .map(|info| ChipAuthenticationPlan { key: key.clone(), info: info.clone(), inferred: false })
        .collect();
    if !plans.is_empty() || !infos.chip_authentication.is_empty() || infos.other_chip_authentication {
        return plans;
    }
    let info = ChipAuthenticationInfo { agreement, cipher: CipherAlg::TripleDes, key_id: key.key_id.clone() };
    vec![ChipAuthenticationPlan { key: key.clone(), info, inferred: true }]
}

/// MSE:Set KAT, which is all of the protocol with 3DES (ICAO Doc 9303-11 §6.2.4.1).
fn set_key_agreement_template(plan: &ChipAuthenticationPlan, public: &[u8]) -> CommandApdu {
    let data = [tlv::encode(0x91, public), key_reference(plan)].concat();
    CommandApdu::manage_security_environment(0x41, 0xA6, data)
}

/// MSE:Set AT, which GENERAL AUTHENTICATE follows (ICAO Doc 9303-11 §6.2.4.2).
fn set_authentication_template(plan: &ChipAuthenticationPlan) -> CommandApdu {
    let data = [tlv::encode(0x80, &plan.info.oid()), key_reference(plan)].concat();
    CommandApdu::manage_security_environment(0x41, 0xA4, data)
}

fn key_reference(plan: &ChipAuthenticationPlan) -> Vec<u8> {
    let id = plan.key.key_id.as_deref().or(plan.info.key_id.as_deref());
    id.map(|id| tlv::encode(0x84, id)).unwrap_or_default()
}

fn expect_ok(session: &mut CardSession<'_>, command: &CommandApdu) -> Result<(), ChipAuthenticationError> {
    session.expect_ok(command)?.map(drop).map_err(ChipAuthenticationError::Refused)
}
