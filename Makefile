# Two commands for people: `make demo` and `make test`. Both set up what they need.
# TORCH_INDEX: an index with CPU builds of torch, where pip would otherwise fetch the CUDA build
# (see README.md, "Installing").

PYTHON ?= python3
TORCH_INDEX ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
TORCH := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
SCANNER := sluice/validation/scanner
NATIVE := $(SCANNER)/native
C := $(wildcard $(NATIVE)/*.[ch])

CLANG ?= clang
FUZZ_SECONDS ?= 60

.PHONY: demo test test-slowest check format setup fuzz bench-gate lock synth deploy clean

demo: setup
	@$(BIN)/python examples/demo.py

# On two cores; what is timed, the pipeline, has both to itself. FAST=1: unit, contract and infra, less
# what tests/slow.txt lists.
PYTEST := $(BIN)/python -m pytest
QUICK := --numprocesses 2 --dist loadgroup tests/contract tests/infra tests/unit
test: setup
	@$(PYTEST) $(QUICK) $(if $(FAST),-m "not slow",tests/parity)
	@$(if $(FAST),,$(PYTEST) tests/pipeline)

test-slowest: setup
	@$(PYTEST) --durations 20

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/clang-format --dry-run -Werror $(C) tests/fuzz/*.c

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/clang-format -i $(C) tests/fuzz/*.c

synth: setup
	@npx --no-install cdk synth --quiet

deploy: setup
	@test -n "$(ENV)" || { echo "Which environment? make deploy ENV=dev|staging|prod" >&2; exit 2; }
	@npx --no-install cdk deploy --context env=$(ENV)

setup: .venv/ready node_modules/ready $(SCANNER)/scanner.x86_64-linux.so

.venv/ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Sluice needs Python 3.11 or newer; set PYTHON=... to one.")'
	@echo "Making .venv: 2.6 GB of packages, once, three to five minutes ..."
	@$(PYTHON) -m venv .venv
	@$(PIP) install $(TORCH) -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# For this machine and for Lambda; the compiler is one of the packages.
$(SCANNER)/scanner.x86_64-linux.so: .venv/ready $(C) $(wildcard $(NATIVE)/vendor/*.h) \
		$(addprefix $(SCANNER)/,build.py interface.py version.py)
	@$(BIN)/python $(SCANNER)/build.py

# The scanner under AddressSanitizer and UndefinedBehaviourSanitizer, with bytes that libFuzzer finds.
# CLANG: of release 15 or newer, with its runtimes, which the package ziglang lacks
# (Debian: apt-get install clang-16 libclang-rt-16-dev, and CLANG=clang-16).
fuzz: build/fuzz/scanner
	@mkdir -p build/fuzz/found
	@build/fuzz/scanner -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -print_final_stats=1 \
		-artifact_prefix=build/fuzz/ build/fuzz/found tests/corpus/validate/files

build/fuzz/scanner: tests/fuzz/scanner.c $(C)
	@command -v $(CLANG) >/dev/null || { echo "make fuzz needs clang; CLANG=... names it." >&2; exit 1; }
	@mkdir -p build/fuzz
	@$(CLANG) -std=c11 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -Wno-psabi -DREAD_BYTES=61 -DBATCH_ROWS=7 \
		-I$(NATIVE) -isystem $(NATIVE)/vendor -o $@ $< $(NATIVE)/*.c -lm

# How often the gate is wrong: half an hour; writes benchmarks/gate/noise.md.
bench-gate: setup
	@$(BIN)/python -W ignore -m benchmarks.gate.noise

node_modules/ready: package-lock.json
	@command -v npm >/dev/null || { echo "Sluice needs Node 20 or newer with npm." >&2; exit 1; }
	@npm ci --silent --no-audit --no-fund --omit=optional
	@touch $@

# Locks every requirements/*.in, all of them to the versions in dev.txt.
lock:
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install -q pip-tools
	@requirements/lock build/lock/bin/pip-compile

clean:
	rm -rf $(SCANNER)/*.so .venv node_modules cdk.out build .mypy_cache .ruff_cache .pytest_cache
