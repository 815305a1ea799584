//! The trust store: country signing certificates (ICAO Doc 9303-12 §7.1.1).

/// Country signing certificates, as they were configured.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    version: String,
}

impl TrustStore {
    /// An empty store; every document signer is unknown to it.
    pub fn empty() -> Self {
        Self::default()
    }

    /// What names this state of the store in reports.
    pub fn version(&self) -> &str {
        &self.version
    }
}
