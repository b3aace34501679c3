#pragma once
// One CUDA device with the stream that all work goes through.

#include <chrono>
#include <cstdint>
#include <string>

#include "engine/backend/cuda/cuda_backend.h"
#include "engine/backend/cuda/driver_api.h"

namespace rbee::engine::cuda {

/// Bytes of the device's memory.
struct DeviceMemory {
  std::uint64_t total = 0, available = 0;
};

/// Which device it is.
struct DeviceIdentity {
  CuDevice handle = 0;
  std::string name;         ///< "NVIDIA H200"
  std::uint64_t pci = 0;    ///< domain, bus and device, in the order that the management library counts devices
  std::string pci_address;  ///< "00000000:18:00.0"
  int capability = 0;       ///< 90 for 9.0
};

class Device {
 public:
  /// The device options.gpu of those that the driver shows, in the order of their places on the bus, as the management
  /// library and rbee-hive count them. Throws Error{kUnsupported}: no driver, one that is too old for the kernels (has
  /// and needs), no device, none with that number (lists those that are there), one that is too old.
  explicit Device(const CudaOptions& options);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const DriverApi& api() const { return api_; }
  const DeviceIdentity& identity() const { return identity_; }
  /// "NVIDIA H200 (compute capability 9.0, CUDA driver 13.0)"
  std::string description() const;
  /// "NVIDIA H200 at 00000000:18:00.0"
  std::string name() const;
  DeviceMemory memory() const;
  CuContext context() const { return context_; }
  CuStream stream() const { return stream_; }

  /// Makes the device the one that this thread's calls are for. Every entry from outside begins with it.
  void use() const;
  /// Throws unless the call succeeded, as DriverApi::check; the message names the device when it is lost.
  void check(CuResult result, const char* what) const;
  /// Returns when all work on the stream is done. Throws Error{kIo}: the device is lost, or did not finish in
  /// kDeviceTimeout.
  void wait(const char* what) const;
  /// Likewise for the work before the event.
  void wait(CuEvent event, const char* what) const;

 private:
  const DriverApi api_;
  DeviceIdentity identity_;
  int driver_version_ = 0;
  CuContext context_ = nullptr;
  CuStream stream_ = nullptr;
};

}  // namespace rbee::engine::cuda
