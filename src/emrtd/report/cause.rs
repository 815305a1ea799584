//! Why a check ended as it did: one table of facts and their stable codes.

use iso7816::transport::TransportError;

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)+) => {
        /// Why a check ended as it did, or what was remarkable although it was good. Facts only, never a person's data.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Cause {
            /// The link to the card broke.
            Link(TransportError),
            /// The card answered with a status word that ends the step.
            Status(u16),
            $($(#[$doc])* $name,)+
        }

        impl Cause {
            /// Every cause that has no detail of its own.
            pub const PLAIN: &'static [Cause] = &[$(Cause::$name,)+];

            fn plain_id(self) -> &'static str {
                match self {
                    Self::Link(_) => "link",
                    Self::Status(_) => "status",
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

causes! {
    /// The card refused the key.
    KeyRefused = "key-refused";
    /// The card has blocked the password or asks for another first.
    KeyBlocked = "key-blocked";
    /// This access procedure is not offered by the card.
    NotOffered = "not-offered";
    /// What the card offers is not supported here.
    ParametersNotSupported = "parameters-not-supported";
    /// The key at hand cannot be used with this procedure.
    KeyUnsuitable = "key-unsuitable";
    /// The policy does not allow it.
    ForbiddenByPolicy = "forbidden-by-policy";
    /// No travel document application on the card.
    NotAnIcaoDocument = "not-an-icao-document";
    /// The other side did what the protocol forbids (wrong token, point off the curve, …).
    ProtocolViolated = "protocol-violated";
    /// The protected channel was broken: an answer without its protection, or with a wrong one.
    ChannelBroken = "channel-broken";
    /// The key that opened the chip is not the one that its signed DG1 gives.
    AccessKeyDiffers = "access-key-differs";
    /// The chip was opened by BAC, and its signed copy says that it offers PACE.
    OfferHidden = "offer-hidden";
    /// The file is not on the card.
    FileMissing = "file-missing";
    /// The file may not be read with this access.
    FileProtected = "file-protected";
    /// The file is empty, cut, or larger than the limit.
    FileUnreadable = "file-unreadable";
    /// The file does not start with its tag or is not well formed.
    Malformed = "malformed";
    /// The fallback constant was used in place of what the card did not show.
    FallbackUsed = "fallback-used";
    /// A structure or version that the standard does not allow, yet can be read.
    Irregular = "irregular";
    /// Bytes follow after the end of the structure.
    TrailingBytes = "trailing-bytes";
    /// Indefinite lengths or an outdated content type: an old signer, otherwise good.
    OldEncoding = "old-encoding";
    /// The signed content is of a type that no such object has.
    ContentTypeUnknown = "content-type-unknown";
    /// The security object has a version that the standard does not know.
    LdsVersionUnknown = "lds-version-unknown";
    /// The security object names a group outside 1 to 16.
    GroupOutOfRange = "group-out-of-range";
    /// The security object names a group twice.
    GroupTwice = "group-twice";
    /// The security object has a hash of a length that its algorithm does not have.
    HashLengthWrong = "hash-length-wrong";
    /// The security object names no group.
    NoGroups = "no-groups";
    /// Signed data without any signer.
    NoSigner = "no-signer";
    /// SHA-1 was used.
    DeprecatedHash = "deprecated-hash";
    /// The certificate's key identifier of its issuer is missing or another one's; its name and signature are right.
    KeyIdIrregular = "key-id-irregular";
    /// An RSA key of fewer than 1,024 bits: good, and no proof for much longer.
    WeakKey = "weak-key";
    /// An RSA key of fewer than 2,048 bits: good, and not made any more.
    ShortKey = "short-key";
    /// No certificate in the object, and none known here.
    SignerCertificateMissing = "signer-certificate-missing";
    /// No certificate matches what the signer information says.
    SignerMismatch = "signer-mismatch";
    /// The signer's certificate is larger than any document's.
    CertificateTooLarge = "certificate-too-large";
    /// The signer's certificate is not well formed.
    CertificateMalformed = "certificate-malformed";
    /// The signature is wrong.
    SignatureWrong = "signature-wrong";
    /// The message digest is not the hash of the signed content.
    DigestWrong = "digest-wrong";
    /// The signed attributes cannot be read.
    AttributesWrong = "attributes-wrong";
    /// There are no signed attributes.
    AttributesMissing = "attributes-missing";
    /// A signed attribute of which there must be one stands twice or has several values.
    AttributeTwice = "attribute-twice";
    /// The signed attribute of the content type is missing or names another type.
    ContentTypeAttributeWrong = "content-type-attribute-wrong";
    /// The signed attribute of the message digest is missing.
    DigestAttributeMissing = "digest-attribute-missing";
    /// The signed attributes stand in another order than DER's.
    AttributesUnsorted = "attributes-unsorted";
    /// An algorithm that is not supported.
    AlgorithmNotSupported = "algorithm-not-supported";
    /// A key that is not acceptable (exponent, altered curve parameters, …).
    KeyNotAcceptable = "key-not-acceptable";
    /// A key that is bound to one scheme, hash or salt, and was used with another.
    KeyBoundOtherwise = "key-bound-otherwise";
    /// No country signer in the trust store could have issued the document signer.
    UnknownSigner = "unknown-signer";
    /// The trust store has such a country signer, and the certificate is not signed by it.
    ChainSignatureWrong = "chain-signature-wrong";
    /// A certificate that may not do what it did (key usage, basic constraints, path length, critical extension).
    CertificateUnfit = "certificate-unfit";
    /// The country signer lacks an extension that its profile asks for, and the board itself put it into the store.
    CscaIncomplete = "anchor-incomplete";
    /// A certificate for another purpose than signing documents (extended key usage).
    PurposeOther = "purpose-other";
    /// Signed outside the period in which the signer's private key might be used.
    KeyUsePeriodOver = "key-use-period-over";
    /// The signer may not sign documents of this type.
    DocumentTypeForbidden = "document-type-forbidden";
    /// The certificate departs from its profile in what does not matter here.
    ProfileDeviates = "profile-deviates";
    /// The signer's certificate was not yet valid when it signed.
    SignerNotYetValid = "signer-not-yet-valid";
    /// The signer's certificate had expired when it signed.
    SignerExpired = "signer-expired";
    /// The country signer was not yet valid when the signer signed.
    IssuerNotYetValid = "issuer-not-yet-valid";
    /// The object does not say when it was signed.
    SigningTimeAbsent = "signing-time-absent";
    /// The object says when it was signed in a form that no rule knows; judged as if it did not say.
    SigningTimeOdd = "signing-time-odd";
    /// The object says that it was signed at a time that has not come yet.
    SignedInFuture = "signed-in-the-future";
    /// No revocation list is at hand.
    NoRevocationList = "no-revocation-list";
    /// The revocation lists at hand are out of date.
    RevocationListOutOfDate = "revocation-list-out-of-date";
    /// The revocation lists at hand are dated in the future.
    RevocationListNotYet = "revocation-list-not-yet-in-force";
    /// The revocation lists at hand cover only a part: a delta, some reasons, some certificates.
    RevocationListPartial = "revocation-list-partial";
    /// The revocation lists at hand have a critical extension that is not known here.
    RevocationListUnknownExtension = "revocation-list-unknown-extension";
    /// A revocation list names the signer.
    SignerRevoked = "signer-revoked";
    /// The countries disagree.
    CountriesDisagree = "countries-disagree";
    /// The hash differs from the signed one.
    HashDiffers = "hash-differs";
    /// The group is not in the signed object.
    NotSigned = "not-signed";
    /// The list differs from the signed one.
    ListDiffers = "list-differs";
    /// The key that was used is not (or not provably) the signed one.
    KeyNotBound = "key-not-bound";
    /// The key is signed by a signer that the trust store does not know.
    KeyOfUnknownSigner = "key-of-unknown-signer";
    /// The key is signed by a signer whose certificate was not in force.
    KeyOfUnfitSigner = "key-of-unfit-signer";
    /// The document has no key for it.
    NoKey = "no-key";
    /// Documents of this type have a chip key; this one has none: perhaps a copy whose maker left it out.
    KeysDropped = "keys-dropped";
    /// An entry of the list of deviations refuses such documents.
    RefusedByDeviation = "refused-by-deviation";
    /// Another check made this one unnecessary.
    NotNeeded = "not-needed";
    /// An earlier failure made this one pointless.
    EarlierFailure = "earlier-failure";
    /// The picture could not be decoded.
    PortraitUnreadable = "portrait-unreadable";
    /// A check digit or field of the MRZ is wrong.
    MrzWrong = "mrz-wrong";
    /// Files are judged without their card; only a card could show this.
    NoCard = "no-card";
    /// Files are judged without their card, and this one is not among them.
    FileNotSupplied = "file-not-supplied";
}

impl Cause {
    /// A stable code for machine-readable reports: `key-refused`, `status-6982`.
    pub fn id(self) -> String {
        match self {
            Self::Link(error) => format!("link-{}", link_id(error)),
            Self::Status(status) => format!("status-{status:04x}"),
            plain => plain.plain_id().to_owned(),
        }
    }
}

fn link_id(error: TransportError) -> &'static str {
    match error {
        TransportError::CardLost => "card-lost",
        TransportError::ReaderLost => "reader-lost",
        TransportError::ServiceLost => "service-lost",
        TransportError::HeldByAnother => "held-by-another",
        TransportError::TimedOut { .. } => "timed-out",
        TransportError::ExtendedLengthRefused => "extended-length-refused",
        TransportError::ReaderFailed { .. } => "reader-failed",
    }
}
