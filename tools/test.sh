#!/usr/bin/env bash
# Runs the test stages and adds up what ctest counted. The last line is "N passed, N failed"; the exit status is 0 only
# when nothing failed. A stage that cannot build, or that runs no test at all, counts as one failure.
# Usage: tools/test.sh all | STAGE...; stages: release, style, libcxx, asan, tsan, fuzz, aarch64
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

jobs=${JOBS:-$(nproc)}
passed=0
failed=0
summary=()

# record NAME PASSED FAILED SECONDS [NOTE]
record() {
  passed=$((passed + $2))
  failed=$((failed + $3))
  summary+=("$(printf '%-36s %4d passed %3d failed %5d s  %s' "$1" "$2" "$3" "$4" "${5:-}")")
}

# A ctest test is a whole GoogleTest program: how many cases of those passed in the last run.
gtest_cases() {
  awk '/^\[  PASSED  \] / {n += $4} END {if (n) print "(" n " GoogleTest cases passed)"}' \
    "build/$1/Testing/Temporary/LastTest.log"
}

# run_ctest PRESET STAGE [CTEST ARGUMENTS...]: counts from ctest's own summary line.
run_ctest() {
  local preset=$1 stage=$2 started=$SECONDS log total bad
  shift 2
  log=build/$preset/ctest-${stage//[^a-z]/_}.log
  (cd "build/$preset" && ctest -j "$jobs" --output-on-failure --no-tests=error "$@") 2>&1 | tee "$log"
  # ctest: "98% tests passed, 2 tests failed out of 103"
  read -r bad total < <(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+).*/\1 \2/p' "$log" | tail -1)
  if [ -z "${total:-}" ] || [ "$total" = 0 ]; then
    echo "test: stage '$stage' ran no test"
    record "$stage" 0 1 $((SECONDS - started))
    return
  fi
  record "$stage" $((total - bad)) "$bad" $((SECONDS - started)) "$(gtest_cases "$preset")"
}

# build_or_fail PRESET STAGE [TARGETS...]
build_or_fail() {
  local preset=$1 stage=$2 started=$SECONDS
  shift 2
  if ! tools/build.sh "$preset" "$@"; then
    echo "test: stage '$stage' does not build"
    record "$stage: build" 0 1 $((SECONDS - started))
    return 1
  fi
  record "$stage: build" 1 0 $((SECONDS - started))
}

release() { build_or_fail release 'release' && run_ctest release 'release: tests' -LE 'style'; }
style() { build_or_fail release 'style' style_test && run_ctest release 'style: checks' -L 'style'; }
# Reads every source file and header by itself and builds nothing: success of the build is the test.
libcxx() { build_or_fail libcxx 'each file alone, clang, libc++'; }
asan() { build_or_fail asan 'asan, ubsan' && run_ctest asan 'asan, ubsan: tests' -LE 'long|style|fuzz'; }
tsan() {
  build_or_fail tsan 'tsan' rbee_concurrency_tests && run_ctest tsan 'tsan: concurrency tests' -L 'concurrency'
}
# The fuzz targets share the libraries of the asan build.
fuzz() { build_or_fail asan 'fuzz' rbee_fuzzers && run_ctest asan 'fuzz: each target briefly' -L 'fuzz'; }
aarch64() { build_or_fail aarch64 'aarch64' && run_ctest aarch64 'aarch64 under qemu: tests'; }

all=(release style libcxx asan tsan fuzz aarch64)
usage() {
  echo "usage: tools/test.sh all | STAGE...; stages: ${all[*]}" >&2
  exit 2
}
stages=("$@")
[ "${1:-all}" = all ] && stages=("${all[@]}")
for stage in "${stages[@]}"; do
  [[ " ${all[*]} " == *" $stage "* ]] || usage
done

started=$SECONDS
for stage in "${stages[@]}"; do
  echo "== $stage"
  "$stage"
done

echo
{
  echo "== summary, $((SECONDS - started)) s"
  printf '%s\n' "${summary[@]}"
  echo "$passed passed, $failed failed"
} | tee build/test-summary.txt
[ "$failed" = 0 ]
