# Điểm Danh. Two commands matter: `make demo` and `make test`.

CARGO ?= cargo
OUT ?= target/demo
SIZE ?= 1280x800
PACKAGES = config/deploy/packages.sh
# The deciding functions: from a contact's proofs to a verdict, to buttons, to an entry.
MUTATED = verdict|cleared|choices|findings|registry|roster|timing|is_remark|is_silence|is_waiting|offer|guarded_ms|decides|entry|decided|reason|finished|new_case|lost|concluded|card|shown|late
BENCH = $(or $(CARGO_TARGET_DIR),target)/release/diemdanh bench --out target/bench

.PHONY: demo test lint bench acceptance mutants packages-demo packages-test

# The main job on the embedded defaults. With a display: a window to use by hand. Without one: the same desk in a
# real window under Xvfb, driven by a script, with a picture of every screen in target/demo.
demo: packages-demo
ifneq ($(strip $(DISPLAY)$(WAYLAND_DISPLAY)),)
	$(CARGO) run --features lab --bin diemdanh -- demo --out $(OUT)
else
	$(PACKAGES) headless
	$(CARGO) build --features lab --bins
	xvfb-run -a -s "-screen 0 $(SIZE)x24" $(CARGO) run --features lab --bin diemdanh -- demo --script --size $(SIZE) --out $(OUT)
endif

# Every test: the core, the window, and the desk on a real PC/SC daemon. The core is built with a little optimisation:
# a minute more of building saves several of testing.
test: packages-test
	CARGO_PROFILE_TEST_OPT_LEVEL=1 $(CARGO) test --no-default-features --features tpm
	$(CARGO) test --features gui-tests --test ui --test window

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --no-default-features --features tpm --all-targets -- -D warnings
	$(CARGO) clippy --features gui-tests,lab --all-targets -- -D warnings

# Ratios to a limit or a peer measured in the same run, in target/bench/report.md; over a real PC/SC daemon where
# there may be one.
bench: packages-test
	$(CARGO) bench --no-default-features --features lab --bench promises -- --noplot
	$(CARGO) build --release --no-default-features --features lab --bin diemdanh --bin diemdanh-board
	tests/rig/pcsc_rig.sh $(BENCH) || { [ $$? -eq 77 ] && $(BENCH); }

# Changes the functions that decide, one at a time, and sees whether a test notices (cargo install cargo-mutants --locked).
mutants:
	$(CARGO) mutants --in-place --timeout 120 --re '$(MUTATED)' \
	  -f src/checkin/policy.rs -f src/checkin/step.rs -f src/checkin/step/card.rs -f src/checkin/step/people.rs \
	  -f src/checkin/step/registry.rs -- --no-default-features --features lab --test brain

# The acceptance data, where it is at hand: make acceptance VECTORS=DIR prints one line a case and a count.
acceptance:
	VECTORS="$(abspath $(VECTORS))" $(CARGO) test --no-default-features --test it -- --nocapture --exact acceptance::acceptance

packages-demo:
	$(PACKAGES) build window

packages-test:
	$(PACKAGES) build window headless reader check keys
