# Each target installs what it needs, in .venv and .venv-servers; nothing outside the checkout
# but Debian packages of test servers, and those only as root (requirements/debian.in).

PYTHON ?= python3
BIN := .venv/bin
PIP := python -m pip --quiet
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
ARGS ?=
CAMPAIGN ?=

.DELETE_ON_ERROR:
.PHONY: help demo test lint format wheel servers soak campaign bench mutants translations docs locks clean

help:  ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: .venv/installed .venv-servers/installed  ## mirror a fictitious co-operative, on this machine alone
	JUMELAGE_SERVERS=$(CURDIR)/.venv-servers $(BIN)/jumelage demo $(ARGS)

test: lint servers wheel  ## everything that CI checks
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not soak and not bench" -rs $(ARGS)

lint: .venv/developing  ## style, types, direction of dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/developing  ## put the style right where a tool can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: .venv/installed .venv-wheel/installed  ## build the wheel, and install it apart
	rm -rf build dist
	$(BIN)/$(PIP) wheel --no-deps --no-build-isolation --no-cache-dir --wheel-dir dist .
	.venv-wheel/bin/$(PIP) install --no-deps --force-reinstall dist/*.whl

servers: .venv-servers/installed  ## install the test servers
	sh requirements/install-debian.sh

soak: .venv/developing servers  ## what is too long for `make test`, then `make campaign`; goes on where it was stopped
	failed=0; $(BIN)/python -m pytest -m soak $(ARGS) || failed=1; \
		$(MAKE) campaign || failed=1; exit $$failed

campaign: .venv/developing  ## random histories, up to 1,000,000 (CAMPAIGN="--minutes 30")
	$(BIN)/python -m tests.simulation.campaign $(CAMPAIGN)

bench: .venv/developing servers  ## measure
	$(BIN)/python -m pytest -m bench -rs -s $(ARGS)

mutants: .venv/mutating  ## change the engine a line at a time, and see whether a test notices
	$(BIN)/python -m tests.mutants $(ARGS)

translations: .venv/developing  ## find new sentences, for sync/locale/fr to translate
	mkdir -p .cache
	$(BIN)/pybabel --quiet extract --no-location --sort-output --omit-header -k _ -k ngettext:1,2 -o .cache/jumelage.pot sync connectors
	$(BIN)/pybabel --quiet update -i .cache/jumelage.pot -d sync/locale -D jumelage \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

docs: .venv/developing  ## write the generated pages of docs/reference
	$(BIN)/python -m docs.generate

locks: .venv/developing  ## compile the lock files (UPGRADE=--upgrade takes newer versions)
	for name in run build dev servers mutants; do \
		$(BIN)/pip-compile --quiet $(UPGRADE) --generate-hashes --allow-unsafe --strip-extras \
			--no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
			--output-file requirements/$$name.txt requirements/$$name.in || exit 1; \
	done

clean:  ## remove what was installed and built here
	rm -rf .venv .venv-servers .venv-wheel .cache build dist *.egg-info

# -- environments; each stamp is renewed when a lock file it was made from changes ------------

.venv/installed: requirements/run.txt requirements/build.txt pyproject.toml setup.py
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/$(PIP) install --only-binary :all: --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(BIN)/$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

.venv/developing: .venv/installed requirements/dev.txt
	$(BIN)/$(PIP) install --only-binary :all: --require-hashes -r requirements/dev.txt
	touch $@

.venv/mutating: .venv/developing requirements/mutants.txt
	$(BIN)/$(PIP) install --only-binary :all: --require-hashes -r requirements/mutants.txt
	touch $@

.venv-wheel/installed: requirements/run.txt
	test -x .venv-wheel/bin/python || $(PYTHON) -m venv .venv-wheel
	.venv-wheel/bin/$(PIP) install --only-binary :all: --require-hashes -r requirements/run.txt
	touch $@

.venv-servers/installed: requirements/servers.txt
	test -x .venv-servers/bin/python || $(PYTHON) -m venv .venv-servers
	.venv-servers/bin/$(PIP) install --only-binary :all: --require-hashes -r requirements/servers.txt
	touch $@
