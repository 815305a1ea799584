# Điểm Danh. Two commands matter: `make demo` and `make test`.

CARGO ?= cargo
OUT ?= target/demo
SIZE ?= 1280x800
PACKAGES = config/deploy/packages.sh
# The deciding functions: from a contact's proofs to a verdict, to buttons, to an entry.
MUTATED = verdict|cleared|choices|findings|registry|roster|timing|is_remark|is_silence|is_waiting|offer|guarded_ms|decides|entry|decided|reason|finished|new_case|lost|concluded|card|shown|late|ruled|ruling|settled|seconds|makes_two|pin|waits|undo|lay|clear|begin|end|done|has_card
# All packages in one selection with the same features, so that a room is compiled once for all of them.
ALL = --workspace --features diemdanh/tpm
# The core is built with a little optimisation: a minute more of building saves several of testing.
export CARGO_PROFILE_TEST_OPT_LEVEL = 1
TARGET = $(or $(CARGO_TARGET_DIR),target)
BENCH = $(TARGET)/release/diemdanh-bench --out target/bench

.PHONY: demo demo-desk demo-board programs test check lint dependencies rooms bench acceptance mutants deb deb-check \
  packages-demo packages-test

# The desk on the embedded defaults. With a display: a window to use by hand. Without one: the same desk in a real
# window under Xvfb, driven by a script, with a picture of every screen in target/demo; then the board's half.
demo: packages-demo demo-desk
ifeq ($(strip $(DISPLAY)$(WAYLAND_DISPLAY)),)
	$(MAKE) --no-print-directory demo-board
endif

demo-desk:
ifneq ($(strip $(DISPLAY)$(WAYLAND_DISPLAY)),)
	$(CARGO) run -p diemdanh-lab-programs --bin diemdanh-lab -- demo --out $(OUT)
else
	$(PACKAGES) headless
	$(CARGO) build -p diemdanh-lab-programs --bin diemdanh-lab
	xvfb-run -a -s "-screen 0 $(SIZE)x24" $(TARGET)/debug/diemdanh-lab demo --script --size $(SIZE) --out $(OUT)
endif

# What the board does with a list before the exam, and with the desk's log after it.
demo-board:
ifeq ($(strip $(DISPLAY)$(WAYLAND_DISPLAY)),)
	$(PACKAGES) pictures
endif
	$(CARGO) build -p diemdanh-board
	config/demo/board.sh $(TARGET)/debug/diemdanh-board $(OUT)

# Programs and tests in one go: apart, what they stand on is compiled twice, once with the tests' own features.
programs:
	$(CARGO) build --profile test $(ALL) --bins --tests

# Every test: the rooms, the programs, the desk on a real PC/SC daemon, the window.
test: packages-test programs
	CARGO="$(CARGO)" tests/run.sh $(ALL)

# The quick loop: form, lints, and the tests of the rooms and the brain.
check:
	$(CARGO) fmt --check
	$(CARGO) clippy --workspace --exclude diemdanh-ui --all-targets -- -D warnings
	$(CARGO) test --workspace --exclude diemdanh --exclude diemdanh-ui -q
	$(CARGO) test -p diemdanh-checkin --test brain -q

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy $(ALL) --all-targets -- -D warnings

# Licences, sources, bans, and nothing that nobody uses. Builds its two tools the first time.
dependencies:
	config/lint/dependencies.sh

# Who uses whom, and how many lines each room has.
rooms:
	config/lint/rooms.sh

# Ratios to a limit or a peer measured in the same run, in target/bench/report.md; over a real PC/SC daemon where
# there may be one.
bench: packages-test
	$(CARGO) bench -p diemdanh --bench promises -- --noplot
	$(CARGO) build --release -p diemdanh-bench -p diemdanh-board -p diemdanh-lab-programs -p registry-stub
	tests/rig/pcsc_rig.sh $(BENCH) || { [ $$? -eq 77 ] && $(BENCH); }

# Changes the functions that decide, one at a time, and sees whether a test notices (cargo install cargo-mutants --locked).
mutants:
	$(CARGO) mutants --in-place --timeout 120 --re '$(MUTATED)' --package diemdanh-checkin \
	  -f src/checkin/policy.rs -f src/checkin/step.rs -f src/checkin/step/card.rs -f src/checkin/step/people.rs \
	  -f src/checkin/step/registry.rs -f src/checkin/step/exception.rs -f src/checkin/exception.rs \
	  -f src/checkin/contact.rs -- --test brain

# The acceptance data, where it is at hand: make acceptance VECTORS=DIR prints one line a case and a count.
acceptance:
	VECTORS="$(abspath $(VECTORS))" $(CARGO) test -p diemdanh --test it -- --nocapture --exact acceptance::acceptance

# The desk's package for Debian 12, in target/deb.
DEB_PROFILE ?= release
deb:
	config/deploy/deb.sh $(DEB_PROFILE)

# Installs that package in a bare Debian 12, starts the window from there and purges it again; needs root and a mirror, and
# takes minutes, so that no other target runs it.
deb-check: deb
	$(PACKAGES) headless package
	config/deploy/deb_check.sh

packages-demo:
	$(PACKAGES) build window

packages-test:
	$(PACKAGES) build window headless reader check keys
	config/deploy/schemathesis.sh
