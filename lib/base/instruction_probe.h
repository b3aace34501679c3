#pragma once
// Whether the processor runs an instruction, by trying it.

namespace rbee {

/// Calls `instruction` and returns true when it came back, false when the processor refused it (SIGILL). For features
/// that a hypervisor hides from CPUID; one thread at a time, while no other handles SIGILL. `instruction` must hold
/// nothing that would have to be destroyed.
bool instruction_runs(void (*instruction)());

}  // namespace rbee
