#pragma once
// The backend for general-purpose processors.

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/activation_bits.h"
#include "engine/backend/cpu/isa.h"

namespace rbee::engine {

struct CpuOptions {
  std::uint32_t threads = 0;    ///< 0: usable_cpus()
  std::optional<cpu::Isa> isa;  ///< nothing: the best that the machine has
  cpu::ActivationBits activations = cpu::ActivationBits::kAuto;
};

/// Throws Error: kUnsupported (the machine lacks the instruction set; names those it has), kBadRequest (more threads
/// than kThreadsMax).
std::unique_ptr<Backend> make_cpu_backend(const CpuOptions& options);
std::unique_ptr<Backend> make_cpu_backend(std::uint32_t threads);

}  // namespace rbee::engine
