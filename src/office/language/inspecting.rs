//! The page of an inspection in the board's languages.

use super::InspectWords;
use emrtd::report::Overall;
use emrtd::report::page::{PageLabel, PageWords};

impl PageWords for InspectWords {
    fn language(&self) -> String {
        Self::language(self)
    }

    fn meaning(&self, overall: Overall) -> String {
        match overall {
            Overall::Pass => self.pass(),
            Overall::Warn => self.warn(),
            Overall::Unknown => self.unknown(),
            Overall::Fail => self.fail(),
            Overall::Access => self.access(),
            Overall::Retry => self.retry(),
        }
    }

    fn judged(&self, at: &str, store: &str) -> String {
        Self::judged(self, at, store)
    }

    fn label(&self, label: PageLabel) -> String {
        match label {
            PageLabel::Title => self.title(),
            PageLabel::Checks => self.checks(),
            PageLabel::Check => self.check(),
            PageLabel::Result => self.result(),
            PageLabel::Cause => self.cause(),
            PageLabel::Standard => self.standard(),
            PageLabel::Files => self.files(),
            PageLabel::File => self.file(),
            PageLabel::Bytes => self.bytes(),
            PageLabel::SignedByTrusted => self.signed_by_trusted(),
            PageLabel::Yes => self.yes(),
            PageLabel::No => self.no(),
            PageLabel::Holder => self.holder(),
            PageLabel::HolderUnproven => self.holder_unproven(),
            PageLabel::Born => self.born(),
            PageLabel::Document => self.document(),
            PageLabel::IssuedBy => self.issued_by(),
            PageLabel::DocumentSigner => self.document_signer(),
        }
    }
}
