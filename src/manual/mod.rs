//! The manual: why the house is built as it is, what its words mean, and what a board or a technician looks up.

#[doc = include_str!("architecture.md")]
pub mod architecture {}
#[doc = include_str!("inspection.md")]
pub mod inspection {}
#[doc = include_str!("conformance.md")]
pub mod conformance {}
#[doc = include_str!("figures.md")]
pub mod figures {}
#[doc = include_str!("transitions.md")]
pub mod transitions {}
#[doc = include_str!("scanners.md")]
pub mod scanners {}
#[doc = include_str!("registry.md")]
pub mod registry {}
#[doc = include_str!("exam_files.md")]
pub mod exam_files {}
#[doc = include_str!("review.md")]
pub mod review {}
#[doc = include_str!("glossary.md")]
pub mod glossary {}
#[doc = include_str!("threats.md")]
pub mod threats {}
#[doc = include_str!("log_format.md")]
pub mod log_format {}
#[doc = include_str!("failure_codes.md")]
pub mod failure_codes {}
#[doc = include_str!("known_issues.md")]
pub mod known_issues {}
