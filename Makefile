# Two commands do everything on a fresh machine (Debian or Ubuntu, macOS) with Python 3.11 and make:
#   make demo    installs what is missing and makes the sample quarter's briefing
#   make test    installs what is missing and runs the tests that need no server and no browser

VENV := .venv
BIN := $(VENV)/bin
WORKERS := $(shell python3 -c "import os; print(os.cpu_count() or 1)")
# each reads and runs its own share of the modules; one that died is not started anew
SHARES := --dist each --max-worker-restart 0

# where it is set, every process compiles every module anew: half of the time of the tests
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast test-real lint check-format check-types check-imports check-generated format generate train check-wheel check-image check-guards fuzz replay-hostile audit bench man docs sbom clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready  ## install what is missing: system libraries, virtual environment, packages

$(VENV)/.ready: pyproject.toml uv.lock scripts/setup
	@scripts/setup $(VENV)
	@touch $@

demo: setup  ## make the sample quarter's briefing in output/demo/
	@$(BIN)/digest demo

test: setup  ## the tests for any machine, but those that take the whole program and seconds
	$(BIN)/pytest -n $$(($(WORKERS) + 1)) $(SHARES) -m "not real and not whole"

test-fast: setup  ## the tests that start no process and draw no PDF; to run while you work
	$(BIN)/pytest -m "not real and not whole and not slow"

test-real: setup  ## all other tests: with real servers and a browser (installs them from Debian), and of the whole program
	@scripts/setup-real $(VENV)
	@# one worker more than there are processors: browsers, servers and cron are waited for
	$(BIN)/pytest -n $$(($(WORKERS) + 1)) $(SHARES) --hypothesis-profile all -m "(real and not long) or whole or hypothesis"

lint: check-format check-types check-imports check-generated  ## format, lint, types, import rules, generated files

check-format: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

check-types: setup
	$(BIN)/mypy

check-imports: setup
	$(BIN)/lint-imports

check-generated: setup
	$(BIN)/python tools/generate.py --check

generate: setup  ## write what is made from other files: schemas, catalogues, the sample
	$(BIN)/python tools/generate.py

format: setup  ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

train: setup  ## train the judgement's weights from tools/labels, measure them (a quarter of an hour)
	$(BIN)/uv run --frozen --isolated --group train python tools/train_tags.py --seen

check-wheel: setup  ## build the wheel, install it with plain pip into an empty environment, run it
	@scripts/check-wheel

check-image:  ## run the Dockerfile's steps in a clean Debian root, and what it makes (root, no Docker; two minutes of CPU)
	@scripts/check-image

check-guards: setup  ## take each guard out and see its test fail (a quarter of an hour)
	$(BIN)/python tools/check_guards.py

fuzz: setup  ## throw made-up bytes at all that reads strangers' text (CASES=10000)
	$(BIN)/python tools/fuzz.py --cases $(or $(CASES),10000)

man: setup  ## manual pages of all commands, in dist/man/
	$(BIN)/python tools/build_man_pages.py dist/man

replay-hostile: setup  ## play 500 routes of a hostile world on loopback, and look at all that comes of them
	$(BIN)/python benchmarks/replay_hostile.py

audit: setup  ## ask a source of advisories about every pinned package; skipped where none is reachable
	$(BIN)/python tools/audit_packages.py

docs: setup  ## the documentation as a site, in dist/docs/
	NO_MKDOCS_2_WARNING=1 $(BIN)/uv run --frozen --isolated --only-group docs mkdocs build --quiet

bench: setup  ## measure speed and growth against yardsticks, and write docs/performance.md (an hour or two)
	$(BIN)/python benchmarks/bench_scale.py --feeds 500 --growth 1000,10000,100000,1000000 --write

sbom: setup  ## write the bill of materials of this release into dist/
	$(BIN)/python tools/make_sbom.py dist/martech-digest-$$($(BIN)/python -c "from digest.version import __version__; print(__version__)").cdx.json

clean:  ## remove the virtual environment and what the program wrote
	rm -rf $(VENV) output/demo
