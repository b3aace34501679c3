# rbee: what people type. `make help` lists it.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
# Seconds that `make fuzz` and `make test` give each fuzz target.
FUZZ_SECONDS ?= 10
export JOBS FUZZ_SECONDS

.DEFAULT_GOAL := help
.PHONY: help setup build test demo bench format check tidy libcxx asan tsan fuzz aarch64 clean

help:            ## this list
	@awk -F':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup:           ## install the packages that building and testing need
	@tools/setup.sh

build: setup     ## build everything, optimised, in build/release
	@tools/build.sh release

demo: build      ## the four demo models through rbee test: start, ask, check, measure, print the matrix
	@tools/demo.sh

test: setup      ## everything below and the unit tests; the last line is the sum
	@tools/test.sh all

bench: build     ## measure: the benchmarks in build/release/bench
	@tools/bench.sh

format: setup    ## format every C++ file in place
	@tools/format.sh --in-place

check: setup     ## formatting, layers, style, documents; each file by itself, through clang with libc++
	@tools/test.sh style libcxx

libcxx: setup    ## each source file and header by itself, through clang with libc++
	@tools/test.sh libcxx

tidy: setup      ## clang-tidy over every source file (long)
	@tools/tidy.sh --all

asan: setup      ## the tests with AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/test.sh asan

tsan: setup      ## the concurrency tests with ThreadSanitizer
	@tools/test.sh tsan

fuzz: setup      ## each parser's fuzz target for FUZZ_SECONDS, on new inputs each time
	@FUZZ_SEED=$${FUZZ_SEED:-0} tools/test.sh fuzz

aarch64: setup   ## cross-compile what computes for 64-bit Arm and run its tests under qemu
	@tools/test.sh aarch64

clean:           ## remove build/
	@echo "clean: removing build/"
	@rm -rf build
