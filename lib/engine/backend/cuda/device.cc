#include "engine/backend/cuda/device.h"

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {
namespace {

std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::string capability_text(int capability) {
  return fmt::format("{}.{}", capability / 10, capability % 10);
}

DeviceIdentity identity_of(const DriverApi& api, int ordinal) {
  DeviceIdentity identity;
  api.check(api.device_get(&identity.handle, ordinal), "opening a device");
  const auto attribute = [&](int which) {
    int value = 0;
    api.check(api.device_attribute(&value, which, identity.handle), "asking a device");
    return value;
  };
  std::array<char, 256> name{};
  api.check(api.device_name(name.data(), static_cast<int>(name.size()) - 1, identity.handle), "asking a device");
  identity.name = name.data();
  identity.capability = 10 * attribute(kCuCapabilityMajor) + attribute(kCuCapabilityMinor);
  const int domain = attribute(kCuPciDomain), bus = attribute(kCuPciBus), device = attribute(kCuPciDevice);
  identity.pci = static_cast<std::uint64_t>(domain) << 32 | static_cast<std::uint64_t>(bus) << 8 |
                 static_cast<std::uint64_t>(device);
  identity.pci_address = fmt::format("{:08X}:{:02X}:{:02X}.0", domain, bus, device);
  return identity;
}

std::vector<DeviceIdentity> devices_of(const DriverApi& api) {
  int count = 0;
  const CuResult result = api.device_count(&count);
  if (result != kCuNoDevice) api.check(result, "counting the devices");
  std::vector<DeviceIdentity> devices;
  for (int i = 0; i < std::min(count, kDevicesMax); ++i) devices.push_back(identity_of(api, i));
  std::sort(devices.begin(), devices.end(),
            [](const DeviceIdentity& a, const DeviceIdentity& b) { return a.pci < b.pci; });
  return devices;
}

DeviceIdentity choose(const DriverApi& api, std::uint32_t index) {
  const std::vector<DeviceIdentity> devices = devices_of(api);
  if (devices.empty()) {
    fail(
        ErrorKind::kUnsupported,
        "the NVIDIA driver shows no device: there is none, CUDA_VISIBLE_DEVICES hides it, or this user may not use it");
  }
  if (index >= devices.size()) {
    std::string list;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      list += fmt::format("{}{}: {} at {}", i == 0 ? "" : ", ", i, devices[i].name, devices[i].pci_address);
    }
    fail(ErrorKind::kUnsupported, "there is no CUDA device {}; there are: {}", index, list);
  }
  return devices[index];
}

int start_driver(const DriverApi& api, int version_min) {
  int version = 0;
  api.check(api.driver_version(&version), "asking the driver's version");
  if (version < version_min) {
    fail(ErrorKind::kUnsupported,
         "the NVIDIA driver is too old: it is for CUDA {}, the kernels of this build need one for CUDA {} or later",
         version_text(version), version_text(version_min));
  }
  const CuResult result = api.init(0);
  if (result != kCuSuccess && result != kCuNoDevice) {
    fail(ErrorKind::kUnsupported, "the NVIDIA driver does not start: {}", api.error_text(result));
  }
  return version;
}

/// Polls: the driver's own wait has no deadline. At first without sleeping, since a token takes a millisecond or so.
template <typename Query>
void poll(const Device& device, const char* what, const Query& query) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  for (;;) {
    const CuResult result = query();
    if (result != kCuNotReady) return device.check(result, what);
    const Clock::duration waited = Clock::now() - begin;
    if (waited > kDeviceTimeout) {
      fail(ErrorKind::kIo, "the CUDA device {} was lost: {} did not end within {} seconds", device.name(), what,
           kDeviceTimeout.count());
    }
    if (waited < std::chrono::milliseconds(20)) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }
}

}  // namespace

Device::Device(const CudaOptions& options) : api_(DriverApi::load(options.driver_library)) {
  driver_version_ = start_driver(api_, options.kernels.driver_min);
  identity_ = choose(api_, options.gpu);
  if (identity_.capability < kComputeCapabilityMin) {
    fail(ErrorKind::kUnsupported, "{} has compute capability {}, {} is needed", identity_.name,
         capability_text(identity_.capability), capability_text(kComputeCapabilityMin));
  }
  check(api_.context_retain(&context_, identity_.handle), "opening the device");
  use();
  const CuResult result = api_.create_stream(&stream_, kCuStreamNonBlocking);
  if (result == kCuSuccess) return;
  api_.context_release(identity_.handle);
  check(result, "opening the device");
}

Device::~Device() {
  api_.context_set(context_);
  api_.destroy_stream(stream_);
  api_.context_release(identity_.handle);
}

std::string Device::description() const {
  return fmt::format("{} (compute capability {}, driver for CUDA {})", identity_.name,
                     capability_text(identity_.capability), version_text(driver_version_));
}

DeviceMemory Device::memory() const {
  use();
  std::size_t available = 0, total = 0;
  check(api_.memory_info(&available, &total), "asking the free memory");
  return {.total = total, .available = available};
}

std::string Device::name() const {
  return fmt::format("{} at {}", identity_.name, identity_.pci_address);
}

void Device::check(CuResult result, const char* what) const {
  if (is_lost(result)) {
    fail(ErrorKind::kIo, "the CUDA device {} was lost: {} failed with {}", name(), what, api_.error_text(result));
  }
  api_.check(result, what);
}

void Device::use() const {
  check(api_.context_set(context_), "using the device");
}

void Device::wait(const char* what) const {
  poll(*this, what, [&] { return api_.query_stream(stream_); });
}

void Device::wait(CuEvent event, const char* what) const {
  poll(*this, what, [&] { return api_.query_event(event); });
}

}  // namespace rbee::engine::cuda
