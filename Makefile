# `make demo` and `make test` need python3 (3.11 or newer) and nothing else; each sets up what it lacks.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A toolchain that cannot have its libraries builds nothing.
RUST := command -v cargo >/dev/null && (cd client && cargo fetch --quiet) 2>/dev/null
PROTOS := $(wildcard proto/hob/v1/*.proto)

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.ready: pyproject.toml client/build_hook.py $(wildcard client/src/*.rs client/src/bin/*/*.rs client/Cargo.toml)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --group dev --editable .
	@$(BIN)/python -m compileall -q daemon client/python
	@touch $@

setup: $(VENV)/.ready ## Set up .venv: dependencies, hobd, and the client at .venv/bin/hob

demo: setup ## The session that README begins with, from the default index; then again, warm
	@$(BIN)/python -m tests.demo.demo $(BIN)/hob

test: setup ## Set everything up and run all tests
	@$(BIN)/python -m pytest -n auto -q
	@if $(RUST); then cd client && cargo test --release --quiet; else echo "no Rust toolchain: the native client's own tests are left out"; fi

goldens: setup ## Let uv write the locks anew that tests/scenarios compares with
	@$(BIN)/python -m tests.scenarios.regenerate

lint: setup ## Style, spelling and layout
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/typos
	@if $(RUST); then cd client && cargo fmt --check && cargo clippy --release --quiet --all-targets -- -D warnings; fi

types: setup ## Static types
	@$(BIN)/mypy

lock-check: setup ## Fail if uv.lock is not what pyproject.toml asks for; needs no network
	@HOB_DAEMON=off $(BIN)/hob lock --check --quiet

proto: setup ## Generate the Python and Rust code of the contract
	@$(BIN)/python -m grpc_tools.protoc -Iproto --python_out=daemon --pyi_out=daemon --grpc_python_out=daemon $(PROTOS)
	@if $(RUST); then cd client/codegen && cargo run --quiet; else echo "no Rust toolchain: the client's messages stay as they are"; fi

proto-check: proto ## Fail if the generated code is not what the contract gives
	@git diff --exit-code -- daemon/hob/v1 client/src
	@$(BIN)/python -m pytest -q tests/proto

bench: setup ## Time warm no-ops against /bin/true, locks of a made-up index, installations and the first minute, beside uv
	@$(BIN)/python -m tests.bench.noop --hob $(BIN)/hob --uv $(BIN)/uv
	@$(BIN)/python -m tests.bench.solver --hob $(BIN)/hob --uv $(BIN)/uv
	@$(BIN)/python -m tests.bench.generations --hob $(BIN)/hob
	@$(BIN)/python -m tests.bench.installing --hob $(BIN)/hob --uv $(BIN)/uv
	@$(BIN)/python -m tests.bench.pip_installing --hob $(BIN)/hob --uv $(BIN)/uv
	@$(BIN)/python -m tests.bench.first_minute --hob $(BIN)/hob --uv $(BIN)/uv

.PHONY: help setup demo test goldens lint types lock-check proto proto-check bench
