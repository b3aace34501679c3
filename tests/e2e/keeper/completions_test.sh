#!/usr/bin/env bash
# The completion scripts of rbee and rbee-hive are taken by their shells and complete what they should.
# Usage: completions_test.sh RBEE RBEE-HIVE
set -euo pipefail
rbee=$1 hive=$2
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export RBEE_HOME=$home PATH="$home/bin:$PATH"
mkdir -p "$home/bin"
ln -s "$rbee" "$home/bin/rbee"
ln -s "$hive" "$home/bin/rbee-hive"
export RBEE_HIVE=$hive

rbee pool add workstation >/dev/null
rbee completions bash >"$home/rbee.bash"
rbee-hive completions bash >"$home/hive.bash"
bash -n "$home/rbee.bash"
bash -n "$home/hive.bash"
source "$home/rbee.bash"
source "$home/hive.bash"

# expect FUNCTION WANTED WORD...: the words' last one completes to WANTED, among others.
expect() {
  local complete=$1 wanted=$2
  shift 2
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  "$complete"
  local found
  for found in "${COMPREPLY[@]}"; do [ "$found" = "$wanted" ] && return; done
  echo "'$*': expected $wanted, found: ${COMPREPLY[*]}" >&2
  exit 1
}
expect _rbee pool rbee ''
expect _rbee infer rbee inf
expect _rbee worker rbee pool w
expect _rbee spawn rbee --host workstation pool worker s
expect _rbee --model rbee pool worker spawn --mo
expect _rbee --temperature rbee infer --model x --te
expect _rbee workstation rbee pool status --host work
expect _rbee_hive catalog rbee-hive models ca

for shell in zsh fish; do
  command -v "$shell" >/dev/null || continue
  rbee completions "$shell" >"$home/rbee.$shell"
  "$shell" -n "$home/rbee.$shell"
done
if command -v fish >/dev/null; then
  HOME=$home fish -c "source '$home/rbee.fish'; complete -C 'rbee --host x pool worker st'" | grep -q '^stop-all'
fi
echo "completions: fine"
