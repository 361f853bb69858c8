# Short names for what is done often. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo run test mutants judge soak oracle fuzz lint bench bench-load kafka clean
# Where rustup puts cargo; a shell without a login does not know it.
export PATH := $(PATH):$(HOME)/.cargo/bin

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: ## Watch Herald at work: one incident, told to every audience
	@scripts/setup
	@echo "The first build takes minutes; after it, this starts at once."
	@cargo run --locked --quiet -- demo

run: ## Run Herald; without a herald.yaml it is the trial with its embedded broker
	@scripts/setup
	cargo run --locked -- serve

test: ## Run all tests, on a real Apache Kafka (fetched once, or KAFKA_BOOTSTRAP_SERVERS)
	@scripts/setup --senders --browser
	@scripts/kafka fetch
	cargo test --locked --workspace

mutants: ## Is every word of the default policy held by a check or a story? Each small change must be noticed
	@scripts/setup
	cargo test --locked --config 'profile.dev.package.herald.opt-level=2' --test policy -- --ignored --nocapture mutant

judge: ## Only the proof of the fold: 100,000 random histories, and 13 mutations that must be caught
	@scripts/setup
	cargo test --locked --package herald-judge

soak: ## The proof of the fold on new random histories, until Ctrl-C or for HERALD_SOAK_MINUTES
	@scripts/setup
	cargo test --locked --package herald-judge -- soak

oracle: ## Only the tests that kill real processes under load and judge what is left
	@scripts/setup
	@scripts/kafka fetch
	cargo test --locked --test integration -- oracle:: --nocapture

fuzz: ## Run every fuzz target for a minute (SECONDS=600 for longer); wants a nightly compiler
	@scripts/setup
	@scripts/fuzz --seconds $(or $(SECONDS),60)

lint: ## Format, clippy, dependencies, alert rules, schemas, scripts, file length
	@scripts/setup --lint
	@scripts/lint

bench: ## Measure what the documentation promises
	@scripts/setup
	@scripts/bench

bench-load: ## Send load to a running Herald: make bench-load TARGET=http://127.0.0.1:8080
	@test -n "$(TARGET)" || { echo "say where: make bench-load TARGET=http://127.0.0.1:8080" >&2; exit 2; }
	cargo run --release --locked --example bench -- load "$(TARGET)"

kafka: ## A real Apache Kafka on this machine, until Ctrl-C
	@scripts/setup
	@scripts/kafka run

clean: ## Remove what was built, and the data of `make kafka`; fetched tools stay in .tools
	@test ! -d .tools/kafka/dev || scripts/kafka stop --dir .tools/kafka/dev
	rm -rf .tools/kafka/dev
	cargo clean
