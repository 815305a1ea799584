//! What a segment of this desk is opened with.

use crate::plan::DeskPlan;
use host::{clock, program};
use record::{Code, Digest, OpenBasis, Opening};
use tlog::NoteSigner;

/// What a segment of this desk is opened with.
pub(super) fn opening<'a>(
    plan: &DeskPlan,
    device: &'a dyn NoteSigner,
    desk_cert: String,
    operator: Code,
    trust_store: String,
) -> Opening<'a> {
    Opening {
        name: plan.log_name(),
        device,
        desk_cert,
        training: plan.is_training(),
        boot_id: clock::boot_id().unwrap_or_else(|| "unknown".to_owned()),
        operator,
        package: None,
        policy_sha256: plan.rules().policy_sha256(),
        trust_store,
        program: concat!("diemdanh ", env!("CARGO_PKG_VERSION")).to_owned(),
        program_sha256: program::sha256().map(Digest),
        revocations: None,
        basis: OpenBasis { rules: Some(plan.rules().said()), ..OpenBasis::default() },
    }
}
