#include "engine/backend/cuda/buffer.h"

#include <utility>

#include "base/error.h"

namespace rbee::engine::cuda {

Buffer::Buffer(const Device& device, std::uint64_t bytes, const char* what) : device_(&device), bytes_(bytes) {
  const CuResult result = device.api().allocate(&address_, bytes);
  if (result == kCuOutOfMemory) {
    fail(ErrorKind::kExhausted, "{}: {} bytes of memory are needed on {}, {} are available", what, bytes,
         device.description(), device.memory().available);
  }
  device.check(result, what);
}

Buffer::~Buffer() {
  if (address_ == 0) return;
  device_->api().context_set(device_->context());  // the device may be lost: then nothing can be freed
  device_->api().free(address_);
}

Buffer::Buffer(Buffer&& other) noexcept
    : device_(other.device_), address_(std::exchange(other.address_, 0)), bytes_(other.bytes_) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(device_, other.device_);
  std::swap(address_, other.address_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

HostBuffer::HostBuffer(const Device& device, std::uint64_t bytes, const char* what) : device_(device) {
  void* memory = nullptr;
  const CuResult result = device.api().allocate_host(&memory, bytes);
  if (result == kCuOutOfMemory) {
    fail(ErrorKind::kExhausted, "{}: {} bytes of page-locked memory of this machine cannot be had", what, bytes);
  }
  device.check(result, what);
  data_ = static_cast<std::byte*>(memory);
}

HostBuffer::~HostBuffer() {
  device_.api().context_set(device_.context());
  device_.api().free_host(data_);
}

}  // namespace rbee::engine::cuda
