//! Runs a test within a real PC/SC daemon and a virtual reader of its own (`tests/rig/pcsc_rig.sh`).

use std::process::{Command, Stdio};

/// Says whether we are inside the rig already.
const INSIDE: &str = "RIG_PCSCD_PID";
/// The rig's exit code where it cannot be set up on this machine.
const NOT_HERE: i32 = 77;

/// Runs `body` inside the rig: starts this test alone once more in there. Where the daemon, the virtual reader or
/// namespaces are missing it says "skipped", never "passed" in silence.
pub(crate) fn inside(test: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let image = std::env::current_exe().expect("our own image");
    let mut rig = Command::new("tests/rig/pcsc_rig.sh");
    let output = rig
        .arg(image)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .stdin(Stdio::null())
        .output()
        .expect("the rig's script");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(NOT_HERE) {
        crate::skips::skip(text.trim());
        return;
    }
    assert!(output.status.success() && text.contains("1 passed"), "{test} in the rig:\n{text}");
}

/// The process id of the daemon inside the rig.
pub(crate) fn daemon_pid() -> String {
    std::env::var(INSIDE).expect("inside the rig")
}
