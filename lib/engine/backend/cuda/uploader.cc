#include "engine/backend/cuda/uploader.h"

#include "base/check.h"
#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {

Uploader::Turn::Turn(const Device& its_device)
    : device(its_device), staging(its_device, kStagingBytes, "staging memory") {
  device.check(device.api().create_event(&copied, kCuEventNoTiming), "making an event");
}

Uploader::Turn::~Turn() {
  device.api().destroy_event(copied);
}

Uploader::Uploader(const Device& device) : device_(device), turns_{Turn(device), Turn(device)} {}

Uploader::~Uploader() {
  // Staging memory must outlive a copy, even when an error is on its way.
  for (const Turn& turn : turns_) {
    while (turn.under_way && device_.api().query_event(turn.copied) == kCuNotReady) {
    }
  }
}

std::byte* Uploader::space(std::uint64_t bytes) {
  RBEE_CHECK(bytes <= kStagingBytes);
  wait(turns_[next_]);
  return turns_[next_].staging.data();
}

void Uploader::copy(std::uint64_t bytes, CuAddress target) {
  Turn& turn = turns_[next_];
  const DriverApi& api = device_.api();
  device_.check(api.copy_to_device(target, turn.staging.data(), bytes, device_.stream()), "copying weights");
  turn.under_way = true;
  device_.check(api.record_event(turn.copied, device_.stream()), "copying weights");
  next_ = (next_ + 1) % turns_.size();
}

void Uploader::finish() {
  for (Turn& turn : turns_) wait(turn);
}

void Uploader::wait(Turn& turn) {
  if (!turn.under_way) return;
  device_.wait(turn.copied, "copying weights to the device");
  turn.under_way = false;
}

}  // namespace rbee::engine::cuda
