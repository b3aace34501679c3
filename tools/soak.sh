#!/usr/bin/env bash
# A worker under full load: eight clients that ask for ordinary, short and long answers and hang up on some. Every 30 s
# it prints the worker's memory and what its tokens cost, and at the end how both changed from the second tenth of the
# time to the last. Fails when memory grew by more than 1%, a token's cost by more than 10%, or a request failed.
# Usage: tools/soak.sh MODEL [MINUTES] [WORKER-ARGUMENTS...]
set -euo pipefail
model=${1:?usage: tools/soak.sh MODEL [MINUTES] [WORKER-ARGUMENTS...]}
minutes=${2:-30}
shift $(($# < 2 ? $# : 2))
worker=$(cd "$(dirname "$0")/.." && pwd)/build/release/bin/llm-worker-rbee/llm-worker-rbee
folder=$(mktemp -d)
: >"$folder/log"
: >"$folder/refused"
"$worker" --worker-id soak --model "$model" --port 0 "$@" >"$folder/log" 2>&1 &
pid=$!
clients=()
cleanup() {
  kill "${clients[@]}" "$pid" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT

for ((i = 0; i < 1200; ++i)); do
  address=$(sed -nE 's/.*listening on (http:\S+).*/\1/p' "$folder/log")
  [ -n "$address" ] && curl -sf "$address/ready" >/dev/null && break
  kill -0 "$pid" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done

client() {
  local n=0 length limit hang_up
  RANDOM=$1
  while :; do
    n=$((n + 1))
    length=$((n % 7 == 0 ? 400 + RANDOM % 400 : 8 + RANDOM % 120))
    limit=$((n % 5 == 0 ? 200 : 8 + RANDOM % 60))
    hang_up=$((n % 9 == 0 ? 1 : 600))
    [ "$n" -gt 1 ] || length=800 limit=200 # all at once: as much of the cache as they ever need
    jq -nc --arg id "$1-$n" --argjson n "$length" --argjson limit "$limit" --argjson seed "$RANDOM" \
      '{job_id: $id, prompt: [range($n) | (. * 7919 + $seed) % 200 + 260], max_tokens: $limit, temperature: 0.8,
        seed: $seed, ignore_eos: true}' |
      curl -sf --max-time "$hang_up" "$address/execute" -H 'Content-Type: application/json' -d @- >/dev/null ||
      [ $? = 28 ] || echo "client $1, request $n" >>"$folder/refused" # 28: hung up
  done
}
for ((i = 1; i <= 8; ++i)); do
  client "$i" &
  clients+=($!)
done

# One line: seconds, bytes resident, tokens so far, processor seconds so far, failed requests.
sample() {
  local metrics ticks
  metrics=$(curl -s --max-time 60 "$address/metrics")
  ticks=$(awk '{print $14 + $15}' "/proc/$pid/stat")
  echo "$SECONDS $(awk '/^VmRSS/ {print $2 * 1024}' "/proc/$pid/status")" \
    "$(awk '/^rbee_worker_(prompt|output)_tokens_total/ {n += $2} END {print n}' <<<"$metrics")" \
    "$(awk -v t="$ticks" -v hz="$(getconf CLK_TCK)" 'BEGIN {print t / hz}')" \
    "$(awk '/^rbee_worker_requests_total.*failed/ {print $2}' <<<"$metrics")"
}

echo "soak: $model for $minutes minutes"
SECONDS=0
sample >"$folder/samples"
while [ "$SECONDS" -lt $((minutes * 60)) ]; do
  sleep 30
  sample | tee -a "$folder/samples" | awk '{printf "%5d s  %8.1f MB  %9d tokens\n", $1, $2 / 1e6, $3}'
done
refused=$(wc -l <"$folder/refused")
awk -v refused="$refused" '
  {t[NR] = $1; rss[NR] = $2; tokens[NR] = $3; cpu[NR] = $4; failed = $5}
  function cost(a, b) {return 1000 * (cpu[b] - cpu[a]) / (tokens[b] - tokens[a])}
  END {
    tenth = int(NR / 10) > 1 ? int(NR / 10) : 1
    a = 1 + tenth; b = 1 + 2 * tenth; c = NR - tenth
    growth = 100 * (rss[NR] / rss[b] - 1)
    slower = 100 * (cost(c, NR) / cost(a, b) - 1)
    printf "%d tokens in %d s; %.1f MB, then %.1f MB (%+.2f%%)\n", tokens[NR] - tokens[1], t[NR] - t[1], rss[b] / 1e6,
      rss[NR] / 1e6, growth
    printf "processor time per token %.2f ms, then %.2f ms (%+.1f%%); %d requests failed, %d refused or broken off\n",
      cost(a, b), cost(c, NR), slower, failed, refused
    exit (growth > 1 || slower > 10 || failed + refused > 0) ? 1 : 0
  }' "$folder/samples"
