#!/usr/bin/env bash
# Installs what rbee builds and tests with: Debian packages through apt-get, test packages through npm ci.
# Quick when nothing is missing: a stamp in build/ is named by the content of this script and of the npm lock file.
# Usage: tools/setup.sh
set -euo pipefail
cd "$(dirname "$0")/.."

compiler=(g++ cmake ninja-build ccache)
libraries=(libboost1.81-dev libboost-json1.81-dev libcli11-dev libfmt-dev libspdlog-dev libpcre2-dev libutf8proc-dev
           libssl-dev zlib1g-dev libcurl4-openssl-dev prometheus-cpp-dev libtomlplusplus-dev libedit-dev)
testing=(libgtest-dev libgmock-dev libbenchmark-dev openssh-client openssh-server clang-14 libclang-rt-14-dev clang-format clang-tidy
         libc++-14-dev libc++abi-14-dev)
cross=(g++-aarch64-linux-gnu qemu-user googletest)
graphics=(glslc libvulkan-dev mesa-vulkan-drivers vulkan-validationlayers spirv-cross)
commands=(git curl jq strace)

lock=tests/package-lock.json
stamp=build/.setup-$(cat tools/setup.sh "$lock" 2>/dev/null | sha256sum | cut -c1-16)
if [ -e "$stamp" ]; then
  echo "setup: done before (remove $stamp to do it again)"
  exit 0
fi

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null)" = "ii " ]; }

missing=()
for package in "${compiler[@]}" "${libraries[@]}" "${testing[@]}" "${cross[@]}" "${graphics[@]}"; do
  installed "$package" || missing+=("$package")
done
# A program may come from elsewhere than Debian's package of the same name.
for command in "${commands[@]}"; do
  command -v "$command" >/dev/null || missing+=("$command")
done
if [ -e "$lock" ]; then
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
fi

if [ "${#missing[@]}" -gt 0 ]; then
  echo "setup: installing Debian packages: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "setup: all Debian packages are installed"
fi

if [ -e "$lock" ]; then
  echo "setup: installing the tests' npm packages (npm ci in tests/)"
  (cd tests && npm ci --loglevel=error --no-audit --no-fund --ignore-scripts)
fi

mkdir -p build
rm -f build/.setup-*
touch "$stamp"
echo "setup: done"
