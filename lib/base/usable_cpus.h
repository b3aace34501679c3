#pragma once
// How many threads are worth starting.

#include <cstdint>
#include <optional>
#include <string_view>

namespace rbee {

/// The CPUs that a cgroup v2 `cpu.max` file allows, rounded up: "150000 100000" is 2. Nothing for "max ..." or text
/// that is not of this form. Source: Linux Documentation/admin-guide/cgroup-v2.rst.
std::optional<std::uint32_t> cpus_of_quota(std::string_view cpu_max);

/// CPUs that this process may run on: its affinity mask, cut to the quotas of its cgroup and the cgroup's parents
/// (v2 cpu.max, v1 cfs quota). At least 1.
std::uint32_t usable_cpus();

}  // namespace rbee
