# make run · make test · make check · make bench, on Debian or Ubuntu; each installs what it needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Peers that the system tests talk to, and what builds the C and C++ codecs.
APT_BUILD := build-essential cmake nasm pkg-config curl git
APT_TEST := python3 python3-venv openssl chromium fonts-noto-cjk \
	dcmtk orthanc orthanc-dicomweb postgresql \
	radosgw ceph-mon ceph-mgr ceph-osd ceph-common \
	dicom3tools procps strace util-linux
APT_RENDER := dcmtk libgdcm-tools orthanc orthanc-dicomweb util-linux
APT_DICOMWEB := nginx-light orthanc orthanc-dicomweb util-linux wrk
PIP := pydicom pynetdicom dicomweb-client websockets numpy pylibjpeg pylibjpeg-libjpeg imagecodecs schemathesis highdicom
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
VIEWER := $(shell find web-viewer/src web-viewer/public -type f 2>/dev/null) \
	$(wildcard web-viewer/*.json web-viewer/*.ts web-viewer/*.js web-viewer/index.html)
# Arguments for a benchmark: make bench BENCH="--rounds 3 --only dcmsend"
BENCH ?=
# Tests run in folders of their own: a relative path would mean another one there.
ifneq ($(YINGYUN_TESTDATA),)
export YINGYUN_TESTDATA := $(abspath $(YINGYUN_TESTDATA))
endif
# Arguments for the server: make run ARGS="--http 127.0.0.1:9000"
ARGS ?=

.PHONY: help deps deps-build deps-test run viewer test check fmt clippy deny doc tidy generated viewer-check bench bench-render bench-pixel bench-dicomweb bench-viewer bench-scale

help:
	@echo "make deps    only install what building and testing need (apt, pip, npm)"
	@echo "make run     build and start the server with a demo study: http://127.0.0.1:8080/"
	@echo "make test    every test, system tests included"
	@echo "make check   format, lints, licences, documentation, layers, generated files, viewer"
	@echo "make bench   benchmarks, side by side with other archives (bench-render: of pictures and"
	@echo "             decoding; bench-pixel: of the codecs; bench-dicomweb: of DICOMweb;"
	@echo "             bench-viewer: of the viewer, beside OHIF; bench-scale: of searching a large index)"

# The oldest Node.js that the viewer's build tools run on.
NODE_OLD = const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)

deps: deps-test .venv/done web-viewer/node_modules/.package-lock.json .ohif/done

# $(call install,PACKAGES): those that are not installed yet. Rust and Node.js are expected: Debian's
# are too old.
define install
	@command -v cargo >/dev/null || { echo "install Rust first, by rustup or your distribution"; exit 1; }
	@missing=$$(for p in $(1); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		$(SUDO) apt-get update -qq; \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi
endef

deps-build:
	$(call install,$(APT_BUILD))

deps-test: deps-build
	$(call install,$(APT_TEST))

.venv/done: Makefile | deps-test
	python3 -m venv .venv
	.venv/bin/pip install --quiet $(PIP)
	@touch $@

web-viewer/node_modules/.package-lock.json: web-viewer/package.json web-viewer/package-lock.json | deps-build
	@command -v npm >/dev/null && node -e '$(NODE_OLD)' || { echo "Node.js 20.19 or newer is needed to build the viewer; here is $$(node --version 2>/dev/null || echo none)." \
		"Install one from nodejs.org or NodeSource."; exit 1; }
	cd web-viewer && npm ci --no-audit --no-fund
	@touch $@

# OHIF as it is published, without what building it needs: `npm install` would bring a thousand packages. Neither
# source maps nor ONNX Runtime (`ort`, for segmentation by a model) are of use here.
# web-viewer/test/ohif/package.sha512 names the version and holds it to what it was when it was tried.
.ohif/done: web-viewer/test/ohif/package.sha512 | web-viewer/node_modules/.package-lock.json
	rm -rf .ohif && mkdir .ohif
	cd .ohif && npm pack --silent @ohif/app@$$(sed 's/.*ohif-app-\(.*\)\.tgz/\1/' ../$<) \
		&& sha512sum --check --quiet ../$< \
		&& tar --extract --gzip --file ohif-app-*.tgz --strip-components 1 --exclude '*.map' --exclude package/dist/ort package/dist \
		&& rm ohif-app-*.tgz
	@touch $@

web-viewer/dist/index.html: web-viewer/node_modules/.package-lock.json $(VIEWER)
	cd web-viewer && npm run build
	@touch $@

viewer: web-viewer/dist/index.html

run: viewer
	cargo run --release --locked --package server -- serve --dev --demo $(ARGS)

# The viewer's tests come first: what this prints ends with the summary of the Rust tests.
# The whole workspace is named each time, so that dependencies are built once, with one set of features.
test: deps viewer
	cd web-viewer && YINGYUN_PYTHON=$(CURDIR)/.venv/bin/python npm test
	cargo build --locked --workspace --bins --tests
	@if command -v cargo-nextest >/dev/null; then \
		cargo nextest run --locked --workspace; \
	else \
		cargo test --locked --workspace; \
	fi

check: deps-build fmt clippy deny doc tidy generated viewer-check

fmt:
	cargo fmt --all --check

clippy:
	cargo clippy --locked --workspace --all-targets -- -D warnings

# Licences, bans and sources are held by `xtask tidy`; advisories need cargo-deny and the network.
deny:
	@if command -v cargo-deny >/dev/null; then \
		cargo deny --offline check advisories 2>/dev/null || cargo deny check advisories; \
	else \
		echo "cargo-deny is not installed: advisories are not checked (cargo install cargo-deny)"; \
	fi

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet

tidy:
	cargo xtask tidy

generated:
	cargo xtask generated --check

viewer-check: web-viewer/node_modules/.package-lock.json
	cd web-viewer && npm run check

bench: viewer
	cargo build --release --locked --package server
	cargo run --release --locked --package benches --bin ingest -- $(BENCH)

# Rendering beside Orthanc, decoding of files beside DCMTK and GDCM.
bench-render: viewer
	$(call install,$(APT_RENDER))
	cargo build --release --locked --package server
	cargo run --release --locked --package benches --bin render -- $(BENCH)

# Searches, metadata, frames and studies beside Orthanc; frames and studies beside nginx's static files.
bench-dicomweb: viewer
	$(call install,$(APT_DICOMWEB))
	cargo build --release --locked --package server
	cargo run --release --locked --package benches --bin dicomweb -- $(BENCH)

# Opening, scrolling and leaving studies in Chromium, beside OHIF on Orthanc.
# make bench-viewer BENCH="--study $YINGYUN_TESTDATA/series/ct_abdomen_philips_every5th"
bench-viewer: viewer .ohif/done
	$(call install,chromium $(APT_DICOMWEB))
	cargo build --release --locked --package server
	cargo run --release --locked --package benches --bin viewer -- $(BENCH)

# Decoders beside their library called alone; YINGYUN_TESTDATA has the streams.
bench-pixel:
	cargo bench --locked --workspace --bench decode --bench render

# Searching and ingest at a million studies, against ten thousand: 40 GB of disk, an hour or two.
# make bench-scale BENCH="--studies 200000 --only postgres"
bench-scale:
	$(call install,postgresql)
	cargo run --release --locked --package benches --bin scale -- $(BENCH)
