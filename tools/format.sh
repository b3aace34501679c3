#!/usr/bin/env bash
# Formats the tree's C++ files with .clang-format, or tells which are not formatted.
# Usage: tools/format.sh --in-place | --check
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(find lib bin tests bench tools \( -name node_modules -o -name build \) -prune -o \
  \( -name '*.cc' -o -name '*.cu' -o -name '*.h' \) -print | sort)
case ${1:-} in
  --in-place)
    echo "format: ${#files[@]} files"
    printf '%s\n' "${files[@]}" | xargs -P "${JOBS:-$(nproc)}" -n 16 clang-format -i
    ;;
  --check)
    if ! printf '%s\n' "${files[@]}" | xargs -P "${JOBS:-$(nproc)}" -n 16 clang-format --dry-run -Werror 2>&1 |
      awk '/warning:|error:/ {split($1, at, ":"); if (!seen[at[1]]++) print "not formatted: " at[1] ":" at[2]; bad = 1}
           END {exit bad}'; then
      echo "run: make format"
      exit 1
    fi
    echo "format: ${#files[@]} files are formatted"
    ;;
  *)
    echo "usage: tools/format.sh --in-place | --check" >&2
    exit 2
    ;;
esac
