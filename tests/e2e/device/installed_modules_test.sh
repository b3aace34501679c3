#!/usr/bin/env bash
# installed_modules_test.sh CMAKE BUILD MODEL BACKEND...: what `cmake --install` puts into a prefix works there: the worker
# finds and loads the module of each backend. No device has number 60, so that it ends whatever this machine has.
set -euo pipefail
cmake=$1 build=$2 model=$3
shift 3
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
"$cmake" --install "$build" --prefix "$prefix" >/dev/null
for backend in "$@"; do
  status=0
  said=$("$prefix/bin/llm-worker-rbee" --worker-id w --model "$model" --backend "$backend" --gpu 60 --port 0 2>&1) || status=$?
  echo "$said"
  if [ "$status" -ne 1 ] || grep -Eq 'is not installed|cannot be loaded|was built by' <<<"$said"; then
    echo "the installed worker does not load the module of $backend (exit code $status)" >&2
    exit 1
  fi
done
