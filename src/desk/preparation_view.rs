//! What the screen shows while a desk is prepared.

use crate::config::DeskConfig;
use crate::package::OpenPackage;
use crate::preparation::{Preparation, Stage, signers};
use bits::stamp::Clock;
use checkin::preparing::preparing_view;
use checkin::sign_in::Standing;
use checkin::view::{Header, OfferView, OperatorView, PackagesView, PreparingView, RefusedView, SignInView};
use jiff::Timestamp;
use jiff::tz::Offset;
use package::contents::PackageSettings;
use package::operators::Operator;
use std::path::Path;

impl Preparation {
    pub(super) fn show(&self) {
        let preparing = match &self.stage {
            Stage::Choosing => PreparingView::Packages(self.packages_view()),
            Stage::SigningIn { package, chosen, wrong, .. } => {
                PreparingView::SignIn(self.sign_in_view(package, *chosen, *wrong))
            }
            Stage::Confirming { package, .. } => {
                let offers = vec![self.offer(package)];
                PreparingView::Packages(PackagesView { offers, ..PackagesView::default() })
            }
        };
        let bare = header(&self.start.config, self.start.clock.as_ref());
        let header = match &self.stage {
            Stage::Choosing => bare,
            Stage::SigningIn { package, .. } | Stage::Confirming { package, .. } => {
                let settings = &package.front().settings;
                Header {
                    exam: settings.title.clone(),
                    session: session_title(settings),
                    site: settings.site.code.clone(),
                    ..bare
                }
            }
        };
        self.start.cell.set(preparing_view(header, preparing, env!("CARGO_PKG_VERSION")));
    }

    fn packages_view(&self) -> PackagesView {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let refused = self.found.refused.iter();
        PackagesView {
            offers: self.found.good.iter().map(|one| self.offer(one)).collect(),
            refused: refused.map(|(path, failure)| RefusedView { file: name(path), failure: *failure }).collect(),
            for_others: self.found.for_others,
            places: self.packages.places().iter().map(|place| place.display().to_string()).collect(),
            notice: self.notice,
        }
    }

    fn offer(&self, package: &OpenPackage) -> OfferView {
        let (note, settings) = (package.note(), &package.front().settings);
        let now = self.start.clock.now().wall;
        let offset = offset_of(settings.utc_offset_hours);
        let site = [settings.site.code.as_str(), settings.site.title.as_str()];
        OfferView {
            exam: settings.title.clone(),
            session: session_title(settings),
            site: site.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            rows: note.rows,
            version: note.version,
            held: package.held,
            until: local(note.not_after, offset),
            from: (now < note.not_before).then(|| local(note.not_before, offset)),
            signer: note.board.clone(),
            sixteen: self.packages.sixteen(),
            is_kept: package.is_kept,
        }
    }

    fn sign_in_view(&self, package: &OpenPackage, chosen: Option<usize>, wrong: Option<u32>) -> SignInView {
        let view = |one: &Operator| OperatorView { name: one.name.clone(), code: one.code.clone(), role: one.role };
        let standing = chosen.and_then(|chosen| signers(package).nth(chosen));
        let standing = standing.map(|one| self.rules.standing(&one.code, self.start.clock.now()));
        SignInView {
            operators: signers(package).map(view).collect(),
            chosen,
            wrong,
            locked_s: match standing {
                Some(Standing::Locked { left_ms }) => Some(left_ms.div_ceil(1_000)),
                _ => None,
            },
            stopped: standing == Some(Standing::Stopped),
            clock_disputed: self.packages.disputed(package.note(), self.start.clock.as_ref()).is_some(),
        }
    }
}

/// The bar above while nobody knows more than the desk's own file.
pub(super) fn header(config: &DeskConfig, clock: &dyn Clock) -> Header {
    let exam = if config.exam.title.is_empty() { &config.exam.id } else { &config.exam.title };
    let desk = if config.desk.title.is_empty() { &config.desk.id } else { &config.desk.title };
    let now = offset_of(config.desk.utc_offset_hours).to_datetime(clock.now().wall);
    Header {
        exam: exam.clone(),
        site: config.desk.site.clone(),
        desk: desk.clone(),
        clock: now.strftime("%H:%M").to_string(),
        training: config.desk.training,
        outside_package: config.paths.packages.is_none(),
        ..Header::default()
    }
}

fn session_title(settings: &PackageSettings) -> String {
    let session = &settings.session;
    let title = if session.title.is_empty() { &session.id } else { &session.title };
    format!("{title} · {}", local(session.start, offset_of(settings.utc_offset_hours)))
}

fn local(moment: Timestamp, offset: Offset) -> String {
    offset.to_datetime(moment).strftime("%H:%M %d/%m/%Y").to_string()
}

/// An offset that is none is named when the desk is started.
fn offset_of(hours: i8) -> Offset {
    Offset::from_hours(hours).unwrap_or(Offset::UTC)
}
