#!/usr/bin/env bash
# The main job, thin but real: for each model start a worker, ask it every question of the model's expected.json, compare
# the answers byte by byte, stop it, and print what worked with start-up time, speed and memory. Every figure comes from
# the worker that just ran; a check that could not be made is no pass.
# Usage: tools/demo.sh [--backend NAME] [MODEL-FOLDER...]      (default: cpu, models/demo-*)
# Exit status: 0 when every cell passed, 1 when one failed or none ran, 2 for wrong usage.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

backend=cpu
models=()
while [ $# -gt 0 ]; do
  case $1 in
    --backend)
      backend=${2:?--backend needs a name}
      shift 2
      ;;
    -*)
      echo "usage: tools/demo.sh [--backend NAME] [MODEL-FOLDER...]" >&2
      exit 2
      ;;
    *)
      models+=("$1")
      shift
      ;;
  esac
done
[ ${#models[@]} -gt 0 ] || models=(models/demo-qwen models/demo-llama models/demo-phi3 models/demo-mistral)

worker_program=${RBEE_WORKER:-build/release/bin/llm-worker-rbee/llm-worker-rbee}
host=$(hostname)
logs=build/demo
ready_seconds_max=60
stop_seconds_max=10
mkdir -p "$logs"

worker_pid=
matrix=()
chats=()
passed=0
failed=0
skipped=0

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
  green='' red='' plain=''
fi

milliseconds() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# stop_worker: SIGTERM, then wait until the process is gone; SIGKILL after stop_seconds_max, which is a failure.
stop_worker() {
  local pid=$worker_pid status=0 deadline=$((SECONDS + stop_seconds_max))
  [ -n "$pid" ] || return 0
  worker_pid=
  kill -TERM "$pid" 2>/dev/null
  while kill -0 "$pid" 2>/dev/null; do
    if [ $SECONDS -ge $deadline ]; then
      kill -KILL "$pid" 2>/dev/null
      status=1
    fi
    sleep 0.02
  done
  wait "$pid" 2>/dev/null || status=1
  return $status
}
trap stop_worker EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start_worker MODEL ID: sets worker_pid, url and startup_ms once /ready says so.
start_worker() {
  local started port='' deadline=$((SECONDS + ready_seconds_max))
  log=$logs/$2.log
  : >"$log"
  started=$(milliseconds)
  "$worker_program" --worker-id "$2" --model "$1" --backend "$backend" --port 0 >"$log" 2>&1 &
  worker_pid=$!
  while [ $SECONDS -lt $deadline ]; do
    kill -0 "$worker_pid" 2>/dev/null || return 1
    # With port 0 the worker takes a free one and logs it.
    [ -n "$port" ] || port=$(sed -nE 's/.*127\.0\.0\.1:([0-9]+).*/\1/p' "$log" | head -1)
    url=http://127.0.0.1:$port
    if [ -n "$port" ] && curl -s --max-time 2 "$url/ready" 2>/dev/null | jq -e '.ready == true' >/dev/null 2>&1; then
      startup_ms=$(($(milliseconds) - started))
      return 0
    fi
    sleep 0.02
  done
  return 1
}

# What a stream of events must show, as a jq program over all of them: "ok", or how it differs. The number of tokens
# counts the end token.
# A SentencePiece decoder drops the first space of a whole text, which is what expected.json holds; in an answer that
# continues a prompt that space is there.
# shellcheck disable=SC2016  # the dollars are jq's
verdict='
  (map(select(.type == "token").t) | join("")) as $text | last as $final |
  if ($text == $case.text or $text == " " + $case.text) and $final.type == "end" and $final.stop_reason == "EOS"
     and $final.tokens_out == ($case.greedy | length) and map(select(.type == "end" or .type == "error")) == [$final]
  then "ok"
  else "      expected: \($case.text | tojson), \($case.greedy | length) tokens, ended by EOS",
       "      found:    \($text | tojson), ended by \($final | tojson)"
  end'

# ask NAME CASE BODY: one request whose whole answer must be the case's text. Adds up tokens_out and decode_ms.
ask() {
  local stream=$logs/$1.sse events=$logs/$1.json found end
  cases_all=$((cases_all + 1))
  jq -c . <<<"$3" | curl -sN --max-time 60 -H 'Content-Type: application/json' --data @- "$url/execute" >"$stream"
  sed -n 's/^data: //p' "$stream" >"$events"
  found=$(jq -rs --argjson case "$2" "$verdict" "$events" 2>&1)
  if [ "$found" != ok ]; then
    printf '    %s:\n%s\n' "$1" "${found:-      no events}"
    return 1
  fi
  end=$(tail -1 "$events")
  cases_ok=$((cases_ok + 1))
  tokens_out=$((tokens_out + $(jq .tokens_out <<<"$end")))
  decode_ms=$(jq --argjson sum "$decode_ms" '$sum + .decode_time_ms' <<<"$end")
}

# run_cases MODEL ID: every case of expected.json twice, as token ids and as a person would ask.
run_cases() {
  local case n=0
  cases_ok=0 cases_all=0 tokens_out=0 decode_ms=0
  while read -r case; do
    n=$((n + 1))
    ask "$2-$n-ids" "$case" "$(jq '{job_id: "ids", prompt: .ids, max_tokens: 64, temperature: 0}' <<<"$case")"
    if jq -e .question >/dev/null <<<"$case"; then
      ask "$2-$n-chat" "$case" "$(jq '{job_id: "chat", messages: [{role: "user", content: .question}],
                                       max_tokens: 64, temperature: 0}' <<<"$case")" && [ $n = 2 ] &&
        chats+=("$(printf '%-13s %s -> %s' "$2" "$(jq -r .question <<<"$case")" \
          "$(jq -rs 'map(select(.type == "token").t) | join("")' "$logs/$2-$n-chat.json")")")
    else
      ask "$2-$n-text" "$case" "$(jq '{job_id: "text", prompt, max_tokens: 64, temperature: 0}' <<<"$case")"
    fi
  done < <(jq -c '.cases[]' "$1/expected.json")
}

# Peak resident memory of the worker in MB.
worker_memory_mb() {
  if [ -r "/proc/$worker_pid/status" ]; then
    awk '/^VmHWM:/ {printf "%.0f", $2 * 1024 / 1e6}' "/proc/$worker_pid/status"
  else
    ps -o rss= -p "$worker_pid" | awk '{printf "%.0f", $1 * 1024 / 1e6}'
  fi
}

# row MODEL BACKEND STARTUP SPEED MEMORY ANSWERS RESULT
row() { printf '%-14s %-9s %10s %10s %10s %9s   %s\n' "$@"; }

# finish_cell passed|failed|skipped ID REASON [STARTUP SPEED MEMORY ANSWERS]: prints the cell's line and keeps its row.
finish_cell() {
  local mark
  case $1 in
    passed)
      passed=$((passed + 1)) mark="${green}✓${plain}"
      echo "$mark $2 works on $backend @ $host"
      ;;
    failed)
      failed=$((failed + 1)) mark="${red}✗${plain}"
      echo "$mark $2 fails on $backend @ $host: $3"
      if [ -s "$logs/$2.log" ]; then
        echo "  the end of $logs/$2.log:"
        tail -10 "$logs/$2.log" | sed 's/^/    /'
      fi
      ;;
    skipped)
      skipped=$((skipped + 1)) mark=skipped
      echo "- $2 skipped: $3"
      ;;
  esac
  matrix+=("$(row "$2" "$backend" "${4:--}" "${5:--}" "${6:--}" "${7:--}" "$mark")"$'\n')
}

# run_cell MODEL-FOLDER
run_cell() {
  local id figures stopped=yes
  id=$(basename "$1")
  echo "Testing: $id on $backend @ $host"
  if [ ! -e "$1/expected.json" ]; then
    finish_cell skipped "$id" "$1/expected.json is not there, so there is nothing to compare with"
    return
  fi
  echo "  Waiting for worker to start..."
  if ! start_worker "$1" "$id"; then
    stop_worker
    finish_cell failed "$id" "the worker did not become ready"
    return
  fi
  echo "  Testing inference..."
  run_cases "$1" "$id"
  figures=("$(awk -v ms="$startup_ms" 'BEGIN {printf "%.2f s", ms / 1000}')"
           "$(awk -v n="$tokens_out" -v ms="$decode_ms" 'BEGIN {if (ms > 0) printf "%.0f", n * 1000 / ms; else print "-"}')"
           "$(worker_memory_mb) MB" "$cases_ok/$cases_all")
  stop_worker || stopped=no
  if [ "$cases_ok" != "$cases_all" ] || [ "$cases_all" = 0 ]; then
    finish_cell failed "$id" "$cases_ok of $cases_all answers are as expected" "${figures[@]}"
  elif [ $stopped = no ]; then
    finish_cell failed "$id" "the worker did not stop cleanly on SIGTERM" "${figures[@]}"
  else
    finish_cell passed "$id" "" "${figures[@]}"
  fi
}

if [ ! -x "$worker_program" ]; then
  echo "no worker at $worker_program: run 'make build' first" >&2
  exit 1
fi
for model in "${models[@]}"; do
  run_cell "$model"
  echo
done

row Model Backend Start-up Tokens/s Memory Answers Result
printf '%s' "${matrix[@]}"
if [ ${#chats[@]} -gt 0 ]; then
  echo
  echo "One chat each, through the model's own template:"
  printf '  %s\n' "${chats[@]}"
fi
echo
echo "Passed: $passed  Failed: $failed  Skipped: $skipped"
[ $failed = 0 ] && [ $passed -gt 0 ]
