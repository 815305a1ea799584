//! What the screen shows while a desk is prepared.

use super::{Entrance, Preparation, Stage, signers};
use crate::preparing::{OperatorView, PackagesView, PreparingView, SignInView};
use crate::show::preparing_view;
use crate::sign_in::Standing;
use crate::view::{Header, View};
use bits::stamp::Stamp;

impl Preparation {
    /// The view at this moment.
    pub fn view(&self, now: Stamp) -> View {
        let preparing = match &self.stage {
            Stage::Choosing => PreparingView::Packages(self.packages_view()),
            Stage::SigningIn(entrance) => PreparingView::SignIn(self.sign_in_view(entrance, now)),
            Stage::Confirming { package, .. } => {
                let offers = vec![package.offer.clone()];
                PreparingView::Packages(PackagesView { offers, ..PackagesView::default() })
            }
            Stage::Opening | Stage::Taking { .. } | Stage::Starting => PreparingView::Working,
        };
        preparing_view(self.header(now), preparing, &self.bare.version)
    }

    /// The bar above: nobody knows more than the desk's own file before there is a package.
    fn header(&self, now: Stamp) -> Header {
        let bare = Header {
            exam: self.bare.exam.clone(),
            site: self.bare.site.clone(),
            desk: self.bare.desk.clone(),
            clock: self.bare.utc_offset.to_datetime(now.wall).strftime("%H:%M").to_string(),
            training: self.bare.training,
            outside_package: self.bare.outside_package,
            ..Header::default()
        };
        match &self.stage {
            Stage::SigningIn(Entrance { package, .. }) | Stage::Confirming { package, .. } => Header {
                exam: package.offer.exam.clone(),
                session: package.offer.session.clone(),
                site: package.site.clone(),
                ..bare
            },
            Stage::Starting => Header::default(),
            Stage::Opening | Stage::Choosing | Stage::Taking { .. } => bare,
        }
    }

    fn packages_view(&self) -> PackagesView {
        PackagesView {
            offers: self.found.offered.iter().map(|one| one.offer.clone()).collect(),
            refused: self.found.refused.clone(),
            for_others: self.found.for_others,
            places: self.places.clone(),
            notice: self.notice,
        }
    }

    fn sign_in_view(&self, entrance: &Entrance, now: Stamp) -> SignInView {
        let Entrance { package, chosen, wrong, .. } = entrance;
        let standing = chosen.and_then(|chosen| signers(package).nth(chosen));
        let standing = standing.map(|one| self.rules.standing(&one.code, now));
        SignInView {
            operators: signers(package).map(OperatorView::of).collect(),
            chosen: *chosen,
            wrong: *wrong,
            locked_s: match standing {
                Some(Standing::Locked { left_ms }) => Some(left_ms.div_ceil(1_000)),
                _ => None,
            },
            stopped: standing == Some(Standing::Stopped),
            clock_disputed: package.is_clock_disputed,
        }
    }
}
