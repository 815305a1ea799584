//! Whom a screen says to call: the package names the person and the telephone, and nothing else does.

use crate::checkin_support::OTHER_ROOM;
use crate::staffed::{desk_of, operator, staff};
use diemdanh::checkin::exception::Staff;
use diemdanh::checkin::show::view;
use diemdanh::checkin::view::{CallerView, View};
use diemdanh::package::operators::{self, Operator, Role, Telephone};
use std::sync::Arc;

fn shown(operators: Vec<Operator>) -> View {
    let mut desk = desk_of("gt-01");
    desk.context.staff = Some(Arc::new(Staff { operators, site: "0901".to_owned() }));
    view(&desk.context, desk.state.as_ref().unwrap())
}

fn head(code: &str, site: &str, telephone: &str) -> Operator {
    operator(code, Role::HeadOfSite, |one| {
        (one.site, one.telephone) = (site.to_owned(), Telephone::parse(telephone));
    })
}

fn called(view: &View, role: Role) -> Option<&CallerView> {
    view.callers.iter().find(|caller| caller.role == role)
}

/// Who has a number before who has none, the site's own before everybody's; nobody of another site, nobody taken off.
#[test]
fn one_person_a_role_is_named() {
    let gone = Operator { revoked: Some("nghỉ".to_owned()), ..head("tdt-00", "0901", "0900 000 000") };
    let other = head("tdt-02", "0902", "0900 000 002");
    let every = head("tdt-03", "", "0900 000 003");
    let own = head("tdt-04", "0901", "0900 000 004");
    let silent = head("tdt-05", "0901", "");
    let all = [gone, other, silent.clone(), every.clone(), own];
    let view = shown(all.to_vec());
    let caller = called(&view, Role::HeadOfSite).unwrap();
    assert_eq!((caller.name.as_str(), caller.telephone.as_deref()), ("Người tdt-04", Some("0900 000 004")));
    let view = shown(vec![silent.clone(), every]);
    assert_eq!(called(&view, Role::HeadOfSite).unwrap().name, "Người tdt-03");
    let view = shown(vec![silent]);
    assert_eq!(called(&view, Role::HeadOfSite).unwrap().telephone, None);
    assert_eq!(called(&view, Role::Technician), None);
}

#[test]
fn a_desk_outside_a_package_names_nobody() {
    let mut desk = desk_of("gt-01");
    desk.context.staff = None;
    assert_eq!(view(&desk.context, desk.state.as_ref().unwrap()).callers, []);
}

/// Nobody is called in the log: the number stands on screens alone.
#[test]
fn no_entry_holds_a_number() {
    let mut desk = desk_of("gt-01");
    let operators = staff().into_iter().map(|one| Operator { telephone: Telephone::parse("0900 123 987"), ..one });
    desk.context.staff = Some(Arc::new(Staff { operators: operators.collect(), site: "0901".to_owned() }));
    desk.good_person(OTHER_ROOM);
    let written = format!("{:?}", desk.written);
    assert!(!desk.written.is_empty() && !written.contains("123 987"), "{written}");
}

#[test]
fn a_number_is_what_people_dial() {
    for good in ["0912 345 678", "+84 (24) 3868-1234", "113", "0912.345.678"] {
        assert_eq!(Telephone::parse(good).map(|one| one.as_str().to_owned()), Some(good.to_owned()));
    }
    let long = "0".repeat(operators::MAX_TELEPHONE_LEN + 1);
    for bad in ["", "12", "gọi A", "0912345678;", "0912\u{202e}345", "0912\n345678", "---", long.as_str()] {
        assert_eq!(Telephone::parse(bad), None, "{bad:?}");
    }
}

#[test]
fn the_list_keeps_numbers_and_refuses_what_is_none() {
    let list = vec![head("tdt-01", "0901", "0912 345 678"), head("tdt-02", "0901", "")];
    let text = operators::write(&list);
    assert_eq!(operators::read(text.as_bytes()).unwrap(), list);
    assert_eq!(text.matches("telephone = \"0912 345 678\"").count(), 1, "{text}");
    let broken = text.replace("0912 345 678", "hỏi bảo vệ");
    assert!(operators::read(broken.as_bytes()).unwrap_err().what.contains("telephone"));
}
