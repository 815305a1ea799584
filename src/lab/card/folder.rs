//! A card as a folder: its files byte for byte, and `chip.toml` with what only a chip knows.

use super::{ActiveAuthenticationProfile, CardData, ChipAuthenticationProfile, PaceProfile};
use bits::hex;
use bits::secret::Secret;
use crypto::{CipherAlg, EcSecret, HashAlg, NamedCurve};
use emrtd::lds::security_infos::Mapping;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// The file with the chip's own part.
const CHIP_FILE: &str = "chip.toml";

/// The chip's own part as text. Synthetic secrets only: a lab card's secrets are no secrets.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chip {
    can: Option<String>,
    mrz_information: Option<String>,
    bac: bool,
    /// File identifiers that answer `6982`.
    locked_files: Vec<u16>,
    pace: Option<Pace>,
    chip_mapping: Option<ChipMapping>,
    chip_authentication: Option<ChipAuthentication>,
    rsa: Option<Rsa>,
    ecdsa: Option<Ecdsa>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pace {
    cipher: u8,
    parameter_id: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChipMapping {
    parameter_id: u8,
    secret: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChipAuthentication {
    parameter_id: u8,
    secret: String,
    cipher: u8,
    key_id: Option<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rsa {
    modulus: String,
    private_exponent: String,
    hash: u8,
    implicit_trailer: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ecdsa {
    parameter_id: u8,
    secret: String,
    hash: u8,
}

/// Writes `card` into `folder`, which is made if it is not there.
///
/// # Errors
/// [`io::Error`].
pub fn save(card: &CardData, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (prefix, files) in [("mf", &card.master_files), ("lds", &card.files)] {
        for (fid, bytes) in files {
            fs::write(folder.join(format!("{prefix}_{fid:04X}.bin")), bytes)?;
        }
    }
    let text = toml::to_string_pretty(&chip_of(card)).map_err(io::Error::other)?;
    fs::write(folder.join(CHIP_FILE), text)
}

/// Reads the card in `folder`.
///
/// # Errors
/// [`io::Error`], also for a file that is no card's.
pub fn load(folder: &Path) -> io::Result<CardData> {
    let text = fs::read_to_string(folder.join(CHIP_FILE))?;
    let chip: Chip = toml::from_str(&text).map_err(io::Error::other)?;
    let mut card = card_of(chip).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Some((prefix, fid)) = name.strip_suffix(".bin").and_then(|stem| stem.split_once('_')) else { continue };
        let Ok(fid) = u16::from_str_radix(fid, 16) else { continue };
        let files: &mut BTreeMap<u16, Vec<u8>> = if prefix == "mf" { &mut card.master_files } else { &mut card.files };
        files.insert(fid, fs::read(folder.join(&name))?);
    }
    Ok(card)
}

fn chip_of(card: &CardData) -> Chip {
    let (rsa, ecdsa) = match &card.active_authentication {
        Some(ActiveAuthenticationProfile::Rsa { modulus, private_exponent, hash, implicit_trailer }) => {
            let private_exponent = hex::encode(private_exponent.expose());
            let implicit_trailer = *implicit_trailer;
            (
                Some(Rsa { modulus: hex::encode(modulus), private_exponent, hash: number_of(*hash), implicit_trailer }),
                None,
            )
        }
        Some(ActiveAuthenticationProfile::Ecdsa { secret, hash }) => {
            let parameter_id = secret.curve().parameter_id();
            (None, Some(Ecdsa { parameter_id, secret: hex::encode(secret.expose()), hash: number_of(*hash) }))
        }
        None => (None, None),
    };
    Chip {
        can: card.can.as_ref().map(|can| can.expose().clone()),
        mrz_information: card.mrz_information.as_ref().map(|mrz| mrz.expose().clone()),
        bac: card.bac,
        locked_files: card.locked_files.clone(),
        pace: card
            .pace
            .map(|pace| Pace { cipher: index(&CipherAlg::ALL, pace.cipher), parameter_id: pace.parameter_id }),
        chip_mapping: card.chip_mapping.as_ref().map(|secret| ChipMapping {
            parameter_id: secret.curve().parameter_id(),
            secret: hex::encode(secret.expose()),
        }),
        chip_authentication: card.chip_authentication.as_ref().map(|profile| ChipAuthentication {
            parameter_id: profile.secret.curve().parameter_id(),
            secret: hex::encode(profile.secret.expose()),
            cipher: index(&CipherAlg::ALL, profile.cipher),
            key_id: profile.key_id,
        }),
        rsa,
        ecdsa,
    }
}

/// `None` where a value is out of its range.
fn card_of(chip: Chip) -> Option<CardData> {
    let mut card = CardData::empty();
    card.can = chip.can.map(Secret::new);
    card.mrz_information = chip.mrz_information.map(Secret::new);
    card.bac = chip.bac;
    card.locked_files = chip.locked_files;
    if let Some(Pace { cipher, parameter_id }) = chip.pace {
        card.pace =
            Some(PaceProfile { mapping: Mapping::Generic, cipher: pick(&CipherAlg::ALL, cipher)?, parameter_id });
    }
    if let Some(ChipMapping { parameter_id, secret }) = chip.chip_mapping {
        card.chip_mapping = Some(ec_secret(parameter_id, &secret)?);
    }
    if let Some(ChipAuthentication { parameter_id, secret, cipher, key_id }) = chip.chip_authentication {
        let (secret, cipher) = (ec_secret(parameter_id, &secret)?, pick(&CipherAlg::ALL, cipher)?);
        card.chip_authentication = Some(ChipAuthenticationProfile { secret, cipher, key_id });
    }
    if let Some(Rsa { modulus, private_exponent, hash, implicit_trailer }) = chip.rsa {
        let private_exponent = Secret::new(hex::decode(&private_exponent)?);
        let (modulus, hash) = (hex::decode(&modulus)?, pick(&HashAlg::ALL, hash)?);
        card.active_authentication =
            Some(ActiveAuthenticationProfile::Rsa { modulus, private_exponent, hash, implicit_trailer });
    }
    if let Some(Ecdsa { parameter_id, secret, hash }) = chip.ecdsa {
        let (secret, hash) = (ec_secret(parameter_id, &secret)?, pick(&HashAlg::ALL, hash)?);
        card.active_authentication = Some(ActiveAuthenticationProfile::Ecdsa { secret, hash });
    }
    Some(card)
}

fn ec_secret(parameter_id: u8, secret: &str) -> Option<EcSecret> {
    let curve = NamedCurve::from_parameter_id(parameter_id)?;
    EcSecret::from_bytes(curve, &hex::decode(secret)?).ok()
}

fn number_of(hash: HashAlg) -> u8 {
    index(&HashAlg::ALL, hash)
}

fn index<T: PartialEq>(all: &[T], one: T) -> u8 {
    all.iter().position(|other| *other == one).and_then(|index| u8::try_from(index).ok()).unwrap_or(0)
}

fn pick<T: Copy>(all: &[T], index: u8) -> Option<T> {
    all.get(usize::from(index)).copied()
}
