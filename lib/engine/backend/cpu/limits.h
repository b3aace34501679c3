#pragma once
// What bounds the cpu backend, whatever the machine or the model says.

#include <cstdint>

namespace rbee::engine::cpu {

constexpr std::uint32_t kThreadsMax = 1024;

}  // namespace rbee::engine::cpu
