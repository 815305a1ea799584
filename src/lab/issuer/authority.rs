//! Lab certificates: a country signer and its document signers, with keys that follow from a label.
//!
//! The profile is the one of ICAO Doc 9303-12 §7.1.1; the curves are explicit, as real ones are.

use super::IssueError;
use super::{der, signed_object};
use bits::random::{Random as _, SeededRandom};
use bits::tlv;
use crypto::ecdsa;
use crypto::{EcSecret, HashAlg, NamedCurve};
use jiff::Timestamp;

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const COUNTRY: &[u8] = &[0x55, 0x04, 0x06];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0A];
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1D, 0x0E];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1D, 0x23];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x25];
/// id-icao-cscaMasterListSigningKey.
const MASTER_LIST_SIGNING: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x03];
/// Below the arc for examples, 2.999.
const NOBODYS_EXTENSION: &[u8] = &[0x88, 0x37, 0x01];

/// Moments between which a certificate is valid.
#[derive(Debug, Clone, Copy)]
pub struct Validity {
    /// The first.
    pub from: Timestamp,
    /// The last.
    pub to: Timestamp,
}

/// A key with its certificate.
#[derive(Clone)]
pub struct Authority {
    secret: EcSecret,
    hash: HashAlg,
    name: Vec<u8>,
    serial: Vec<u8>,
    key_id: Vec<u8>,
    certificate: Vec<u8>,
}

/// What a certificate says that it may do. The first three are right; the others are each wrong in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// A country signer.
    CountrySigner,
    /// A document signer.
    DocumentSigner,
    /// A signer of master lists.
    MasterListSigner,
    /// A signer of master lists without digitalSignature.
    MasterListSignerWithoutSignature,
    /// A signer of master lists with a critical extension that nobody knows.
    MasterListSignerWithUnknownExtension,
    /// A document signer without digitalSignature.
    SignerThatMayNotSign,
    /// A document signer that says it is an authority.
    SignerThatIsAnAuthority,
    /// A country signer without keyCertSign.
    AuthorityThatMayNotCertify,
    /// A country signer without basicConstraints.
    AuthorityWithoutConstraints,
    /// A country signer with a critical extension that nobody knows.
    AuthorityWithUnknownExtension,
}

impl Authority {
    /// A self-signed country signer on brainpoolP512r1 with SHA-512.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn country_signer(label: &str, country: &str, validity: Validity) -> Result<Self, IssueError> {
        Self::self_signed(label, country, Profile::CountrySigner, validity)
    }

    /// A self-signed certificate of any profile.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn self_signed(label: &str, country: &str, profile: Profile, validity: Validity) -> Result<Self, IssueError> {
        let mut authority = Self::unsigned(label, label, country, NamedCurve::BrainpoolP512r1, HashAlg::Sha512)?;
        authority.certificate = authority.certified_by(&authority, profile, validity)?;
        Ok(authority)
    }

    /// A country signer with the name of this one and another key.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn namesake(&self, seed: &str, label: &str, country: &str, validity: Validity) -> Result<Self, IssueError> {
        let mut authority = Self::unsigned(seed, label, country, self.secret.curve(), self.hash)?;
        authority.certificate = authority.certified_by(&authority, Profile::CountrySigner, validity)?;
        Ok(authority)
    }

    /// A document signer on brainpoolP384r1 with SHA-384 under this country signer.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn document_signer(&self, label: &str, country: &str, validity: Validity) -> Result<Self, IssueError> {
        self.signer_with(label, country, Profile::DocumentSigner, validity)
    }

    /// The same with any profile.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn signer_with(
        &self,
        label: &str,
        country: &str,
        profile: Profile,
        validity: Validity,
    ) -> Result<Self, IssueError> {
        let mut signer = Self::unsigned(label, label, country, NamedCurve::BrainpoolP384r1, HashAlg::Sha384)?;
        signer.certificate = signer.certified_by(self, profile, validity)?;
        Ok(signer)
    }

    /// A link certificate: this country signer's key, signed by an older one.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn link_from(&self, older: &Self, validity: Validity) -> Result<Vec<u8>, IssueError> {
        self.certified_by(older, Profile::CountrySigner, validity)
    }

    /// A revocation list that names the certificates of `revoked`, in force until `next_update`.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn revocation_list(
        &self,
        revoked: &[&Self],
        from: Timestamp,
        next_update: Timestamp,
    ) -> Result<Vec<u8>, IssueError> {
        let entries: Vec<Vec<u8>> = revoked
            .iter()
            .map(|authority| der::sequence(&[der::integer(&authority.serial), der::utc_time(from)]))
            .collect();
        let listed = if entries.is_empty() { Vec::new() } else { der::sequence(&entries) };
        let algorithm = der::ecdsa_with(self.hash);
        let body = der::sequence(&[
            der::integer(&[1]),
            algorithm.clone(),
            self.name.clone(),
            der::utc_time(from),
            der::utc_time(next_update),
            listed,
        ]);
        let signature = self.sign(&body)?;
        Ok(der::sequence(&[body, algorithm, der::bits(&signature)]))
    }

    /// A master list of `certificates`, signed by this key, whose certificate `issuer` signed.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn master_list(
        &self,
        issuer: &Self,
        certificates: &[Vec<u8>],
        signed_at: Option<Timestamp>,
    ) -> Result<Vec<u8>, IssueError> {
        signed_object::master_list(certificates, self, issuer, signed_at)
    }

    /// The certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The issuer's name (DER) and serial number (DER) that a signer information names this certificate by.
    pub(super) fn issuer_and_serial(&self, issuer: &Self) -> Vec<u8> {
        der::sequence(&[issuer.name.clone(), der::integer(&self.serial)])
    }

    /// The hash this key signs with.
    pub(super) fn hash(&self) -> HashAlg {
        self.hash
    }

    /// A DER signature over `message`; the same message is always signed with the same number.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, IssueError> {
        let prehash = self.hash.digest(message);
        // A nonce that follows from secret and message never meets two messages.
        let nonce_seed = HashAlg::Sha256.digest(&[self.secret.expose(), &prehash].concat());
        let mut random = SeededRandom::new(&bits::hex::encode(&nonce_seed));
        let (r, s) = ecdsa::ecdsa_sign(&self.secret, &prehash, &mut random)?;
        Ok(ecdsa::encode_der(&r, &s))
    }

    fn unsigned(seed: &str, label: &str, country: &str, curve: NamedCurve, hash: HashAlg) -> Result<Self, IssueError> {
        let mut random = SeededRandom::new(&format!("diemdanh lab authority {seed}"));
        let secret = EcSecret::random(curve, &mut random);
        let mut serial = random.bytes(16);
        if let Some(first) = serial.first_mut() {
            *first = *first & 0x7F | 0x40;
        }
        let key_id = HashAlg::Sha1.digest(&secret.public()?.encode());
        Ok(Self { secret, hash, name: name(label, country), serial, key_id, certificate: Vec::new() })
    }

    fn certified_by(&self, issuer: &Self, profile: Profile, validity: Validity) -> Result<Vec<u8>, IssueError> {
        let algorithm = der::ecdsa_with(issuer.hash);
        let body = der::sequence(&[
            tlv::encode(0xA0, &der::integer(&[2])),
            der::integer(&self.serial),
            algorithm.clone(),
            issuer.name.clone(),
            der::sequence(&[der::utc_time(validity.from), der::utc_time(validity.to)]),
            self.name.clone(),
            der::public_key(&self.secret.public()?),
            tlv::encode(0xA3, &der::sequence(&self.extensions(issuer, profile))),
        ]);
        let signature = issuer.sign(&body)?;
        Ok(der::sequence(&[body, algorithm, der::bits(&signature)]))
    }

    fn extensions(&self, issuer: &Self, profile: Profile) -> Vec<Vec<u8>> {
        const CERTIFICATE_AND_LIST_SIGNING: [u8; 2] = [1, 0x06];
        const SIGNATURE: [u8; 2] = [7, 0x80];
        const LIST_SIGNING: [u8; 2] = [1, 0x02];
        const ENCIPHERMENT: [u8; 2] = [5, 0x20];
        let (usage, is_authority) = match profile {
            Profile::CountrySigner | Profile::AuthorityWithUnknownExtension => (CERTIFICATE_AND_LIST_SIGNING, true),
            Profile::AuthorityWithoutConstraints => (CERTIFICATE_AND_LIST_SIGNING, false),
            Profile::AuthorityThatMayNotCertify => (LIST_SIGNING, true),
            Profile::DocumentSigner | Profile::MasterListSigner | Profile::MasterListSignerWithUnknownExtension => {
                (SIGNATURE, false)
            }
            Profile::MasterListSignerWithoutSignature => (ENCIPHERMENT, false),
            Profile::SignerThatIsAnAuthority => (SIGNATURE, true),
            Profile::SignerThatMayNotSign => (LIST_SIGNING, false),
        };
        let mut extensions = vec![
            extension(AUTHORITY_KEY_ID, false, &der::sequence(&[tlv::encode(0x80, &issuer.key_id)])),
            extension(SUBJECT_KEY_ID, false, &der::octets(&self.key_id)),
            extension(KEY_USAGE, true, &tlv::encode(0x03, &usage)),
        ];
        if is_authority {
            let constraints = der::sequence(&[tlv::encode(0x01, &[0xFF]), der::integer(&[0])]);
            extensions.push(extension(BASIC_CONSTRAINTS, true, &constraints));
        }
        let signs_lists = matches!(
            profile,
            Profile::MasterListSigner
                | Profile::MasterListSignerWithoutSignature
                | Profile::MasterListSignerWithUnknownExtension
        );
        if signs_lists {
            let purposes = der::sequence(&[der::oid(MASTER_LIST_SIGNING)]);
            extensions.push(extension(EXTENDED_KEY_USAGE, true, &purposes));
        }
        if matches!(profile, Profile::AuthorityWithUnknownExtension | Profile::MasterListSignerWithUnknownExtension) {
            extensions.push(extension(NOBODYS_EXTENSION, true, &der::octets(&[])));
        }
        extensions
    }
}

fn extension(kind: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { tlv::encode(0x01, &[0xFF]) } else { Vec::new() };
    der::sequence(&[der::oid(kind), flag, der::octets(value)])
}

fn name(label: &str, country: &str) -> Vec<u8> {
    let part = |kind: &[u8], value: Vec<u8>| tlv::encode(0x31, &der::sequence(&[der::oid(kind), value]));
    der::sequence(&[
        part(COUNTRY, der::printable(country)),
        part(ORGANISATION, der::utf8("Diem Danh Lab")),
        part(COMMON_NAME, der::utf8(label)),
    ])
}
