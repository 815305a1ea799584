//! The desk's configuration file, `config/desk.toml`. Every key is named there with its meaning and default.
//!
//! An unknown key is refused by name: a misspelt rule must not be a missing rule.

use registry::intermediary::SentFields;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskConfig {
    /// Whose exam it is.
    pub exam: ExamConfig,
    /// Which desk this is.
    pub desk: PlaceConfig,
    /// The session.
    #[serde(default)]
    pub session: SessionConfig,
    /// Where things are.
    pub paths: PathsConfig,
    /// Where the device key lies.
    #[serde(default)]
    pub device: DeviceConfig,
    /// The reader.
    #[serde(default)]
    pub reader: ReaderConfig,
    /// The scanner at a serial port.
    #[serde(default)]
    pub scanner: ScannerConfig,
    /// The registry.
    #[serde(default)]
    pub registry: RegistryConfig,
    /// The witness of the log.
    #[serde(default)]
    pub witness: WitnessConfig,
    /// What is kept of an inspection.
    #[serde(default)]
    pub evidence: EvidenceConfig,
    /// The rules for chips.
    #[serde(default)]
    pub chip: ChipConfig,
    /// The end of a session.
    #[serde(default)]
    pub closing: ClosingConfig,
    /// The window.
    #[serde(default)]
    pub window: WindowConfig,
    /// SHA-256 of the file's text.
    #[serde(skip)]
    pub source_sha256: [u8; 32],
}

/// Whose exam it is. `board`, `id` and the ids below are parts of the log's name: ASCII, no space, no slash.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExamConfig {
    /// The board's domain.
    pub board: String,
    /// The exam.
    pub id: String,
    /// The exam's name on the screen; a package brings its own.
    #[serde(default)]
    pub title: String,
}

/// Which desk this is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceConfig {
    /// The desk.
    pub id: String,
    /// The desk's name on the screen.
    #[serde(default)]
    pub title: String,
    /// The site as the roster writes it; empty for any.
    #[serde(default)]
    pub site: String,
    /// The room, for a desk at a room's door; empty at the gate.
    #[serde(default)]
    pub room: String,
    /// The operator's code, for the log: lower-case letters, digits, `.`, `-`. Where packages are used, who signs in.
    #[serde(default)]
    pub operator: String,
    /// The operator's name on the screen.
    #[serde(default)]
    pub operator_title: String,
    /// Local time minus UTC, in hours.
    #[serde(default = "seven")]
    pub utc_offset_hours: i8,
    /// Training: looks different, and its log cannot be exported as live.
    #[serde(default)]
    pub training: bool,
}

/// The session.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionConfig {
    /// The session, for the log's name; empty: the package's, or `b1` without packages.
    pub id: String,
    /// The session as the roster writes it and the screen shows it; empty for any.
    pub title: String,
    /// The start signal, RFC 3339; without it no arrival is early or late.
    pub start: Option<jiff::Timestamp>,
    /// The door opens so many minutes before the start signal.
    pub opens_before_minutes: Option<u32>,
    /// The last entry is so many minutes after the start signal.
    pub last_entry_after_minutes: Option<u32>,
}

impl SessionConfig {
    /// The session in the log's name.
    pub fn log_id(&self) -> &str {
        if self.id.is_empty() { "b1" } else { &self.id }
    }
}

/// Where things are; relative paths count from the configuration file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathsConfig {
    /// The desk's folder of packages. With it, CSCA certificates, roster, exam's key and rules come from the board's
    /// package, and somebody signs in.
    #[serde(default)]
    pub packages: Option<PathBuf>,
    /// Where new packages are looked for: the mount point of a stick, a folder.
    #[serde(default)]
    pub inbox: Vec<PathBuf>,
    /// The folder of CSCA certificates.
    #[serde(default)]
    pub trust: PathBuf,
    /// The roster, CSV.
    #[serde(default)]
    pub roster: PathBuf,
    /// The folder of the journal.
    pub journal: PathBuf,
    /// A folder on a second medium that takes a copy of the journal as it grows.
    #[serde(default)]
    pub copy: Option<PathBuf>,
    /// A folder on a medium that takes the log to the board: the session ends by one person only when the log was
    /// carried off to it and read back.
    #[serde(default)]
    pub export: Option<PathBuf>,
    /// The device key, sealed.
    pub device_key: PathBuf,
    /// The file with the device key's passphrase.
    pub passphrase: PathBuf,
    /// The exam's key for pseudonyms: 64 hexadecimal digits.
    #[serde(default)]
    pub exam_key: PathBuf,
    /// The board's verifier key: the trust folder must then be signed with it, and never grow older.
    #[serde(default)]
    pub board_key: Option<PathBuf>,
    /// The board's list of revoked certificates; needs `board_key`.
    #[serde(default)]
    pub revocations: Option<PathBuf>,
    /// The board's note over the device key; may be missing in training.
    #[serde(default)]
    pub desk_cert: Option<PathBuf>,
    /// The folder of the desk's key for TLS.
    #[serde(default = "tls")]
    pub tls: PathBuf,
}

/// Where the device key lies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeviceConfig {
    /// In which kind of store.
    pub store: DeviceStoreKind,
    /// The library of a PKCS#11 token.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// How the TPM is reached.
    pub tcti: String,
}

/// The kinds of stores for a device key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceStoreKind {
    /// The sealed file `paths.device_key`.
    #[default]
    File,
    /// A PKCS#11 token.
    Pkcs11,
    /// A TPM 2.0.
    Tpm,
}

/// The reader.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderConfig {
    /// A part of the reader's name; empty for the first one that is connected.
    #[serde(default)]
    pub name: String,
}

/// A scanner at a serial port; one that types like a keyboard needs none of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScannerConfig {
    /// The port's file; empty: there is none.
    pub port: PathBuf,
    /// How fast it sends.
    pub baud: Baud,
}

/// Bits a second of a serial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Baud(u32);

impl Baud {
    /// As a number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for Baud {
    fn default() -> Self {
        Self(USUAL_BAUD)
    }
}

/// No scanner sends so fast or so slowly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} bits a second: {LEAST_BAUD} to {MOST_BAUD} are possible")]
pub struct BaudError(u32);

impl TryFrom<u32> for Baud {
    type Error = BaudError;

    fn try_from(bits: u32) -> Result<Self, BaudError> {
        if (LEAST_BAUD..=MOST_BAUD).contains(&bits) { Ok(Self(bits)) } else { Err(BaudError(bits)) }
    }
}

const USUAL_BAUD: u32 = 9_600;
const LEAST_BAUD: u32 = 300;
const MOST_BAUD: u32 = 921_600;

/// The registry.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryConfig {
    /// Where it is asked, `https://…`; empty: it is not asked.
    #[serde(default)]
    pub url: String,
    /// The one CA that may have issued its certificate, PEM.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// The verifier key of its answers, one line.
    #[serde(default)]
    pub verifier: Option<PathBuf>,
    /// The verifier key of its cosignatures under the log's head, one line; without it they are passed over.
    #[serde(default)]
    pub cosigner: Option<PathBuf>,
    /// How it is asked and answers.
    #[serde(default)]
    pub dialect: DialectKind,
    /// A file with the API key of the intermediary's dialect, one line, its owner's alone.
    #[serde(default)]
    pub api_key: Option<PathBuf>,
    /// What the intermediary's dialect sends besides the card.
    #[serde(default)]
    pub sent: SentFields,
    /// The certificate that the desk shows it, with those between it and the registry's CA, PEM.
    #[serde(default)]
    pub client_cert: Option<PathBuf>,
    /// The private key of that certificate, PEM, its owner's alone.
    #[serde(default)]
    pub client_key: Option<PathBuf>,
    /// Without its answer a person decides.
    #[serde(default)]
    pub required: bool,
    /// How long a verdict waits for it, in milliseconds.
    #[serde(default)]
    pub wait_ms: Option<u64>,
    /// How long until a silent registry is asked again, in milliseconds.
    #[serde(default)]
    pub ask_again_ms: Option<u64>,
}

/// The dialects of registries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DialectKind {
    /// Signed notes on both sides.
    #[default]
    Signed,
    /// The JSON of one intermediary.
    Intermediary,
}

/// What is kept of an inspection, sealed for the board.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceConfig {
    /// Who alone opens it, `age1…`; empty: nothing is kept.
    pub recipient: String,
}

/// The witness of the log (C2SP `tlog-witness`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WitnessConfig {
    /// Its submission prefix, `https://…`; empty: there is none.
    pub url: String,
    /// The one CA that may have issued its certificate, PEM.
    pub ca: Option<PathBuf>,
    /// Its verifier key, one line.
    pub verifier: Option<PathBuf>,
    /// Without a witness a person decides.
    pub required: bool,
    /// The log's head goes out after so many entries,
    pub every_entries: u32,
    /// and after so many minutes.
    pub every_minutes: u32,
}

impl Default for WitnessConfig {
    fn default() -> Self {
        Self { url: String::new(), ca: None, verifier: None, required: false, every_entries: 25, every_minutes: 5 }
    }
}

/// The rules for chips.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipConfig {
    /// BAC may be used where PACE is not to be had; always reported.
    #[serde(default = "yes")]
    pub bac_fallback: bool,
    /// Green needs a proof that the chip is genuine.
    #[serde(default = "yes")]
    pub authentication_required: bool,
    /// Green needs a revocation list.
    #[serde(default)]
    pub revocation_required: bool,
    /// Types of documents whose chip has a key; the chip card of Vietnam where it is left out.
    #[serde(default)]
    pub card_type: Option<Vec<CardTypeConfig>>,
}

/// A type of documents, as the MRZ names it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardTypeConfig {
    /// The issuer: `VNM`.
    pub issuer: String,
    /// The document code: `ID`.
    pub document: String,
    /// Signed on this day or later.
    #[serde(default)]
    pub since: Option<jiff::civil::Date>,
}

/// The end of a session.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClosingConfig {
    /// One person alone ends it only when the scripts of every room were counted.
    pub scripts_required: bool,
}

/// The colours of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// The window.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowConfig {
    /// Full screen.
    #[serde(default)]
    pub fullscreen: bool,
    /// The colours of the screens at the start; a key changes them.
    #[serde(default)]
    pub theme: ThemeChoice,
    /// For how long nothing decides after the buttons have changed their meaning, in milliseconds. A desk of an exam
    /// takes no less than the usual 400.
    #[serde(default)]
    pub press_guard_ms: Option<u64>,
    /// For how long nobody is let in after the chip's portrait was painted, in milliseconds. A desk of an exam takes no
    /// less than the usual 1,000.
    #[serde(default)]
    pub portrait_guard_ms: Option<u64>,
    /// The desk locks itself when nobody has done anything for so many minutes. A desk of an exam takes no more than the
    /// usual 10.
    #[serde(default)]
    pub lock_after_minutes: Option<u64>,
}

impl Default for ChipConfig {
    fn default() -> Self {
        Self { bac_fallback: true, authentication_required: true, revocation_required: false, card_type: None }
    }
}

/// Reads the text of a configuration file.
///
/// # Errors
/// The parser's message: line, and the unknown key by its name.
pub fn parse(text: &str) -> Result<DeskConfig, toml::de::Error> {
    let config: DeskConfig = toml::from_str(text)?;
    Ok(DeskConfig { source_sha256: Sha256::digest(text.as_bytes()).into(), ..config })
}

/// True when `error` names a key that does not exist.
pub fn is_unknown_key(error: &toml::de::Error) -> bool {
    error.message().contains("unknown field")
}

fn tls() -> PathBuf {
    PathBuf::from("tls")
}

fn yes() -> bool {
    true
}

fn seven() -> i8 {
    7
}
