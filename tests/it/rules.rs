//! The rules that a desk goes by: the board's, and the desk's own where they are stricter; never weaker.

use crate::desk_package_support::{Opened, Site};
use crate::desk_support::{World, card, good, is_idle, person, ready};
use diemdanh::checkin::event::Input;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::{Headline, Screen, View};
use diemdanh::desk::config::parse;
use diemdanh::desk::plan::DeskPlan;
use diemdanh::package::rules::{CardTypeRule, Rules};
use diemdanh::record::AttendanceEvent;
use std::path::Path;
use std::sync::Arc;

fn kind(document: &str) -> CardTypeRule {
    CardTypeRule { issuer: "VNM".to_owned(), document: document.to_owned(), since: None }
}

/// Rules that require nothing.
fn lax() -> Rules {
    Rules {
        bac_fallback: true,
        authentication_required: false,
        revocation_required: false,
        registry_required: false,
        registry_wait_ms: 1,
        witness_required: false,
        card_types: Some(Vec::new()),
        evidence_recipient: String::new(),
        registry_key: String::new(),
        witness_key: String::new(),
        scripts_required: false,
        paper_folder: String::new(),
        evidence_portrait: false,
    }
}

/// One rule, by how it is set in the package's rules and in the desk's.
fn with(change: impl FnOnce(&mut Rules)) -> Rules {
    let mut rules = lax();
    change(&mut rules);
    rules
}

/// What stands, for every value of the package and of the desk, of every rule that is on or off.
#[test]
fn every_switch_stands_at_the_stricter_of_two_values() {
    type Switch = (&'static str, fn(&mut Rules, bool), fn(&Rules) -> bool, bool);
    let switches: [Switch; 6] = [
        ("bac_fallback", |rules, on| rules.bac_fallback = on, |rules| rules.bac_fallback, false),
        ("authentication", |rules, on| rules.authentication_required = on, |rules| rules.authentication_required, true),
        ("revocation", |rules, on| rules.revocation_required = on, |rules| rules.revocation_required, true),
        ("registry", |rules, on| rules.registry_required = on, |rules| rules.registry_required, true),
        ("scripts", |rules, on| rules.scripts_required = on, |rules| rules.scripts_required, true),
        ("witness", |rules, on| rules.witness_required = on, |rules| rules.witness_required, true),
    ];
    for (name, set, get, strict) in switches {
        for (package, desk) in [(false, false), (false, true), (true, false), (true, true)] {
            let (from, own) = (with(|rules| set(rules, package)), with(|rules| set(rules, desk)));
            let stands = if package == strict || desk == strict { strict } else { !strict };
            assert_eq!(get(&from.stricter_of(&own)), stands, "{name}: package {package}, desk {desk}");
        }
    }
}

#[test]
fn every_other_rule_stands_at_the_stricter_of_two_values() {
    for (package, desk, stands) in [(1, 2, 2), (2, 1, 2), (2, 2, 2)] {
        let found =
            with(|rules| rules.registry_wait_ms = package).stricter_of(&with(|rules| rules.registry_wait_ms = desk));
        assert_eq!(found.registry_wait_ms, stands, "package {package}, desk {desk}");
    }
    let (one, other) = (kind("ID"), kind("P<"));
    let types = [
        (None, None, None),
        (None, Some(vec![]), Some(vec![])),
        (Some(vec![]), None, Some(vec![])),
        (Some(vec![one.clone()]), Some(vec![]), Some(vec![one.clone()])),
        (Some(vec![one.clone()]), None, Some(vec![one.clone()])),
        (None, Some(vec![one.clone()]), Some(vec![one.clone()])),
        (Some(vec![one.clone()]), Some(vec![one.clone(), other.clone()]), Some(vec![one, other])),
    ];
    for (package, desk, stands) in types {
        let found = with(|rules| rules.card_types = package.clone())
            .stricter_of(&with(|rules| rules.card_types = desk.clone()));
        assert_eq!(found.card_types, stands, "package {package:?}, desk {desk:?}");
    }
    for (package, desk) in [(false, false), (false, true), (true, false), (true, true)] {
        let keeps = |is_kept| with(|rules| rules.evidence_portrait = is_kept);
        assert_eq!(keeps(package).stricter_of(&keeps(desk)).evidence_portrait, package, "the board's alone: {desk}");
    }
    type Text = (&'static str, fn(&mut Rules, &str), fn(&Rules) -> &str);
    let texts: [Text; 3] = [
        ("evidence", |rules, text| rules.evidence_recipient = text.to_owned(), |rules| &rules.evidence_recipient),
        ("registry key", |rules, text| rules.registry_key = text.to_owned(), |rules| &rules.registry_key),
        ("witness key", |rules, text| rules.witness_key = text.to_owned(), |rules| &rules.witness_key),
    ];
    for (name, set, get) in texts {
        for (package, desk, stands) in [("", "", ""), ("a", "", "a"), ("", "b", "b"), ("a", "b", "a")] {
            let found = with(|rules| set(rules, package)).stricter_of(&with(|rules| set(rules, desk)));
            assert_eq!(get(&found), stands, "{name}: package “{package}”, desk “{desk}”");
        }
    }
}

const DESK_FILE: &str = "\
[exam]
board = \"b.example\"
id = \"e\"
[desk]
id = \"d\"
[paths]
journal = \"j\"
device_key = \"k\"
passphrase = \"p\"
";

#[test]
fn a_desk_with_a_package_names_both_files_and_one_without_says_so() {
    let config = parse(DESK_FILE).unwrap();
    let alone = DeskPlan::of_files(&config, Path::new("")).unwrap();
    assert!(alone.rules().is_outside_package());
    let settings = crate::desk_package_support::settings();
    let rules = alone.rules().under(&settings);
    let said = rules.said();
    assert!(!rules.is_outside_package());
    assert_eq!(said.desk_file_sha256.map(|digest| digest.0), Some(config.source_sha256));
    assert_eq!(said.package_rules_sha256.map(|digest| digest.0), Some(settings.sha256()));
    let words: Vec<String> =
        said.effective.iter().map(|(name, value)| format!("{} {}", name.as_str(), value.as_str())).collect();
    assert_eq!(
        words,
        [
            "authentication-required true",
            "bac-fallback true",
            "card-types 1",
            "evidence none",
            "paper none",
            "registry-key desk",
            "registry-required false",
            "registry-wait-ms 2500",
            "revocation-required false",
            "scripts-required false",
            "witness-key desk",
            "witness-required false",
        ]
    );
}

/// A desk of a package with these rules, and what its own file says besides.
fn desk(policy: Rules, own: &str) -> (Site, Opened) {
    let site = Site::new();
    site.world.change_config("[paths]\n", &format!("{own}[paths]\n"));
    let mut contents = site.contents();
    contents.front.settings.policy = policy;
    site.put("goi.diemdanh", &site.pack(&contents, |_| {}));
    let desk = site.open();
    desk.begin();
    (site, desk)
}

fn tapped(desk: &Opened) -> Arc<View> {
    let person = person(0);
    desk.send(Input::Entered(person.qr()));
    desk.field.insert(card(&good(&person)));
    desk.wait("a case that is read", |view| match &view.screen {
        Screen::Verdict(_) => ready(&view.screen).is_some(),
        _ => false,
    })
}

#[test]
fn what_the_package_requires_and_the_desk_does_not_have_is_a_question() {
    let cases = [
        (Rules { registry_required: true, ..Rules::default() }, Failure::RegistryDown),
        (Rules { witness_required: true, ..Rules::default() }, Failure::WitnessMissing),
    ];
    for (policy, failure) in cases {
        let (_site, desk) = desk(policy, "");
        let view = tapped(&desk);
        let Screen::Verdict(case) = &view.screen else { panic!("{view:?}") };
        assert_eq!(case.headline, Headline::Ask, "{failure:?}: {case:?}");
        assert!(case.reasons.contains(&failure), "{failure:?}: {case:?}");
        assert!(!view.header.outside_package);
        desk.kiosk.stop();
    }
}

#[test]
fn the_first_entry_says_the_rules_that_were_in_effect() {
    let policy = Rules { bac_fallback: false, card_types: Some(vec![kind("ID")]), ..Rules::default() };
    let (site, desk) =
        desk(policy, "[chip]\nbac_fallback = true\nrevocation_required = false\n[registry]\nrequired = true\n");
    desk.kiosk.stop();
    let events = site.world.events_in("journal/b1");
    let AttendanceEvent::Open(opened) = &events[0] else { panic!("{:?}", &events[0]) };
    let rules = opened.rules.as_ref().unwrap();
    let word = |name: &str| {
        rules.effective.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value.as_str().to_owned())
    };
    assert_eq!(word("bac-fallback").as_deref(), Some("false"), "the desk's file cannot allow it");
    assert_eq!(word("registry-required").as_deref(), Some("true"), "the desk's file may require more");
    assert!(rules.desk_file_sha256.is_some() && rules.package_rules_sha256 == Some(opened.policy_sha256));
}

#[test]
fn a_desk_of_single_files_says_so_on_its_screens() {
    let world = World::alone();
    let bench = world.open();
    let view = bench.view.wait(crate::desk_support::PATIENCE_MS, is_idle).unwrap();
    assert!(view.header.outside_package);
    bench.stop();
}
