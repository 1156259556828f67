# Everything a person does with the repository. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# What is built stays in the working tree, whatever the host has installed.
TREE := VIPER_STATE_DIR="$(CURDIR)/artifacts/state" VIPER_CACHE_DIR="$(CURDIR)/artifacts/cache"

.PHONY: help setup setup-test build demo demo-check test soak check bench images clean

help: ## show this
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what building and running need (Debian packages)
	@build/setup run

setup-test:
	@build/setup test

build: setup ## build everything; programs land in artifacts/dist
	@build/all

images: build ## build the browser image, if it is not there
	@$(TREE) images/build browser

demo-check:
	@build/demo --check

demo: demo-check images ## boot a microVM, load a page, leave artifacts/demo/screenshot.png
	@build/demo

test: setup-test images ## everything that CI runs
	@tests/run

soak: setup-test images ## the same tests at their full counts; figures in artifacts/soak
	@tests/soak $(PROJECTS)

check: build ## formatting, analyzers, layering, public API
	@dotnet format whitespace Viper.sln --verify-no-changes --no-restore
	@tests/run Viper.Architecture.Tests

bench: images ## make bench AREA=boot: figures beside a floor, in artifacts/bench
	@build/bench $(AREA)

clean: ## remove everything that was built, images included
	@rm -rf artifacts
