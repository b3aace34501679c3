#pragma once
// What goes over ssh, and how long it may take.

#include <chrono>
#include <cstddef>

#include "base/units.h"

namespace rbee::pool {

/// Linux: one argument of a program has at most 128 KiB, and the login shell gets the line as one.
constexpr std::size_t kRemoteLineBytesMax = 120'000;
constexpr std::size_t kSshLogBytesMax = 64_KiB;

constexpr std::chrono::seconds kSshConnectTimeout{10};
/// A connection without any sign of life for kSshAliveInterval * kSshAliveCount is given up.
constexpr std::chrono::seconds kSshAliveInterval{10};
constexpr int kSshAliveCount = 3;
/// How long the shared connection stays after its last command.
constexpr std::chrono::seconds kSshPersist{60};

/// sockaddr_un has room for 108 bytes; ssh makes the socket under a longer name first (".", 16 characters).
constexpr std::size_t kSocketPathBytesMax = 90;

}  // namespace rbee::pool
