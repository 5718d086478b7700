# Everything a machine with Python >= 3.11, make and git needs to work on this project; `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
# An installed uv is used; otherwise one is put into .uv, beside the project and not into the system.
UV ?= $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
RUN := .venv/bin/
export UV

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9"

.venv/.ready: pyproject.toml uv.lock | $(filter .uv/bin/uv,$(UV))
	$(UV) sync --locked --quiet --all-extras
	@touch $@

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: install
install: .venv/.ready ## Set everything up in .venv

# Programs that no Python package brings: Flite speaks in the voice demo and tests, Chromium opens the reports in tests.
.PHONY: flite chromium
flite chromium:
	@sh .ci/program.sh $@

.PHONY: demo
demo: .venv/.ready ## Run three scenarios with the best model at hand; needs no key
	$(RUN)scenario demo $(DEMO)

.PHONY: demo-voice
demo-voice: .venv/.ready flite ## Let a caller and an agent talk on this machine: speech, a barge-in, a recording; needs no key
	$(RUN)python -m examples.voice.demo $(DEMO)

.PHONY: test
# A third of the time tests wait for servers and for speech: three of them keep two cores busy.
test: .venv/.ready flite chromium ## Run the whole suite
	$(RUN)pytest -n 3 --dist worksteal -q $(ARGS)

.PHONY: lint
lint: .venv/.ready ## Check style and formatting
	$(RUN)ruff check .
	$(RUN)ruff format --check .

.PHONY: format
format: .venv/.ready ## Put style and formatting right
	$(RUN)ruff check --fix .
	$(RUN)ruff format .

.PHONY: types
types: .venv/.ready ## Check types, strictly
	$(RUN)pyright

.PHONY: bench
bench: .venv/.ready flite ## Measure the budgets and compare with the last committed result
	$(RUN)python -m benchmarks $(ARGS)

.PHONY: contract
contract: .venv/.ready flite ## Play the contract of transports in every mode of every adapter
	CONTRACT_MODES=all $(RUN)pytest -n 2 --dist worksteal -q tests/transports/contract $(ARGS)

.PHONY: soak
soak: .venv/.ready ## Let calls over all transports go wrong at once for ten minutes; nothing may be left behind
	$(RUN)python -m tests.transports.soak $(or $(MINUTES),10)
	SCENARIO_SOAK=1 $(RUN)pytest -q -rP tests/transports/webrtc/test_media.py tests/transports/twilio/test_media.py \
		-k "long_tone or does_not_drift"

.PHONY: docs
docs: .venv/.ready ## Check that the links and examples of the documentation hold
	$(RUN)pytest -q tests/documentation

.PHONY: wheel
wheel: .venv/.ready ## Build the wheel and try it in an empty environment
	sh .ci/wheel.sh
