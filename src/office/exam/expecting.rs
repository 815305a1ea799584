//! What a review holds the logs against: who is expected where, and for which desks packages were made.

use super::Exam;
use package::note::package_id;
use record::CandidateRef;
use review::{Expected, expected::ExpectedSession};
use std::collections::BTreeMap;

/// What this exam's folder expects. Every desk that any version of a package was sealed for may have let somebody in.
pub fn expected(exam: &Exam) -> Expected {
    let settings = &exam.settings;
    let session = |one: &super::Session| ExpectedSession { id: one.id.clone(), title: one.title.clone() };
    let sessions = settings.sessions.iter().map(session).collect();
    let mut expected = Expected::new(&format!("{}/{}", settings.board, settings.id), sessions, settings.training);
    for (id, place) in exam.candidates.places() {
        expected.person(CandidateRef(id.0), place.site, place.room, place.session);
    }
    let named = packages(exam);
    for packed in exam.packages.iter() {
        let Some((session, site)) = named.get(&packed.id) else { continue };
        packed.desks.iter().for_each(|desk| expected.packed(session, site, desk));
    }
    expected.finish()
}

/// Session and site by the name of their package.
fn packages(exam: &Exam) -> BTreeMap<String, (&str, &str)> {
    let sites: Vec<&str> = match exam.sites.is_empty() {
        true => vec![""],
        false => exam.sites.iter().map(|site| site.code.as_str()).collect(),
    };
    let sessions = exam.settings.sessions.iter().map(|session| session.id.as_str());
    let places = sessions.flat_map(|session| sites.iter().map(move |site| (session, *site)));
    places.map(|(session, site)| (package_id(&exam.settings.id, session, site), (session, site))).collect()
}
