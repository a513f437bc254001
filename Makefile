# Everything a developer runs. Each target sets up what it needs.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PURE := tests/property tests/unit/corpus tests/unit/flows
LIVE := tests/page tests/contributing tests/delivery tests/unit/project tests/e2e tests/fuzz tests/sandbox tests/storage tests/unit/bot
FORKS := -p tests.support.forks --forks

# Else each of some hundred processes of the tests compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: docs pictures help setup demo sandbox test check lint types contracts migrations fix migration recording side-by-side bench chaos soak fuzz picture snapshots profile image audit sbom lock clean

help: ## print this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## make .venv from the lock, development tools included

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what requirements.lock names (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## play a whole link against the local Slack and Workday, in about a minute; ARGS=--without-a-password a short one
	@$(BIN)/python -m sandbox.demo $(ARGS)

sandbox: $(READY) ## open a page to click through a link as both people, with Workday, clock and network at hand
	@$(BIN)/python -m sandbox.page $(PORT)

docs: $(READY) ## write the pages that come from tables, and draw the house from its imports
	@$(BIN)/python -m flows.reference.pages docs
	@$(BIN)/python .ci/house.py docs/house.svg

pictures: $(READY) ## draw Workday's pages and docs/pictures anew, and photograph the sandbox (needs chromium)
	@$(BIN)/python docs/drawn/draw.py bot/web/pictures
	@$(BIN)/python docs/drawn/pictures.py docs/pictures
	@$(BIN)/python docs/drawn/page.py docs/pictures

picture: $(READY) ## draw docs/conversation.png from the demo (needs chromium)
	@$(BIN)/python -m sandbox.demo .picture.html > /dev/null
	@chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=760,1110 \
		--screenshot=docs/conversation.png .picture.html 2> /dev/null
	@rm .picture.html

snapshots: $(READY) ## write every card, form and board in every language, and what is read aloud of the sandbox's page, anew
	@$(BIN)/python -m tests.support.snapshots
	@READ_ALOUD=keep $(BIN)/python -m pytest -q -n 0 tests/page/test_looks.py -k read_aloud

# The pure ones step back: they have the time in which the live ones wait, and make none of those late. Each part has a
# cache of its own, as the second run must know what failed in the live one.
test: $(READY) ## run every test; cover=1 also proves that flows is covered to the last branch
	@mkdir -p build; nice $(BIN)/python -m pytest --timeout=600 -o cache_dir=.pytest_cache/pure \
		$(if $(cover),-n auto --dist worksteal --cov=flows --cov-fail-under=100,$(FORKS) 2) $(PURE) $(ARGS) > build/pure.txt 2>&1 & pure=$$!; trap "kill $$pure" INT; \
	$(BIN)/python -m pytest $(FORKS) 4 $(LIVE) $(ARGS); live=$$?; \
	wait $$pure; pure=$$?; cat build/pure.txt; again="-n 0 --last-failed --last-failed-no-failures none"; \
	test $$pure$$live = 00 || echo "What failed runs once more, alone: it fails again, or it only had to wait.$(if $(cover), Lines that no test reaches stand above.)"; \
	test $$pure = 0 || $(BIN)/python -m pytest $$again -o cache_dir=.pytest_cache/pure \
		$(if $(cover),--cov=flows --cov-append --cov-fail-under=100) $(PURE) $(ARGS) || exit 1; \
	test $$live = 0 || $(BIN)/python -m pytest $$again $(LIVE) $(ARGS)

lint: $(READY) ## Ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY) ## mypy everywhere, basedpyright on flows and storage
	@$(BIN)/mypy .
	@$(BIN)/basedpyright --level error flows storage

contracts: $(READY) ## who may import whom
	@$(BIN)/lint-imports

migrations: $(READY) ## up, down, up, and no drift, on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -q tests/storage -k migrat

check: cover := 1
check: lint types contracts test demo ## lint, types, contracts, every test and the demo; .ci/run adds what takes longer
	@echo "All checks passed."

fix: $(READY) ## let Ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

migration: $(READY) ## draft a migration: make migration name=what_it_does
	@test -n "$(name)" || { echo "Say what it does: make migration name=what_it_does"; exit 2; }
	@$(BIN)/python -c "import sys; from storage.migrate import draft; draft('sqlite:///.draft.db', sys.argv[1])" "$(name)"
	@rm -f .draft.db .draft.db-wal .draft.db-shm

recording: $(READY) ## at a release: write down what it leaves in its database and in Slack, for later ones to be tried on
	@$(BIN)/python -m tests.support.recording

side-by-side: $(READY) ## run the release at rev=… and this one together on one PostgreSQL, and go back
	@test -n "$(rev)" || { echo "Say which: make side-by-side rev=v1.0.0"; exit 2; }
	@$(BIN)/python -m tests.side_by_side $(rev)

bench: $(READY) ## measure against bare floors in the same run; short=--short takes a minute at most
	@$(BIN)/python -m tests.benchmarks $(short)
	@test -n "$(short)" || $(BIN)/python -m pytest -q tests/benchmarks -s

profile: $(READY) ## where a press, a wake and a start spend their time: calls, transactions, SQL statements
	@$(BIN)/python -m tests.benchmarks.profiling

chaos: $(READY) ## kill and stop the app hundreds of times, shout and attack, and count what comes of it (about fifteen minutes)
	@CRASHES=all $(BIN)/python -m pytest -q tests/delivery/test_crashes.py tests/chaos/test_*.py -s --timeout=0

soak: $(READY) ## half an hour of mixed load with faults on both databases: none lost, doubled or late, and a plot of it; short=--short takes a minute
	@$(BIN)/python -m tests.soak $(short)

fuzz: $(READY) ## the property tests with many more examples, 50,000 spoiled requests and 200,000 spoiled texts
	@FUZZ_REQUESTS=50000 FUZZ_TEXTS=200000 FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} $(BIN)/python -m pytest -q -s tests/fuzz --timeout=0
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -q tests/property --timeout=0

image: $(READY) ## carry out the Dockerfile in an empty folder, and serve from what came of it
	@$(BIN)/python .ci/image.py

audit: $(READY) ## known holes in what the lock names, and secrets in the repository
	@$(BIN)/python .ci/audit.py

sbom: $(READY) ## write build/sbom.json: everything the lock names, as CycloneDX
	@mkdir -p build
	@$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file build/sbom.json
	@echo "build/sbom.json names $$(grep -c '"purl"' build/sbom.json) packages."

lock: ## write requirements.lock, and the image's two locks, anew (needs uv); with extras, or pip asks the index for them anew
	@uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 --group dev pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 --extra otel --extra vault --constraint requirements.lock --no-annotate pyproject.toml -o deploy/requirements.lock
	@uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group build --constraint requirements.lock --no-annotate -o deploy/build.lock

clean: ## remove what was built
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info .coverage
