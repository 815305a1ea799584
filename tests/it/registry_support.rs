//! A registry's stub and a client for it, with short limits, so that nothing here waits long.

use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::{Pii, Secret};
use diemdanh::host::clock::SystemClock;
use diemdanh::host::dialect::{Asker, Dialect, SignedNotes};
use diemdanh::host::http::{CallLimits, HttpsRegistry, RegistrySettings, RegistrySetupError};
use diemdanh::host::intermediary::Intermediary;
use diemdanh::host::pinned::ClientIdentity;
use diemdanh::host::tls_key::TlsKey;
use diemdanh::lab::registry_stub::{PemIdentity, RegistryStub, StubSettings};
use diemdanh::registry::intermediary::SentFields;
use diemdanh::registry::{Answer, Asked, NotAskedReason, Query, RefusedReason, RequestId};
use diemdanh::tlog::NoteKey;
use jiff::civil::date;

pub(crate) const NUMBER: &str = "099208000017";
pub(crate) const SHORT: CallLimits =
    CallLimits { connect_ms: 1_000, whole_ms: 1_500, body_bytes: 64 << 10, max_skew_seconds: 120 };

pub(crate) fn query() -> Query {
    query_about(NUMBER, 9)
}

pub(crate) fn query_about(number: &str, id: u8) -> Query {
    Query {
        request_id: RequestId([id; 16]),
        number: Pii::new(number.to_owned()),
        full_name: Pii::new("Nguyễn Văn Mẫu".to_owned()),
        birth_date: Some(date(2008, 2, 15)),
        expiry: None,
        ds_certificate: vec![0x30, 0],
        asked: Asked { origin: "board.example/e/d/s/001".to_owned(), size: 3, root: [4; 32] },
    }
}

pub(crate) fn stub(settings: StubSettings) -> RegistryStub {
    RegistryStub::start(settings, &mut SeededRandom::new("stub")).unwrap()
}

pub(crate) fn client(stub: &RegistryStub) -> HttpsRegistry {
    client_at(stub.url(), stub, SHORT).unwrap()
}

pub(crate) fn client_at(
    url: &str,
    stub: &RegistryStub,
    limits: CallLimits,
) -> Result<HttpsRegistry, RegistrySetupError> {
    client_with(url, stub, Some(stub.client()), limits)
}

/// A client that asks as somebody else.
pub(crate) fn client_asking(
    url: &str,
    stub: &RegistryStub,
    asker: Asker,
    limits: CallLimits,
) -> Result<HttpsRegistry, RegistrySetupError> {
    let key = TlsKey::of_pem(Secret::new(stub.client().key.clone().into_bytes()));
    let own = Some(ClientIdentity { certificate: stub.client().certificate.as_bytes(), key: &key });
    let settings = RegistrySettings {
        url,
        authority: stub.authority_pem().as_bytes(),
        own,
        dialect: dialect(url, stub, asker),
        limits,
    };
    HttpsRegistry::new(settings, Box::new(SystemClock))
}

/// A client that shows the server this certificate, or none.
pub(crate) fn client_with(
    url: &str,
    stub: &RegistryStub,
    shown: Option<&PemIdentity>,
    limits: CallLimits,
) -> Result<HttpsRegistry, RegistrySetupError> {
    let key = shown.map(|identity| TlsKey::of_pem(Secret::new(identity.key.clone().into_bytes())));
    let own = shown
        .zip(key.as_ref())
        .map(|(identity, key)| ClientIdentity { certificate: identity.certificate.as_bytes(), key });
    let authority = stub.authority_pem().as_bytes();
    let dialect = dialect(url, stub, asker(segment_key()));
    let settings = RegistrySettings { url, authority, own, dialect, limits };
    HttpsRegistry::new(settings, Box::new(SystemClock))
}

/// The key of the log's segment that [`query`] names.
pub(crate) fn segment_key() -> NoteKey {
    NoteKey::generate(&query().asked.origin, &mut SeededRandom::new("segment")).unwrap()
}

/// Whoever asks with this key and shows no more.
pub(crate) fn asker(key: NoteKey) -> Asker {
    Asker::new(key, String::new(), String::new())
}

/// The dialect that is spoken at this address.
fn dialect(url: &str, stub: &RegistryStub, asker: Asker) -> Box<dyn Dialect> {
    if !url.ends_with("/v1/check") {
        return Box::new(SignedNotes::new(asker, stub.verifier().clone()));
    }
    let api_key = Secret::new("lab-key".to_owned());
    let fields = SentFields { device_type: "desk".to_owned(), province: String::new() };
    Box::new(Intermediary::new(api_key, fields, stub.intermediary_key().as_bytes()).unwrap())
}

/// Both dialects' clients of one stub.
pub(crate) fn clients(stub: &RegistryStub) -> [(&'static str, HttpsRegistry); 2] {
    let intermediary = client_at(&stub.intermediary_url(), stub, SHORT).unwrap();
    [("signed", client(stub)), ("intermediary", intermediary)]
}

pub(crate) fn not_asked(why: NotAskedReason) -> Answer {
    Answer::NotAsked { why }
}

pub(crate) fn refused(why: RefusedReason) -> Answer {
    Answer::Refused { why }
}
