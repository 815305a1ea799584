//! What a desk goes by in one session.

use crate::config::DeskConfig;
use crate::package::OpenPackage;
use crate::rules::PackageRules;
use crate::sessions::for_session;
use checkin::context::SessionTimes;
use checkin::state::Halted;
use package::contents::PackageSettings;

/// The configuration with the rules and names of a package. What the desk's own file says about its machine (reader,
/// links, folders) stays, and where it is stricter than the package's rules.
pub(super) fn applied(config: &DeskConfig, package: &OpenPackage) -> Result<DeskConfig, Halted> {
    let settings = &package.front().settings;
    let mut config = for_session(config, &settings.session.id)?;
    config.exam.title = settings.title.clone();
    config.desk.site = settings.site.code.clone();
    config.desk.training = settings.training;
    config.desk.utc_offset_hours = settings.utc_offset_hours;
    if let Some(desk) = package.front().desks.iter().find(|desk| desk.id == config.desk.id) {
        (config.desk.title, config.desk.room) = (desk.title.clone(), desk.room.clone());
    }
    config.session.title = settings.session.title.clone();
    config.session.times = Some(times(settings));
    let rules = PackageRules::of(settings);
    (config.registry.package_key, config.witness.package_key) = (rules.registry_key(), rules.witness_key());
    config.package = Some(rules);
    Ok(config)
}

fn times(settings: &PackageSettings) -> SessionTimes {
    let session = &settings.session;
    let usual = SessionTimes::around(session.start);
    SessionTimes {
        opens: session.opens.unwrap_or(usual.opens),
        starts: session.start,
        last_entry: session.last_entry.unwrap_or(usual.last_entry),
    }
}
