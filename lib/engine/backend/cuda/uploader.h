#pragma once
// Writes to device memory through memory that the device copies from by itself.

#include <array>
#include <cstdint>

#include "engine/backend/cuda/buffer.h"

namespace rbee::engine::cuda {

/// Two staging buffers take turns: while the device copies from one, the caller fills the other, which is when the
/// model file is read.
class Uploader {
 public:
  explicit Uploader(const Device& device);
  /// Waits for what is under way.
  ~Uploader();
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  /// Space of `bytes` (at most kStagingBytes) to fill; the next copy() copies it.
  std::byte* space(std::uint64_t bytes);
  void copy(std::uint64_t bytes, CuAddress target);
  /// Returns when everything is there.
  void finish();

 private:
  struct Turn {
    explicit Turn(const Device& device);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    const Device& device;
    HostBuffer staging;
    CuEvent copied = nullptr;
    bool under_way = false;
  };
  void wait(Turn& turn);

  const Device& device_;
  std::array<Turn, 2> turns_;
  std::size_t next_ = 0;
};

}  // namespace rbee::engine::cuda
