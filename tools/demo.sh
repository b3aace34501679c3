#!/usr/bin/env bash
# The main job through the product: the four demo models that come with the source are imported into a pool of their own
# under build/demo, `rbee test` tries each on every backend of this machine, and each answers one question. Every figure
# and every answer comes from the workers that just ran; a check that could not be made is no pass.
# Usage: tools/demo.sh [--backend NAME] [MODEL-FOLDER|FILE.gguf...]      (default: all backends, models/demo-*)
# Exit status: 0 when nothing failed and something passed, 1 otherwise, 2 for wrong usage.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

usage() {
  echo "usage: tools/demo.sh [--backend NAME] [MODEL-FOLDER|FILE.gguf...]" >&2
  exit 2
}
backend=auto
models=()
while [ $# -gt 0 ]; do
  case $1 in
    --backend)
      if [ $# -lt 2 ]; then usage; fi
      backend=$2
      shift 2
      ;;
    -*) usage ;;
    *)
      models+=("$1")
      shift
      ;;
  esac
done
[ ${#models[@]} -gt 0 ] || models=(models/demo-qwen models/demo-llama models/demo-phi3 models/demo-mistral)

rbee=${RBEE:-build/release/bin/rbee-keeper/rbee}
if [ ! -x "$rbee" ]; then
  echo "no rbee at $rbee: run 'make build' first" >&2
  exit 1
fi
# A home of its own: neither the models nor the workers of ~/.rbee are touched.
mkdir -p build/demo
RBEE_HOME=$(mktemp -d build/demo/home.XXXXXX) || exit 1
RBEE_HOME=$PWD/$RBEE_HOME
export RBEE_HOME
trap 'rm -rf "$RBEE_HOME"' EXIT

for model in "${models[@]}"; do
  if ! "$rbee" pool models import "$model" --host localhost; then
    echo "✗ $model was not imported, so nothing is tested" >&2
    exit 1
  fi
done
echo
results=build/demo/results
rm -rf "$results"
"$rbee" test --backends "$backend" --out "$results"
status=$?

if [ -f "$results/results.jsonl" ]; then
  echo
  echo "What they answered to \"What is a bee?\", through their own chat templates:"
  jq -r 'select(.record == "cell") | . as $cell | .checks[] | select(.check == "answer" and .note != "")
         | "  \($cell.model) on \($cell.backend): \(.note | ltrimstr(" "))"' "$results/results.jsonl"
  echo
  echo "The page of this run: $results/MODEL_SUPPORT.md"
fi
exit $status
