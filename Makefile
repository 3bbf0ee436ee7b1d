# make run    the app, from a bare clone: makes .venv, installs, starts it
# make test   the same, then finds a browser, checks style and types, runs every test
# make check  style, types, and the quick tests without a browser: for every day
# make lint   style and types only             make bench  the table of benchmarks
# make format mends style                      make axe    axe-core on every page, tab, story and lesson
# make clean  removes .venv and all caches
# make test-cluster  the tests of several servers on one Ray cluster, all on this machine: five minutes (installs Ray)
# make soak-cluster  a hundred readers on two replicas behind nginx, one killed, then both restarted: ten minutes
# make weights  brings trained weights beforehand: make weights WEIGHTS="resnet18 resnet50"
#
# Without make:
#   python3 -m venv .venv && . .venv/bin/activate
#   pip install -r requirements.txt        then   streamlit run app.py
#   pip install -r requirements-dev.txt
#   python -m tests.browser.chromium --install
#   ruff check . && ruff format --check . && mypy && lint-imports && vulture && pytest
#
# PYTHON chooses the interpreter, CHROMIUM the browser, ARGS goes to the app, the tests or the benchmarks:
#   make run ARGS=--server.port=8600           make test ARGS="-k shortcut"
# TORCH_INDEX is a package index more for the first installation. PyTorch's default build for Linux is several GB and
# wants an NVIDIA GPU; its CPU build, a tenth of that, has an index of its own:
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
# pip and Playwright read their own environment variables, for a mirror or a proxy.

PYTHON ?=
ARGS ?=
WEIGHTS ?=
TORCH_INDEX ?=
VENV := .venv
BIN := $(VENV)/bin

# Test workers and servers share what one of them has compiled, whatever the shell says of bytecode.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test test-cluster check lint format bench axe soak-cluster weights clean
.DELETE_ON_ERROR:

run: $(VENV)/.runtime
	$(BIN)/streamlit run app.py $(ARGS)

test: $(VENV)/.dev
	$(BIN)/python -m tests.browser.chromium --install
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev lint
	$(BIN)/python -m pytest -m "not browser and not slow" $(ARGS)

test-cluster: $(VENV)/.dev
	$(BIN)/python -m pip install -q ".[cluster]"
	$(BIN)/python -m pytest -n 0 -m cluster -s $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m bench $(ARGS)

axe: $(VENV)/.dev
	$(BIN)/python -m tests.browser.chromium --install
	$(BIN)/python -m pytest tests/browser/every_state.py $(ARGS)

soak-cluster: $(VENV)/.dev
	$(BIN)/python -m bench.replicas $(ARGS)

weights: $(VENV)/.runtime
	$(BIN)/python -m explorer.weights.bring $(WEIGHTS)

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is older than its requirements exactly when there is something to install, so a second `make` is at once.

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install -r $<
	@touch $@

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install -r $< $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
	@touch $@

# Asking an interpreter is the only way to know: a name on the PATH may be too old, a stub, or (on Debian and Ubuntu)
# without ensurepip, with which it cannot make an environment that has pip.
$(BIN)/python:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$("$$python" --version)"; exec "$$python" -m venv $(VENV); \
	  fi; \
	done; \
	echo "This needs Python 3.11 or newer with its venv and ensurepip modules (Debian, Ubuntu: apt install python3-venv)."; \
	echo "If it has another name: make PYTHON=/path/to/python3."; \
	exit 1
