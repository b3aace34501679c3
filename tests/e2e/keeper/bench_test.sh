#!/usr/bin/env bash
# rbee bench on this machine: what it prints, what it compares, and that nothing of it stays behind.
# Usage: bench_test.sh RBEE RBEE-HIVE LLM-WORKER-RBEE MODELS
set -euo pipefail
rbee=$1 hive=$2 worker=$3 models=$4
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -p "$home/bin"
ln -s "$worker" "$home/bin/llm-worker-rbee"
export RBEE_HOME=$home RBEE_HIVE=$hive PATH="$home/bin:$PATH"

# says TEXT WANTED WHAT
says() {
  case $1 in *"$2"*) ;; *) echo "$3: expected '$2' in: $1" >&2; exit 1 ;; esac
}

short=(--prompt 24 --generate 6 --rounds 1)
"$rbee" bench --model "$models/demo-qwen" "${short[@]}" --depth 30 --streams 2 --no-peaks --json >"$home/a.json"
for part in '"n_prompt": 24' '"n_depth": 30' '"n_streams": 2' '"avg_ts"' '"start_seconds"'; do
  says "$(cat "$home/a.json")" "$part" "JSON"
done
"$rbee" bench --model "$models/demo-qwen" "${short[@]}" --threads 1 --cpu-isa portable --peaks-mib 64 --json >"$home/b.json"
says "$(cat "$home/b.json")" ', portable, 1 thread"' "forced instruction set"
says "$(cat "$home/b.json")" '"percent"' "limits"
says "$("$rbee" bench compare "$home/a.json" "$home/b.json")" 'pp24' "comparison"
says "$("$rbee" bench --model "$models/demo-llama" "${short[@]}" --no-peaks --markdown)" '| tg6 |' "markdown"
says "$("$rbee" bench --model "$models/demo-llama" "${short[@]}" --no-peaks --csv)" '0,6,0,1,' "CSV"

# A shape takes no room on disk: its weights are drawn in memory.
"$rbee" bench --shape tinyllama --layers 1 --weights q4_k --kv q8_0 --prompt 8 --generate 2 --rounds 1 --no-peaks --json >"$home/c.json"
says "$(cat "$home/c.json")" '"dtype": "Q4_K"' "quantized shape"
"$hive" models synth mistral --hollow --id hollow >/dev/null
[ "$(du -sk "$home" | cut -f1)" -lt 20000 ] || { echo "a hollow model takes room on disk" >&2; exit 1; }
"$hive" models delete hollow >/dev/null

says "$("$rbee" pool models list)" 'Total models: 0' "models left behind"
says "$("$rbee" pool worker list)" 'No workers' "workers left behind"
if "$rbee" bench --model nothing 2>"$home/err"; then exit 1; fi
says "$(cat "$home/err")" "no model 'nothing'" "unknown model"
if "$rbee" bench 2>"$home/err"; then exit 1; fi
says "$(cat "$home/err")" '--shape' "neither model nor shape"
