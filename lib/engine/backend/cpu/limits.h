#pragma once

#include <cstdint>

namespace rbee::engine::cpu {

constexpr std::uint32_t kThreadsMax = 1024;

}  // namespace rbee::engine::cpu
