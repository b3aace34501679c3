#pragma once
// What every backend must do when its device's memory is full: who came too late says so and goes, and who serves there
// does not notice.

#include <string>
#include <vector>

#include "faulty_device.h"

namespace rbee::e2e {

/// What the device has for each worker, by its settings: the smallest model fits, a demo model does not.
constexpr std::uint64_t kFullDeviceBytes = 6'000'000;

/// One worker of the smallest model serves on the device, with a request in flight all the time. Others that do not fit
/// are started beside it: a larger model, and then the same one again with `less_memory` set. Each fails with exit code
/// 1 and a reason that tells what is needed and what is there, in bytes (for the last one, `words`): in what `worker
/// spawn` says and, where it did not wait, in `worker list` and the record. Nothing of them is left, and the first
/// worker is the same process and gives the same answers as before.
void expect_full_device_leaves_others_alone(const DeviceUnderTest& device, const StandIn& driver,
                                            const std::string& less_memory, const std::vector<std::string>& words);

}  // namespace rbee::e2e
