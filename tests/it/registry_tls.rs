//! Mutual TLS with the registry: what each side may be, and how each refusal is named.

use crate::registry_support::{
    SHORT, asker, client, client_at, client_with, not_asked, query, refused, segment_key, stub,
};
use diemdanh::bits::random::SeededRandom;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::dialect::SignedNotes;
use diemdanh::host::http::{HttpsRegistry, RegistrySettings, RegistrySetupError};
use diemdanh::lab::registry_stub::{PemIdentity, RegistryStub, ShownCertificate, StubFault, StubSettings};
use diemdanh::registry::{Answer, NotAskedReason, RefusedReason, Registry as _};

fn showing(certificate: ShownCertificate) -> RegistryStub {
    stub(StubSettings { certificate, ..StubSettings::default() })
}

/// What a desk with its own certificate hears.
fn heard(stub: &RegistryStub) -> Answer {
    client(stub).ask(&query()).answer
}

#[test]
fn both_sides_as_agreed() {
    let stub = stub(StubSettings::default());
    assert!(matches!(heard(&stub), Answer::Match { .. }));
    assert_eq!(stub.calls(), 1);
}

/// Nothing about a person leaves before the server has shown who it is.
#[test]
fn each_wrong_certificate_of_the_server_has_its_name() {
    let rows = [
        (ShownCertificate::Foreign, RefusedReason::ForeignCertificate),
        (ShownCertificate::OtherName, RefusedReason::CertificateForOtherName),
        (ShownCertificate::Expired, RefusedReason::CertificateExpired),
        (ShownCertificate::TooEarly, RefusedReason::CertificateTooEarly),
    ];
    for (certificate, why) in rows {
        let stub = showing(certificate);
        assert_eq!(heard(&stub), refused(why), "{certificate:?}");
        assert_eq!(stub.calls(), 0, "{certificate:?}: nothing was sent");
    }
}

#[test]
fn another_certificate_is_refused_from_the_next_connection_on() {
    let stub = stub(StubSettings::default());
    assert!(matches!(heard(&stub), Answer::Match { .. }));
    stub.show(ShownCertificate::Expired);
    assert_eq!(heard(&stub), refused(RefusedReason::CertificateExpired));
    stub.show(ShownCertificate::Good);
    assert!(matches!(heard(&stub), Answer::Match { .. }));
}

#[test]
fn server_that_speaks_tls_1_2_only() {
    let stub = stub(StubSettings { old_tls: true, ..StubSettings::default() });
    assert_eq!(heard(&stub), refused(RefusedReason::NoCommonTls));
    assert_eq!(stub.calls(), 0);
}

#[test]
fn desk_without_a_certificate_or_with_another_boards() {
    let stub = stub(StubSettings::default());
    let hears =
        |shown: Option<&PemIdentity>| client_with(stub.url(), &stub, shown, SHORT).unwrap().ask(&query()).answer;
    // Each many times: the refusal comes beside the question, and must be heard whichever is first.
    for _ in 0..20 {
        assert_eq!(hears(None), refused(RefusedReason::OwnCertificateMissing));
        assert_eq!(hears(Some(stub.foreign_client())), refused(RefusedReason::OwnCertificateRefused));
    }
    assert_eq!(stub.calls(), 0);
    assert!(matches!(hears(Some(stub.client())), Answer::Match { .. }));
}

#[test]
fn certificate_that_does_not_fit_its_key_is_said_before_any_call() {
    let stub = stub(StubSettings::default());
    let (own, other) = (stub.client().clone(), stub.foreign_client().clone());
    let faults = [
        PemIdentity { key: other.key, ..own.clone() },
        PemIdentity { certificate: String::new(), ..own.clone() },
        PemIdentity { key: "no key".to_owned(), ..own },
    ];
    for identity in faults {
        let refused = client_with(stub.url(), &stub, Some(&identity), SHORT).map(|_| ());
        assert!(matches!(refused, Err(RegistrySetupError::OwnCertificate(_))), "{refused:?}");
    }
}

/// The name that is asked for is held against the certificate, the address is not enough.
#[test]
fn server_under_another_address() {
    let stub = stub(StubSettings::default());
    let by_other_name = stub.url().replace("127.0.0.1", "127.0.0.2");
    let answer = client_at(&by_other_name, &stub, SHORT).unwrap().ask(&query()).answer;
    // On some systems nothing listens there.
    let expected = [refused(RefusedReason::CertificateForOtherName), not_asked(NotAskedReason::Unreachable)];
    assert!(expected.contains(&answer), "{answer:?}");
}

#[test]
fn redirect_is_not_followed() {
    let stub = stub(StubSettings { fault: StubFault::Redirect, ..StubSettings::default() });
    assert_eq!(heard(&stub), refused(RefusedReason::HttpStatus { status: 307 }));
    assert_eq!(stub.calls(), 1, "the place it points to is the stub itself");
}

#[test]
fn name_that_nobody_has() {
    let stub = stub(StubSettings::default());
    let answer = client_at("https://registry.invalid/v1/ask", &stub, SHORT).unwrap().ask(&query()).answer;
    assert_eq!(answer, not_asked(NotAskedReason::NameUnknown));
}

#[test]
fn kept_keys_and_certificates_are_the_same_after_another_start() {
    let folder = tempfile::tempdir().unwrap();
    let start =
        |label| RegistryStub::start_in(StubSettings::default(), folder.path(), &mut SeededRandom::new(label)).unwrap();
    let told = |stub: &RegistryStub| {
        let (ca, client) = (stub.authority_pem().to_owned(), stub.client().certificate.clone());
        (
            ca,
            client,
            stub.verifier().to_string(),
            stub.witness_key().to_string(),
            stub.cosigner_key().map(|key| key.to_string()),
        )
    };
    let first = start("one");
    let (before, own) = (told(&first), first.client().clone());
    drop(first);
    let second = start("two");
    assert_eq!(told(&second), before);
    // A desk that was set up for the first one asks the second.
    let answer = client_with(second.url(), &second, Some(&own), SHORT).unwrap().ask(&query()).answer;
    assert!(matches!(answer, Answer::Match { .. }), "{answer:?}");
}

#[test]
fn pinned_certificate_is_exactly_one() {
    let stub = stub(StubSettings::default());
    let twice = stub.authority_pem().repeat(2);
    for authority in ["", "no certificate", &twice] {
        let settings = RegistrySettings {
            url: stub.url(),
            authority: authority.as_bytes(),
            own: None,
            dialect: Box::new(SignedNotes::new(asker(segment_key()), stub.verifier().clone())),
            limits: SHORT,
        };
        let refused = HttpsRegistry::new(settings, Box::new(SystemClock)).map(|_| ());
        assert!(matches!(refused, Err(RegistrySetupError::Authority)));
    }
    let setup = |url: &str| client_at(url, &stub, SHORT).map(|_| ());
    assert!(matches!(setup("http://127.0.0.1/"), Err(RegistrySetupError::Address)));
    assert!(matches!(setup("registry"), Err(RegistrySetupError::Address)));
}
