//! `policy.toml`: the rules of the desks. The keys are those of the desk's own configuration.

use super::{ExamError, POLICY_FILE, from_toml};
use serde::Deserialize;

/// The whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// BAC may be used where PACE is not to be had.
    pub bac_fallback: bool,
    /// Green needs a proof that the chip is genuine.
    pub authentication_required: bool,
    /// Green needs a revocation list.
    pub revocation_required: bool,
    /// Green needs the registry's answer.
    pub registry_required: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { bac_fallback: true, authentication_required: true, revocation_required: false, registry_required: false }
    }
}

impl Policy {
    /// Reads the file; no bytes are the rules of [`Policy::default`].
    ///
    /// # Errors
    /// [`ExamError::Form`], with the line.
    pub fn read(bytes: &[u8]) -> Result<Self, ExamError> {
        from_toml(POLICY_FILE, bytes)
    }

    /// The file.
    pub fn write(&self) -> String {
        format!(
            "# Quy tắc tại bàn.\nbac_fallback = {}\nauthentication_required = {}\nrevocation_required = {}\nregistry_required = {}\n",
            self.bac_fallback, self.authentication_required, self.revocation_required, self.registry_required
        )
    }
}
