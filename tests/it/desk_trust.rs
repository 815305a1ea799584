//! The trust folder of a running desk is replaced: the next reading is on the new one, the desk never stops.

use crate::desk_support::{World, card, good, person};
use crate::trust_signed::put_in_place;
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::Headline;
use diemdanh::lab::issuer::Issuer;

fn folder_of(certificate: &[u8]) -> Vec<(String, Vec<u8>)> {
    vec![("anchor.cer".to_owned(), certificate.to_vec())]
}

#[test]
fn f14_trust_folder_replaced_between_two_readings() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
    bench.next();
    let stranger = Issuer::unknown().unwrap();
    put_in_place(&world.path("trust"), &folder_of(stranger.country_signer_der()));
    bench.tap(&person(2), card(&good(&person(2))));
    let case = bench.decided();
    assert!(case.reasons.contains(&Failure::SignerUnknown), "{:?}", case.reasons);
    bench.decide(Choice::Refer);
    bench.stop();
}

#[test]
fn f14_bad_trust_folder_leaves_the_old_store_standing() {
    let world = World::alone();
    let bench = world.open();
    put_in_place(&world.path("trust"), &folder_of(b"no certificate"));
    bench.tap(&person(0), card(&good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
    bench.stop();
}
