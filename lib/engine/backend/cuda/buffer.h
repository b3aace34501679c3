#pragma once
// Memory that kernels read and write, and memory of the host that the device copies from and to.

#include <cstddef>
#include <cstdint>

#include "engine/backend/cuda/device.h"

namespace rbee::engine::cuda {

/// Device memory.
class Buffer {
 public:
  Buffer() = default;
  /// Throws Error{kExhausted} that names `what`, the bytes needed and those available.
  Buffer(const Device& device, std::uint64_t bytes, const char* what);
  ~Buffer();
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;

  CuAddress address() const { return address_; }
  std::uint64_t size() const { return bytes_; }
  /// The address at a multiple of T, as a kernel's argument.
  template <typename T>
  T* at(std::uint64_t byte_offset = 0) const {
    return reinterpret_cast<T*>(static_cast<std::uintptr_t>(address_ + byte_offset));
  }

 private:
  const Device* device_ = nullptr;
  CuAddress address_ = 0;
  std::uint64_t bytes_ = 0;
};

/// Page-locked memory of the host.
class HostBuffer {
 public:
  HostBuffer(const Device& device, std::uint64_t bytes, const char* what);
  ~HostBuffer();
  HostBuffer(const HostBuffer&) = delete;
  HostBuffer& operator=(const HostBuffer&) = delete;

  std::byte* data() const { return data_; }

 private:
  const Device& device_;
  std::byte* data_ = nullptr;
};

}  // namespace rbee::engine::cuda
