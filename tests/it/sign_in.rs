//! Operators at a desk: PINs, their hashes, and what wrong PINs come to.

use diemdanh::bits::{
    random::{Random, SeededRandom},
    secret::Secret,
    stamp::Stamp,
};
use diemdanh::checkin::sign_in::{Action, Attempt, NotUnlocked, Refusal, SignIn, SignedIn, Standing};
use diemdanh::crypto::pin::{self, PinCheck, PinCost, PinError, PinLock};
use diemdanh::package::operators::{Operator, Role};

const LOCK: &str = "$diemdanh-pin$v=2$m=64,t=2,p=1$ZGllbWRhbmgtc2FsdC0xNg$NUXufFmLhLrXlayfk+78Suw+MW4udV0saiFPWQDdtyo";

fn secret(pin: &str) -> Secret<String> {
    Secret::new(pin.to_owned())
}

pub(crate) fn at(seconds: u64) -> Stamp {
    Stamp { wall: "2026-06-26T00:00:00Z".parse().unwrap(), boot_ms: 1_000_000 + seconds * 1_000 }
}

#[test]
fn pins_that_are_tried_first_are_never_drawn() {
    let rows = [
        ("000000", true),
        ("777777", true),
        ("123456", true),
        ("654321", true),
        ("890123", true),
        ("135791", true),
        ("020202", true),
        ("483483", true),
        ("199804", true),
        ("041987", true),
        ("320084", true),
        ("201184", true),
        ("482917", false),
        ("122456", false),
        ("900817", false),
        ("918204", false),
    ];
    for (pin, trivial) in rows {
        assert_eq!(pin::is_trivial(pin), trivial, "{pin}");
    }
    let left = (0..1_000_000_u32).filter(|number| !pin::is_trivial(&format!("{number:06}"))).count();
    assert_eq!(left, 939_300);
}

/// Bytes as they are given, then zeros.
struct Given(Vec<u8>);

impl Random for Given {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = if self.0.is_empty() { 0x10 } else { self.0.remove(0) };
        }
    }
}

#[test]
fn pins_are_drawn_without_a_bias() {
    // 4,294,000,000 and above would make the first PINs likelier; 123,456 is drawn again.
    let bytes = [4_294_482_917_u32.to_be_bytes(), [0xFF; 4], 123_456_u32.to_be_bytes(), 482_917_u32.to_be_bytes()];
    let drawn = pin::draw(&mut Given(bytes.concat()));
    assert_eq!((drawn.expose().as_str(), format!("{drawn:?}").as_str()), ("482917", "Secret(…)"));
    assert_eq!(pin::draw(&mut Given(4_293_482_917_u32.to_be_bytes().to_vec())).expose(), "482917");
    let mut random = SeededRandom::new("pins");
    let mut counts = [[0_u32; 10]; pin::PIN_LEN];
    for _ in 0..20_000 {
        let drawn = pin::draw(&mut random);
        assert_eq!(drawn.expose().len(), pin::PIN_LEN);
        for (place, digit) in drawn.expose().bytes().enumerate() {
            counts[place][usize::from(digit - b'0')] += 1;
        }
    }
    // 2,000 each but for the digits of the years that are left out; five deviations are 215.
    let odd = counts.iter().flatten().find(|count| !(1_700..2_250).contains(*count));
    assert_eq!(odd, None, "{counts:?}");
}

#[test]
fn locks_are_those_of_other_implementations() {
    // argon2 of Debian 12 (the reference implementation in C): printf 482917 | argon2 diemdanh-salt-16 -id -t 2 -m 6 -e
    // gives dl0kOPlp2rTF8YsVZNSI5gmxL0FwpY7xehvUlXALJ1U, -k 65536 -t 4 with the salt “diemdanh” gives
    // /bLEbv5ridLRONBrNK+Dv8XRJi2FhSCIrlZes8pTKhw. The public keys are X25519(SHA-512(that)[..32], 9), by RFC 7748 §5 in
    // plain Python.
    let rows = [LOCK, "$diemdanh-pin$v=2$m=65536,t=4,p=1$ZGllbWRhbmg$NznWchLuzkrtJ736qwe36n6Pw+6+WIcgsatzjAZA7UA"];
    for text in rows {
        let hash = PinLock::parse(text).unwrap();
        assert_eq!((hash.to_string().as_str(), format!("{hash:?}").as_str()), (text, "PinLock(…)"));
        let begun = std::time::Instant::now();
        assert_eq!(hash.check(&secret("482917")), Ok(PinCheck::Right));
        println!("{:?}: {:?}", hash.cost(), begun.elapsed());
    }
    let hash = PinLock::parse(rows[0]).unwrap();
    for wrong in ["482918", "48291", "4829170", "", " 482917", "４８２９１７"] {
        assert_eq!(hash.check(&secret(wrong)), Ok(PinCheck::Wrong), "{wrong}");
    }
}

#[test]
fn locks_of_another_form_are_refused() {
    let good = LOCK;
    let rows = [
        ("", PinError::Form),
        ("482917", PinError::Form),
        (&good.replace("pin$", "pim$"), PinError::Form),
        (&good.replace("v=2", "v=1"), PinError::Form),
        (&good.replace("p=1", "p=2"), PinError::Form),
        (&good.replace("t=2", "t=02"), PinError::Form),
        (&good.replace("ZGllbWRhbmgtc2FsdC0xNg", "ZGll"), PinError::Form),
        (&good.replace("QDdtyo", "QDdt"), PinError::Form),
        (&format!("{good}$"), PinError::Form),
        (&good.replace("m=64", "m=4"), PinError::Cost { memory_kib: 4, passes: 2 }),
        (&good.replace("m=64", "m=4294967295"), PinError::Cost { memory_kib: u32::MAX, passes: 2 }),
        (&good.replace("t=2", "t=17"), PinError::Cost { memory_kib: 64, passes: 17 }),
        (&good.replace("t=2", "t=0"), PinError::Cost { memory_kib: 64, passes: 0 }),
    ];
    for (text, error) in rows {
        assert_eq!(PinLock::parse(text).map(|_| ()), Err(error), "{text}");
    }
    let mut random = SeededRandom::new("salt");
    for wrong in ["48291", "4829170", "48291a", "４８"] {
        let made = PinLock::make(&secret(wrong), PinCost::LEAST, &mut random).map(|_| ());
        assert_eq!(made, Err(PinError::NotSixDigits), "{wrong}");
    }
    let [one, other] = [(), ()].map(|()| PinLock::make(&secret("482917"), PinCost::LEAST, &mut random).unwrap());
    assert!(one != other && one.check(&secret("482917")) == other.check(&secret("482917")), "each has its own salt");
}

fn operator(code: &str, role: Role, site: &str, pin: Option<&str>) -> Operator {
    let hash = |pin: &str| PinLock::make(&secret(pin), PinCost::LEAST, &mut SeededRandom::new(code)).unwrap();
    Operator {
        code: code.to_owned(),
        name: format!("Người {code}"),
        role,
        site: site.to_owned(),
        pin: pin.map(hash),
        telephone: None,
        revoked: None,
    }
}

/// A desk at site 0901 with somebody of each kind.
pub(crate) struct Desk {
    pub(crate) operators: Vec<Operator>,
    sign_in: SignIn,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let revoked = Operator {
            revoked: Some("nghỉ".to_owned()),
            ..operator("gt-03", Role::Invigilator, "0901", Some("482917"))
        };
        let operators = vec![
            operator("gt-01", Role::Invigilator, "0901", Some("482917")),
            operator("td-01", Role::HeadOfSite, "0901", Some("719284")),
            operator("td-09", Role::HeadOfSite, "", Some("310598")),
            operator("gt-02", Role::Invigilator, "0902", Some("482917")),
            operator("gt-04", Role::Invigilator, "0901", None),
            operator("kt-01", Role::Technician, "0901", Some("604713")),
            revoked,
        ];
        Self { operators, sign_in: SignIn::default() }
    }

    fn try_pin(&mut self, code: &str, pin: &str, now: Stamp) -> Result<Attempt, Refusal> {
        let hash = self.sign_in.ask(&self.operators, "0901", code, now)?;
        let check = hash.check(&secret(pin)).ok();
        Ok(self.sign_in.judge(&self.operators, "0901", check, now))
    }

    pub(crate) fn signed_in(&mut self, code: &str, pin: &str, now: Stamp) -> SignedIn {
        match self.try_pin(code, pin, now) {
            Ok(Attempt::In(proof)) => proof,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_right_pin_signs_in_those_who_may() {
    let mut desk = Desk::new();
    let proof = desk.signed_in("gt-01", "482917", at(0));
    assert_eq!(
        (proof.code(), proof.name(), proof.role(), proof.may(Action::Unlock)),
        ("gt-01", "Người gt-01", Role::Invigilator, false)
    );
    assert!(desk.signed_in("td-09", "310598", at(0)).may(Action::Unlock), "a head of every site");
    let refused = [
        ("gt-99", Refusal::Unknown),
        ("", Refusal::Unknown),
        ("gt-02", Refusal::OtherSite),
        ("gt-03", Refusal::Revoked),
        ("gt-04", Refusal::NoPin),
    ];
    for (code, refusal) in refused {
        assert_eq!(desk.try_pin(code, "482917", at(0)), Err(refusal), "{code}");
    }
    assert_eq!(desk.sign_in, SignIn::default(), "nobody's tries are counted for that");
}

/// Where wrong PINs were forgotten, everybody is stopped but those who may unlock, and they wait before each try.
#[test]
fn forgetting_gives_tries_to_nobody() {
    let mut desk = Desk::new();
    desk.sign_in.distrust(&desk.operators, at(0));
    for one in &desk.operators {
        let wanted = match one.role {
            Role::HeadOfSite | Role::Board => Standing::Locked { left_ms: 120_000 },
            Role::Invigilator | Role::Technician => Standing::Stopped,
        };
        assert_eq!(desk.sign_in.standing(&one.code, at(0)), wanted, "{}", one.code);
    }
    assert_eq!(desk.try_pin("td-01", "719284", at(119)), Err(Refusal::Locked { left_ms: 1_000 }));
    // A wrong one locks for longer, and forgetting once more does not shorten that.
    assert_eq!(desk.try_pin("td-01", "000000", at(120)), Ok(Attempt::Locked { for_ms: 240_000 }));
    desk.sign_in.distrust(&desk.operators, at(121));
    assert_eq!(desk.sign_in.standing("td-01", at(121)), Standing::Locked { left_ms: 239_000 });
    let head = desk.signed_in("td-01", "719284", at(360));
    assert_eq!(desk.sign_in.unlock("gt-01", &head), Ok(()));
    desk.signed_in("gt-01", "482917", at(360));
}

/// What a desk gets opens with the PIN and has nothing to compare a guess with.
#[test]
fn a_lock_without_its_public_key_still_makes_the_key() {
    let lock = PinLock::parse(LOCK).unwrap();
    let bare = lock.without_public();
    assert_eq!(bare.to_string(), "$diemdanh-pin$v=2$m=64,t=2,p=1$ZGllbWRhbmgtc2FsdC0xNg");
    assert_eq!(PinLock::parse(&bare.to_string()), Ok(bare.clone()));
    assert_eq!((bare.public(), bare.check(&secret("482917"))), (None, Err(PinError::Form)));
    assert!(bare.secret(&secret("482917")) == lock.secret(&secret("482917")));
    assert!(bare.secret(&secret("482918")) != lock.secret(&secret("482917")));
    assert!(pin::is_old_hash("$argon2id$v=19$m=64,t=2,p=1$ZGllbWRhbmgtc2FsdC0xNg$dl0kOPlp2rTF8YsVZNSI5gmxL0FwpY7"));
}

/// Every try comes as soon as it may.
#[test]
fn wrong_pins_lock_longer_and_longer_until_they_stop() {
    let mut desk = Desk::new();
    let mut now = 0;
    for (wrong, lock_s) in [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 960, 1_920, 3_840, 7_680].into_iter().enumerate() {
        let attempt = desk.try_pin("gt-01", "000000", at(now)).unwrap();
        let expected = match lock_s {
            0 => Attempt::Wrong { tries_left: 4 - u32::try_from(wrong).unwrap() },
            seconds => Attempt::Locked { for_ms: seconds * 1_000 },
        };
        assert_eq!(attempt, expected, "try {}", wrong + 1);
        if lock_s > 0 {
            // The right PIN opens nothing while the lock holds, and its trying does not lengthen it.
            let early = desk.try_pin("gt-01", "482917", at(now + lock_s - 1));
            assert_eq!(early, Err(Refusal::Locked { left_ms: 1_000 }));
            now += lock_s;
            assert_eq!(desk.sign_in.standing("gt-01", at(now)), Standing::Open { tries_left: 1 });
        }
    }
    assert_eq!(desk.try_pin("gt-01", "000000", at(now)), Ok(Attempt::Stopped));
    assert_eq!(desk.try_pin("gt-01", "482917", at(now + 1_000_000)), Err(Refusal::Stopped), "for good");
    assert_eq!(desk.sign_in.standing("gt-01", at(now + 1_000_000)), Standing::Stopped);
    // Others are not concerned, and a head of site opens the way again.
    let helper = desk.signed_in("td-01", "719284", at(now));
    assert_eq!(desk.sign_in.unlock("gt-01", &helper), Ok(()));
    assert!(matches!(desk.try_pin("gt-01", "482917", at(now)), Ok(Attempt::In(_))));
}

#[test]
fn the_right_pin_forgets_the_wrong_ones() {
    let mut desk = Desk::new();
    for _ in 0..3 {
        for left in [4, 3, 2, 1] {
            assert_eq!(desk.try_pin("gt-01", "111111", at(0)), Ok(Attempt::Wrong { tries_left: left }));
        }
        desk.signed_in("gt-01", "482917", at(0));
    }
}

#[test]
fn who_may_unlock() {
    let mut desk = Desk::new();
    let (head, invigilator) = (desk.signed_in("td-01", "719284", at(0)), desk.signed_in("gt-01", "482917", at(0)));
    (0..5).for_each(|_| drop(desk.try_pin("td-01", "000000", at(0))));
    assert_eq!(desk.sign_in.unlock("td-01", &invigilator), Err(NotUnlocked::Role));
    assert_eq!(desk.sign_in.unlock("td-01", &head), Err(NotUnlocked::Oneself));
    assert_eq!(desk.sign_in.standing("td-01", at(0)), Standing::Locked { left_ms: 15_000 });
    let other = desk.signed_in("td-09", "310598", at(0));
    assert_eq!(desk.sign_in.unlock("td-01", &other), Ok(()));
    assert_eq!(desk.sign_in.standing("td-01", at(0)), Standing::Open { tries_left: 5 });
}

#[test]
fn one_check_at_a_time_and_none_for_nothing() {
    let mut desk = Desk::new();
    let Desk { operators, sign_in } = &mut desk;
    assert_eq!(sign_in.judge(operators, "0901", Some(PinCheck::Right), at(0)), Attempt::Stale, "nobody asked");
    sign_in.ask(operators, "0901", "gt-01", at(0)).unwrap();
    for code in ["gt-01", "td-01"] {
        assert_eq!(sign_in.ask(operators, "0901", code, at(0)).map(|_| ()), Err(Refusal::Busy));
    }
    // A check that failed is a try.
    assert_eq!(sign_in.judge(operators, "0901", None, at(0)), Attempt::Wrong { tries_left: 4 });
    assert_eq!(sign_in.judge(operators, "0901", Some(PinCheck::Right), at(0)), Attempt::Stale, "one outcome a check");
    // A new package came while the PIN was being checked, and she is not in it any more.
    sign_in.ask(operators, "0901", "gt-01", at(0)).unwrap();
    operators[0].revoked = Some("nghỉ".to_owned());
    assert_eq!(sign_in.judge(operators, "0901", Some(PinCheck::Right), at(0)), Attempt::Stale);
}

#[test]
fn pulling_the_plug_gives_no_tries_back() {
    let mut desk = Desk::new();
    (0..5).for_each(|_| drop(desk.try_pin("gt-01", "000000", at(100))));
    (0..2).for_each(|_| drop(desk.try_pin("td-01", "000000", at(100))));
    let kept: Vec<(String, u32)> = desk.sign_in.wrong_tries().map(|(code, wrong)| (code.to_owned(), wrong)).collect();
    // The boot clock begins anew.
    let now = Stamp { boot_ms: 5_000, ..at(0) };
    let mut again = SignIn::restored(kept.into_iter().chain([("gt-09".to_owned(), 99)]), now);
    assert_eq!(again.standing("gt-01", now), Standing::Locked { left_ms: 15_000 });
    assert_eq!(again.standing("td-01", now), Standing::Open { tries_left: 3 });
    assert_eq!(again.standing("gt-09", now), Standing::Stopped);
    assert!(again.ask(&desk.operators, "0901", "gt-01", Stamp { boot_ms: 20_000, ..now }).is_ok());
}
