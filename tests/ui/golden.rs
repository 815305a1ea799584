//! A text picture of each situation: what a screen reader would read, in order. With `UPDATE_GOLDEN=1` the files are
//! written anew, for review.

use crate::{screens, views};
use egui_kittest::kittest::NodeT as _;
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn screens_read_as_agreed() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut differing = Vec::new();
    for (name, view) in views::all() {
        let mut window = screens::window(view);
        window.harness.run_steps(3);
        let mut text = String::new();
        for node in window.harness.root().children_recursive() {
            let node = node.accesskit_node();
            let label = node.label().or_else(|| node.value()).unwrap_or_default();
            if !label.is_empty() {
                let _ = writeln!(text, "{:?}: {label}", node.role());
            }
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(format!("{name}.txt"));
        if update {
            std::fs::write(&path, &text).expect("the golden file");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
            differing.push(format!("{name}:\n{text}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
