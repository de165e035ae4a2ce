# Every command of the house; `make` alone lists them. Python 3.11 and make are all it needs.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
# Installed is what has this very content: a second start asks nobody.
print_of = $(firstword $(shell cat $(1) .ci/install | sha256sum))
INSTALLED := $(VENV)/.installed-$(call print_of,requirements.txt)
INSTALLED_DEV := $(VENV)/.installed-dev-$(call print_of,requirements.txt requirements-dev.txt)

.PHONY: help install install-dev static run demo check test format requirements messages bench bench-machines bench-drawings bench-nest bench-strips bench-stock bench-stock-lists storm storm-invoices einvoices fuzz test-peers acceptance clean

help:
	@echo "Laser OS"
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 22

install: $(INSTALLED) ## .venv with the pinned requirements
install-dev: $(INSTALLED_DEV) ## the same, and what tests and checks need

$(INSTALLED):
	@sh .ci/install requirements.txt
	@touch $@

$(INSTALLED_DEV):
	@sh .ci/install requirements.txt requirements-dev.txt
	@touch $@ $(INSTALLED)

run: install ## the whole shop until Ctrl-C; an empty database gets the demonstration
	@$(PY) manage.py run --demo

demo: install ## a demonstration into the database: make demo SCALE=10
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo --scale $(or $(SCALE),1)

static: install ## collect the static files, when they changed
	@$(PY) manage.py static

check: install-dev ## the fast one: style, contracts, settings, migrations, templates
	@$(PY) .ci/check.py

test: install-dev ## everything: SQLite, then PostgreSQL with Redis, and Chromium; a part: make test ARGS="-k quote"
	@$(PY) .ci/test.py $(ARGS)

format: install-dev ## put code and templates in form
	@$(PY) .ci/check.py --fix

requirements: ## compile requirements*.txt anew from requirements*.in
	@sh .ci/requirements

messages: install-dev ## bring the translations up to date with the texts, and compile them
	@$(PY) manage.py messages

bench: install-dev ## measure pages against a reference: docs/performance.md
	@$(PY) manage.py bench
	@$(PY) manage.py bench_stock

bench-machines: install-dev ## 200 machines on the wire, 100 browsers on the board, by either bell: make bench-machines SECONDS=600
	@$(PY) manage.py bench_machines --seconds $(or $(SECONDS),60) --machines $(or $(MACHINES),200) --browsers $(or $(BROWSERS),100)

bench-stock: install-dev ## moves per second beside a bare loop on PostgreSQL: make bench-stock SECONDS=20
	@$(PY) manage.py bench_stock --seconds $(or $(SECONDS),20)

bench-stock-lists: install-dev ## the lists of the stock at ten thousand moves and at a million
	@$(PY) manage.py bench_stock --lists $(or $(ROUNDS),20)

storm: install-dev ## 16 processes at one stock, some killed; then the books have to be right: make storm SECONDS=60
	@$(PY) manage.py bench_stock --storm $(or $(SECONDS),60)

storm-invoices: install-dev ## 8 processes issue 400 invoices, some break off, some are killed; no number may be missing: make storm-invoices INVOICES=40
	@$(PY) manage.py bench_invoices --invoices $(or $(INVOICES),400)

bench-drawings: install-dev ## measuring drawings against ezdxf reading them: make bench-drawings SIZES="0.1 1"
	@$(PY) -m production.tests.dxf.speed $(SIZES)

bench-nest: install-dev ## nest beside boxes, a grid and plain strips: make bench-nest SECONDS=60 SAMPLES=~/drawings
	@SAMPLES="$(SAMPLES)" $(PY) manage.py bench_nest --seconds $(or $(SECONDS),60)

bench-strips: install-dev ## strip instances beside spyrrow alone: make bench-strips SECONDS=10 STRIPS=~/instances
	@$(PY) manage.py bench_nest --seconds $(or $(SECONDS),10) --strips $(STRIPS)

einvoices: install-dev ## electronic invoices with any lines, rates, discounts, currencies against the official rules: make einvoices EINVOICES=2000
	@EINVOICES=$(or $(EINVOICES),600) $(PY) -m pytest -q billing/tests/test_einvoice.py -k whatever_is_sold

fuzz: install-dev ## broken drawings for a while, until one gets no orderly answer: make fuzz SECONDS=600
	@SAMPLES="$(SAMPLES)" $(PY) -m production.tests.dxf.fuzz $(or $(SECONDS),60) $(SEED)

test-peers: install-dev ## print on real OctoPrint, Moonraker and PrusaLink, which it installs and starts: make test-peers ARGS="-k octoprint"
	@$(PY) -m pytest -v machines/tests/peers/acceptance.py $(ARGS)

acceptance: install-dev ## measure your own drawings: make acceptance SAMPLES=~/drawings
	@test -n "$(SAMPLES)" || { echo "Say where they are: make acceptance SAMPLES=~/drawings"; exit 2; }
	@SAMPLES="$(SAMPLES)" $(PY) -m pytest production/tests/dxf/acceptance.py

clean: ## remove everything made here but your data
	rm -rf $(VENV) .tools .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
