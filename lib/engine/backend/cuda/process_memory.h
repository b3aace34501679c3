#pragma once
// What this process holds of a device's memory, as the driver's management library measures it.

#include <cstdint>
#include <string>

namespace rbee::engine::cuda {

/// Bytes that this process has on the device at that place on the bus ("00000000:18:00.0"), by NVML in `library`:
/// weights, caches, kernels, the driver's own. 0 where it does not tell: no such library, another pid namespace, no
/// permission.
std::uint64_t process_memory(const std::string& library, const std::string& pci_address);

}  // namespace rbee::engine::cuda
