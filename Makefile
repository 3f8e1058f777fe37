# The commands of a developer. `make run` and `make test` need only Python >= 3.11, make and git:
# everything else is installed by .ci/setup, which does nothing when nothing has changed.

.DEFAULT_GOAL := help
.PHONY: help run test check lint form types imports dependencies spelling templates steps ready \
	format rooms catalogue lock dist imza advisories chaos clean

BIN := .venv/bin
PORT ?= 8000
WORKERS ?= 2
comma := ,

help:  ## Show these commands
	@sed -n 's/^\([a-z]*\):.*## /make \1: /p' $(MAKEFILE_LIST)

run:  ## Set up and serve the demo on http://127.0.0.1:8000 (PORT= changes it)
	@.ci/setup run
	@exec env NES_DEMO=1 NES_PORT=$(PORT) $(BIN)/nes web --with-worker

# The tests start hundreds of programs, which would each compile everything where nothing is kept.
COVERAGE ?= --cov --cov-report=term
test:  ## Set up and run all tests with the coverage gate (COVERAGE= leaves it out)
	@.ci/setup test
	@rm -rf var/coverage && mkdir -p var/coverage
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n $(WORKERS) --dist worksteal $(COVERAGE) $(ARGS)
	$(if $(COVERAGE),$(BIN)/coverage report --include='workflow/*$(comma)signing/*' --fail-under=100)

check: lint form types imports dependencies spelling templates steps  ## Set up and run every gate

lint: ready
	$(BIN)/ruff check .
form: ready
	$(BIN)/ruff format --check .
types: ready
	$(BIN)/mypy
imports: ready
	$(BIN)/lint-imports --no-logo --cache-dir .venv/.import_linter_cache
dependencies: ready
	$(BIN)/deptry .
spelling: ready
	$(BIN)/typos
templates: ready
	$(BIN)/j2lint --extensions html,txt,xml --ignore S2 S3 S6 S7 -- web
steps: ready
	$(BIN)/python -m migrations.check
ready:
	@.ci/setup check

format: ready  ## Set up and format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

rooms: ready  ## Draw the rooms in docs/architecture.md anew, from the imports
	$(BIN)/python -m tests.house.rooms

catalogue: ready  ## Take the messages of the site into the English catalogue; say what it lacks
	$(BIN)/python -m tests.house.languages.catalogue

lock: ready  ## Resolve the dependencies anew into requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command 'make lock' --group dev --all-extras \
		pyproject.toml --output-file requirements.txt $(ARGS) > /dev/null

dist: ready  ## Build the wheels of nes-ofis and of nes-imza into var/dist
	@rm -rf var/dist
	$(BIN)/python -m hatchling build -t wheel -d var/dist
	cd signing && ../$(BIN)/python -m hatchling build -t wheel -d ../var/dist

# Signed by nobody: who hands it out signs it, or names its SHA-256 beside it as the site does.
imza: ready  ## Build nes-imza for Linux with everything it needs into var/imza
	$(BIN)/python .ci/imza/pack.py --into var/imza

# Asks a database of advisories over the network, so it is no gate. It fails when one package could
# not be looked up: no answer is no good news.
advisories: ready  ## Ask whether a package of the lock has a known weakness
	$(BIN)/uv tool run pip-audit==2.10.1 --strict --disable-pip --progress-spinner off \
		--requirement requirements.txt

# Not a part of `make test`: 1,000 kills take up to 20 minutes. The seed is printed; SEED= repeats.
KILLS ?= 1000
chaos: ready  ## Kill everything KILLS= times in a wave and under load, look whether all holds
	nice $(BIN)/python -m tests.chaos --kills $(KILLS) $(if $(SEED),--seed $(SEED))

clean:  ## Remove the virtual environment and everything in var/
	rm -rf .venv var
