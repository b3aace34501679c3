#!/usr/bin/env bash
# Kills or fails rbee-hive at every system call that changes a file, and fills its disk: the catalog must stay whole, old or
# new, and the next run must work. Usage: catalog_crash_test.sh RBEE_HIVE
set -uo pipefail
hive=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
failures=0

fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

# The catalog in $1 reads, and holds the model "old"; "new" may be there.
check_whole() {
  local ids
  if ! ids=$(RBEE_HOME=$1 "$hive" models catalog --json 2>"$root/err" | jq -r '.models[].id'); then
    fail "$2: the catalog does not read: $(cat "$root/err")"
    return
  fi
  grep -qx old <<<"$ids" || fail "$2: the entry of before is lost"
  RBEE_HOME=$1 "$hive" models register after --repo a/b >/dev/null 2>"$root/err" || fail "$2: the next run fails: $(cat "$root/err")"
}

fresh_pool() {
  rm -rf "$1"
  mkdir -p "$1"
  RBEE_HOME=$1 "$hive" models register old --repo a/b >/dev/null || fail "cannot make a pool"
}

if command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null; then
  runs=0
  for fault in signal=SIGKILL error=EIO error=ENOSPC; do
    for call in openat write fsync rename flock pwrite64 ftruncate; do
      for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        # openat and write of the loader and of output are hit too: harmless, and the loop finds the ones that matter.
        [[ $fault != signal=SIGKILL && $call == openat ]] && break
        fresh_pool "$root/pool"
        code=0
        { # the shell itself reports what was killed
          RBEE_HOME=$root/pool strace -f -o "$root/trace" -e trace="$call" -e inject="$call:$fault:when=$n" \
            "$hive" models register new --repo a/b >"$root/out" 2>&1 || code=$?
        } 2>/dev/null
        hit=1
        grep -q -e INJECTED -e 'killed by SIGKILL' "$root/trace" || hit=0
        runs=$((runs + 1))
        [[ $hit == 1 ]] && check_whole "$root/pool" "$call number $n, $fault"
        if [[ $hit == 1 && $call == fsync && $fault == error=EIO && $n == 1 && $code == 0 ]]; then
          fail "an fsync that failed was reported as success"
        fi
        [[ $hit == 0 ]] && break
      done
    done
  done
  echo "strace: $runs runs"
else
  echo "SKIP strace cannot trace here: the faults at each system call were not tried"
fi

# A disk of 1 MiB, filled to k bytes free. Needs user and mount namespaces.
if unshare -Urm true 2>/dev/null; then
  disk_run() {
    mount -t tmpfs -o size=1m tmpfs "$root/disk" || exit 9
    fresh_pool "$root/disk/pool"
    for free_kib in 0 4 8 12 16 64; do
      # Everything but the wanted rest, in whole pages.
      rm -f "$root/disk/filler"
      available=$(df --output=avail -k "$root/disk" | tail -1)
      head -c "$(((available - free_kib) * 1024))" /dev/zero >"$root/disk/filler"
      RBEE_HOME=$root/disk/pool "$hive" models register "new$free_kib" --repo a/b >"$root/out" 2>&1
      code=$?
      if [[ $code != 0 ]] && ! grep -q -i "no space" "$root/out"; then fail "$free_kib KiB free: $(cat "$root/out")"; fi
      rm -f "$root/disk/filler"
      check_whole "$root/disk/pool" "disk with $free_kib KiB free"
      [[ $code == 0 ]] && full_at_least_once=${full_at_least_once:-no} || full_at_least_once=yes
    done
    [[ ${full_at_least_once:-no} == yes ]] || fail "the disk was never full"
    exit "$failures"
  }
  mkdir -p "$root/disk"
  export -f disk_run fresh_pool check_whole fail
  export root hive failures
  unshare -Urm bash -c disk_run || failures=$((failures + 1))
  echo "full disk: done"
else
  echo "SKIP no user namespaces here: the full disk was not tried"
fi

[[ $failures == 0 ]] && echo "PASS"
exit $((failures > 0))
