//! Literal views of a desk that is being prepared.

use crate::views::view;
use checkin::failure::Failure;
use checkin::view::*;

pub(crate) fn offer(is_kept: bool) -> OfferView {
    OfferView {
        id: PackageId(7),
        exam: "Kỳ thi tốt nghiệp THPT 2027".to_owned(),
        session: "Ngữ văn · 07:35 11/06/2027".to_owned(),
        site: "0901 · THPT Mẫu".to_owned(),
        rows: 612,
        version: 3,
        held: Some(2),
        until: "18:00 18/06/2027".to_owned(),
        from: None,
        signer: "hoidong.example".to_owned(),
        fingerprint: "PAAX-3D2S-86MS-HNRP".to_owned(),
        is_kept,
    }
}

pub(crate) fn package() -> View {
    let refused = vec![RefusedView { file: "cu.diemdanh".to_owned(), failure: Failure::PackageOlder }];
    let packages = PackagesView { offers: vec![offer(false)], refused, for_others: 62, ..PackagesView::default() };
    view(Screen::Preparing(PreparingView::Packages(packages)))
}

pub(crate) fn no_package() -> View {
    let packages = PackagesView { places: vec!["/media/usb".to_owned()], ..PackagesView::default() };
    view(Screen::Preparing(PreparingView::Packages(packages)))
}

fn people() -> Vec<OperatorView> {
    let one = |name: &str, code: &str, role| OperatorView { name: name.to_owned(), code: code.to_owned(), role };
    vec![one("Lê Thị Mẫu", "gt-07", Role::Invigilator), one("Phạm Văn Thử", "tdt-01", Role::HeadOfSite)]
}

pub(crate) fn sign_in(change: impl FnOnce(&mut SignInView)) -> View {
    let mut sign_in = SignInView { operators: people(), ..SignInView::default() };
    change(&mut sign_in);
    view(Screen::Preparing(PreparingView::SignIn(sign_in)))
}
