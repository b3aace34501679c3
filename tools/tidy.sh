#!/usr/bin/env bash
# Runs clang-tidy (.clang-tidy) over the release build's sources. Needs build/release to be configured.
# --all      every source file
# --recent   the most recently changed files first, until TIDY_SECONDS (default 150) have passed; says how many it saw
# Usage: tools/tidy.sh --all | --recent
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:?usage: tools/tidy.sh --all | --recent}
jobs=${JOBS:-$(nproc)}
cmake --preset release >/dev/null

# Sources that the build knows, newest commit first; files that git does not know yet count as newest.
by_age() {
  { git ls-files --others --exclude-standard -- 'lib/*.cc' 'bin/*.cc'
    git log --format= --name-only -- 'lib/*.cc' 'bin/*.cc'; } 2>/dev/null |
    awk '!seen[$0]++' | while read -r file; do
      if grep -qF "\"$PWD/$file\"" build/release/compile_commands.json; then echo "$file"; fi
    done
}
mapfile -t files < <(by_age)
if [ "${#files[@]}" = 0 ]; then  # no history: a source archive
  mapfile -t files < <(find lib bin -name '*.cc' | sort)
fi

deadline=0
[ "$mode" = --recent ] && deadline=$(($(date +%s) + ${TIDY_SECONDS:-150}))
log=build/tidy
rm -rf "$log" && mkdir -p "$log"

tidy_one() {  # FILE
  if [ "$deadline" != 0 ] && [ "$(date +%s)" -ge "$deadline" ]; then return 0; fi
  local out=$log/${1//\//_}.log
  if clang-tidy -quiet --extra-arg=-Wno-unknown-warning-option -p build/release "$1" >"$out" 2>/dev/null; then
    rm -f "$out"
    echo "$1" >>"$log/clean.txt"
  else
    grep -E 'warning:|error:' "$out" | sed "s|$PWD/||" | sort -u || cat "$out"
    echo "$1" >>"$log/findings.txt"
  fi
}
export -f tidy_one
export deadline log
printf '%s\n' "${files[@]}" | xargs -P "$jobs" -I{} bash -c 'tidy_one {}'

count() { [ -e "$1" ] && wc -l <"$1" || echo 0; }
clean=$(count "$log/clean.txt")
bad=$(count "$log/findings.txt")
echo "clang-tidy: $((clean + bad)) of ${#files[@]} files looked at, $bad with findings"
[ "$bad" = 0 ] && [ "$clean" -gt 0 ]
