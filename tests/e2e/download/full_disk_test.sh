#!/usr/bin/env bash
# A disk that is too small, one that fills up on the way, and a file beyond the size limit: a clear error, what came is
# kept, and the next run goes on. Usage: full_disk_test.sh RBEE_HIVE HUB_STAND_IN MODEL_FOLDER
set -uo pipefail
hive=$1 stand_in=$2 model=$3
root=$(mktemp -d)
hub_pid=
trap '[ -z "$hub_pid" ] || kill "$hub_pid"; rm -rf "$root"' EXIT
failures=0

fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

mkdir -p "$root/hub/tiny" "$root/disk"
cp -r "$model" "$root/hub/tiny/qwen"
"$stand_in" --root "$root/hub" --with-parent --faults "$root/faults" --log "$root/log" >"$root/address" &
hub_pid=$!
for _ in $(seq 600); do
  grep -q http "$root/address" && break
  sleep 0.1
done
HF_ENDPOINT=$(grep -o 'http://.*' "$root/address")
export HF_ENDPOINT
weights=$(stat -c %s "$model/model.safetensors")

# A limit on the size of a file stops the writing like a full disk does.
RBEE_HOME=$root/pool bash -c "ulimit -f $((weights / 2 / 1024)); '$hive' models download tiny/qwen" >"$root/out" 2>&1 &&
  fail "a file beyond the limit was not noticed"
grep -q "what came so far is kept" "$root/out" || fail "the limit: $(cat "$root/out")"
: >"$root/log"
RBEE_HOME=$root/pool "$hive" models download tiny/qwen >"$root/out" 2>&1 || fail "does not go on: $(cat "$root/out")"
grep storage "$root/log" | grep -q 'bytes=[1-9]' || fail "starts from the first byte: $(cat "$root/log")"

if unshare -Urm true 2>/dev/null; then
  disk_run() {
    mount -t tmpfs -o size=24m tmpfs "$root/disk" || exit 9
    export RBEE_HOME=$root/disk/pool
    mkdir "$RBEE_HOME"
    head -c $((12 * 1024 * 1024)) /dev/zero >"$root/disk/filler"
    "$hive" models download tiny/qwen >"$root/out" 2>&1 && fail "12 MB free are not enough"
    grep -q "more are needed, .* are free" "$root/out" || fail "too small: $(cat "$root/out")"
    rm "$root/disk/filler"
    # There is room when it starts; then somebody else takes it.
    echo '[{"do":"slow","on":"cdn","bytes_per_second":200000}]' >"$root/faults"
    "$hive" models download tiny/qwen >"$root/out" 2>&1 &
    download=$!
    for _ in $(seq 600); do
      compgen -G "$RBEE_HOME/models/qwen/.download/*.part" >/dev/null &&
        [ "$(cat "$RBEE_HOME"/models/qwen/.download/*.part | wc -c)" -gt 50000 ] && break
      sleep 0.05
    done
    cat /dev/zero >"$root/disk/filler" 2>/dev/null
    wait "$download" && fail "a disk that filled up was not noticed"
    grep -q -i "no space" "$root/out" || fail "full: $(cat "$root/out")"
    rm "$root/disk/filler"
    echo '[]' >"$root/faults"
    "$hive" models download tiny/qwen >"$root/out" 2>&1 || fail "does not go on: $(cat "$root/out")"
    "$hive" models verify --no-repair >"$root/out" 2>&1 || fail "not whole: $(cat "$root/out")"
    exit "$failures"
  }
  export -f disk_run fail
  export root hive failures
  unshare -Urm bash -c disk_run || failures=$((failures + 1))
  echo "full disk: done"
else
  echo "SKIP no user namespaces here: the full disk was not tried"
fi

[[ $failures == 0 ]] && echo "PASS"
exit $((failures > 0))
