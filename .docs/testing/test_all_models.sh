#!/usr/bin/env bash
# Every model on every backend of every pool: start a worker, ask it over HTTP, look at the answer, stop it. The thin
# form of `rbee test`, to read and to change; it needs bash, curl and rbee, and compares no numbers.
#
# Usage: .docs/testing/test_all_models.sh [--models a,b] [--backends cpu,…] [--pools h1,h2] [--prompt TEXT] [--tokens N]
#   --models    ids of the catalog (default, or RBEE_TEST_MODELS: all that are on the pool's disk)
#   --backends  default, or RBEE_TEST_BACKENDS: those that the pool has a device for
#   --pools     names of `rbee pool list`, or hosts that ssh reaches (default, or RBEE_TEST_POOLS: localhost)
#   RBEE        the rbee program (default: rbee); RBEE_API_KEY: the key that workers want, if any
# A worker of another pool that listens on loopback only is asked by curl over there, through `ssh POOL`.
# Exit status: 0 when nothing failed and something passed, 1 otherwise, 2 for wrong usage.
set -uo pipefail

rbee=${RBEE:-rbee}
models=${RBEE_TEST_MODELS:-}
backends=${RBEE_TEST_BACKENDS:-}
pools=${RBEE_TEST_POOLS:-localhost}
prompt="Once upon a time"
tokens=16
answer_seconds_max=600

usage() {
  sed -n '/^# Usage/,/^# Exit/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
while [ $# -gt 0 ]; do
  if [ $# -lt 2 ] || [ -z "$2" ]; then usage; fi
  case $1 in
    --models) models=$2 ;;
    --backends) backends=$2 ;;
    --pools) pools=$2 ;;
    --prompt) prompt=$2 ;;
    --tokens) tokens=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[[ $tokens =~ ^[1-9][0-9]*$ ]] || usage
for program in "$rbee" curl; do
  command -v "$program" >/dev/null || { echo "$program is not there: it is needed" >&2; exit 1; }
done

passed=0 failed=0 skipped=0
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
  green='' red='' plain=''
fi
folder=$(mktemp -d) || exit 1
running_pool='' running_worker=''
stop_running() {
  [ -n "$running_worker" ] && "$rbee" pool worker stop "$running_worker" --host "$running_pool" >/dev/null 2>&1
  running_worker=''
}
trap 'stop_running; rm -rf "$folder"' EXIT
trap 'echo "Interrupted." >&2; exit 130' INT TERM

# on POOL VERB...: rbee-hive's document of that command on the pool.
on() {
  local pool=$1
  shift
  "$rbee" pool "$@" --json --host "$pool"
}
# text_field NAME, number_field NAME: the first such field of the JSON document on standard input.
text_field() { tr '\n' ' ' | grep -oE "\"$1\": *\"([^\"\\\\]|\\\\.)*\"" | head -1 | sed -E "s/^\"$1\": *\"(.*)\"$/\1/"; }
number_field() { tr '\n' ' ' | grep -oE "\"$1\": *[0-9]+" | head -1 | grep -oE '[0-9]+$'; }
# In a JSON string: backslash, quote; control characters cannot come from these arguments but a line break.
json_string() { printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g' | awk '{printf "%s%s", n++ ? "\\n" : "", $0}'; }

pool_models() {
  if [ -n "$models" ]; then
    tr ',' '\n' <<<"$models"
  else
    on "$1" models list 2>/dev/null | tr '\n' ' ' | grep -oE '"id": *"[^"]*"' | sed -E 's/.*"([^"]*)"$/\1/'
  fi
}
pool_backends() {
  if [ -n "$backends" ]; then
    tr ',' '\n' <<<"$backends"
  else
    on "$1" devices 2>/dev/null | tr '\n' ' ' | grep -oE '"backends": *\[[^]]*\]' | head -1 | sed 's/.*\[//' |
      grep -oE '"[a-z0-9]+"' | tr -d '"'
  fi
}

# ask POOL HOST PORT BODY: the event stream of /execute, on standard output.
ask() {
  local pool=$1 host=$2 port=$3 url
  local -a curl=(curl -sS -N --max-time "$answer_seconds_max" -H 'Content-Type: application/json' --data-binary @-)
  [ -z "${RBEE_API_KEY:-}" ] || curl+=(-H "Authorization: Bearer $RBEE_API_KEY")
  case $host in
    0.0.0.0 | ::) url=http://$pool:$port/execute ;;
    *) url=http://$host:$port/execute ;;
  esac
  if [ "$pool" = localhost ]; then
    "${curl[@]}" "${url/$pool/127.0.0.1}" <<<"$4"
  elif [[ $host == 127.* || $host == localhost || $host == ::1 ]]; then
    ssh -o BatchMode=yes -- "$pool" "$(printf '%q ' "${curl[@]}" "$url")" <<<"$4"
  else
    "${curl[@]}" "$url" <<<"$4"
  fi
}

# judge FILE: what is wrong with the stream of events; nothing when it is good.
judge() {
  local ends errors tokens_seen
  ends=$(grep -c '^event: end' "$1")
  errors=$(grep -c '^event: error' "$1")
  tokens_seen=$(grep -c '^event: token' "$1")
  if [ "$errors" -gt 0 ]; then
    grep -A1 '^event: error' "$1" | text_field message
  elif [ "$ends" -ne 1 ]; then
    echo "$ends end events, expected 1: $(head -c 300 "$1" | tr '\n' ' ')"
  elif [ "$tokens_seen" -lt 1 ]; then
    echo "no token came"
  fi
}

# finish passed|failed|skipped MODEL BACKEND POOL [REASON]
finish() {
  case $1 in
    passed)
      passed=$((passed + 1))
      echo "${green}✓${plain} $2 works on $3 @ $4"
      ;;
    failed)
      failed=$((failed + 1))
      echo "${red}✗${plain} $2 fails on $3 @ $4: ${5:-no reason was given}"
      ;;
    skipped)
      skipped=$((skipped + 1))
      echo "- $2 skipped on $3 @ $4: ${5:-no reason was given}"
      ;;
  esac
  echo
}

# test_cell MODEL BACKEND POOL
test_cell() {
  local model=$1 backend=$2 pool=$3 port host problem
  echo "Testing: $model on $backend @ $pool"
  echo "  Waiting for worker to start..."
  running_pool=$pool running_worker=script-test-$$-$RANDOM
  if ! on "$pool" worker spawn "$backend" --model "$model" --port 0 --id "$running_worker" \
    >"$folder/spawn.json" 2>"$folder/spawn.err"; then
    stop_running
    problem=$(text_field message <"$folder/spawn.json")
    [ -n "$problem" ] || problem=$(tail -1 "$folder/spawn.err")
    case $problem in
      *"is not in this build"* | *"on Apple's systems alone"* | *"and it is not installed"*)
        finish skipped "$model" "$backend" "$pool" "the worker program has no backend '$backend'"
        ;;
      *) finish failed "$model" "$backend" "$pool" "$problem" ;;
    esac
    return
  fi
  port=$(number_field port <"$folder/spawn.json")
  host=$(text_field host <"$folder/spawn.json")
  echo "  Testing inference..."
  problem=
  ask "$pool" "${host:-127.0.0.1}" "$port" "{\"job_id\":\"$running_worker\",\"prompt\":\"$(json_string "$prompt")\",
    \"max_tokens\":$tokens,\"temperature\":0,\"seed\":1}" >"$folder/events" 2>"$folder/curl.err" ||
    problem="curl: $(tail -1 "$folder/curl.err")"
  [ -n "$problem" ] || problem=$(judge "$folder/events")
  if ! on "$pool" worker stop "$running_worker" >"$folder/stop.json" 2>&1 && [ -z "$problem" ]; then
    problem="it could not be stopped: $(text_field message <"$folder/stop.json")"
  fi
  running_worker=
  if [ -n "$problem" ]; then
    finish failed "$model" "$backend" "$pool" "$problem"
  else
    finish passed "$model" "$backend" "$pool"
  fi
}

for pool in ${pools//,/ }; do
  mapfile -t found_models < <(pool_models "$pool")
  mapfile -t found_backends < <(pool_backends "$pool")
  if [ ${#found_models[@]} = 0 ] || [ ${#found_backends[@]} = 0 ]; then
    finish skipped "every model" "every backend" "$pool" "$(on "$pool" status 2>&1 >/dev/null | tail -1 | grep . ||
      echo 'no model on its disk')"
    continue
  fi
  for model in "${found_models[@]}"; do
    for backend in "${found_backends[@]}"; do
      test_cell "$model" "$backend" "$pool"
    done
  done
done

printf '  Passed:  %d\n  Failed:  %d\n  Skipped: %d\n\n' "$passed" "$failed" "$skipped"
if [ "$failed" -gt 0 ]; then
  echo "${red}✗${plain} $failed $([ "$failed" = 1 ] && echo test || echo tests) failed"
elif [ "$passed" = 0 ]; then
  echo "${red}✗${plain} No test passed: nothing was shown to work"
else
  echo "${green}✓${plain} All tests passed!"
fi
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
