#include "engine/backend/cuda/emulation/simt.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "base/error.h"
#include "engine/backend/cuda/emulation/fiber.h"

namespace rbee::engine::cuda::simt {
namespace {

constexpr std::uint32_t kLanes = 32;
constexpr std::size_t kSharedBytesMax = std::size_t{48} << 10;  // what a block may always declare

enum class State : std::uint8_t { kReady, kWaitsForWarp, kWaitsForBlock, kDone };

struct Warp {
  std::uint32_t arrived = 0;
  std::array<void*, kLanes> brought{};
};

/// A lane's part in shuffle_xor().
struct Shuffle {
  std::uint32_t value, mask, other;
};

/// The threads of one block after the other. Kept from launch to launch, since stacks are dear to make.
class Block {
 public:
  Block() : shared_(kSharedBytesMax) {}

  /// What the next blocks run.
  void begin(const Kernel& kernel, const void* args, TurnOrder order) {
    kernel_ = &kernel;
    args_ = args;
    order_ = order;
    threads_.assign(kernel.threads, {});
    warps_.assign(kernel.threads / kLanes, {});
    turns_.resize(kernel.threads);
    std::iota(turns_.begin(), turns_.end(), 0U);
    if (order == TurnOrder::kBackward) std::reverse(turns_.begin(), turns_.end());
    while (fibers_.size() < kernel.threads) {
      fibers_.push_back(std::make_unique<Fiber>(
          [](void* self, std::size_t index) { static_cast<Block*>(self)->thread_loop(index); }, this, fibers_.size()));
    }
    shared_parts_.clear();
    shared_used_ = 0;
    overflowed_ = false;
  }

  void run(std::uint32_t x, std::uint32_t y, std::uint32_t z) {
    position_ = {.thread = 0, .block = {x, y, z}};
    std::memset(shared_.data(), 0xFF, shared_used_);
    std::fill(threads_.begin(), threads_.end(), State::kReady);
    done_ = at_barrier_ = 0;
    while (done_ < threads_.size()) {
      if (order_ == TurnOrder::kShuffled) std::shuffle(turns_.begin(), turns_.end(), random_);
      bool any = false;
      for (const std::uint32_t index : turns_) {
        if (threads_[index] != State::kReady) continue;
        any = true;
        position_.thread = index;
        fibers_[index]->resume();
      }
      if (!any) fail(ErrorKind::kIo, "kernel {}: threads wait for others that never come", kernel_->name);
    }
  }

  const Position& position() const { return position_; }

  void sync_block() {
    if (++at_barrier_ < threads_.size()) return wait(State::kWaitsForBlock);
    at_barrier_ = 0;
    std::fill(threads_.begin(), threads_.end(), State::kReady);
  }

  void together(void* brought, WarpWork work) {
    const std::uint32_t index = position_.thread, lane = index % kLanes;
    Warp& warp = warps_[index / kLanes];
    warp.brought[lane] = brought;
    if (++warp.arrived < kLanes) return wait(State::kWaitsForWarp);
    warp.arrived = 0;
    if (work != nullptr) work(warp.brought.data());
    std::fill_n(threads_.begin() + (index - lane), kLanes, State::kReady);
  }

  void* shared_memory(const void* tag, std::size_t bytes) {
    for (const Shared& one : shared_parts_) {
      if (one.tag == tag) return shared_.data() + one.offset;
    }
    const std::size_t offset = shared_used_;
    shared_used_ += (bytes + 15) / 16 * 16;
    if (shared_used_ > shared_.size()) overflowed_ = true;
    if (overflowed_) return shared_.data();
    std::memset(shared_.data() + offset, 0xFF, bytes);
    shared_parts_.push_back({tag, offset});
    return shared_.data() + offset;
  }

  void check_shared_memory() const {
    if (overflowed_)
      fail(ErrorKind::kIo, "kernel {}: a block shares more than {} bytes", kernel_->name, kSharedBytesMax);
  }

 private:
  struct Shared {
    const void* tag;
    std::size_t offset;
  };

  [[noreturn]] void thread_loop(std::size_t index) {
    for (;;) {
      kernel_->function(args_);
      ++done_;
      threads_[index] = State::kDone;
      fibers_[index]->wait();
    }
  }

  void wait(State state) {
    const std::uint32_t index = position_.thread;
    threads_[index] = state;
    fibers_[index]->wait();
  }

  const Kernel* kernel_ = nullptr;
  const void* args_ = nullptr;
  TurnOrder order_ = TurnOrder::kForward;
  std::vector<std::unique_ptr<Fiber>> fibers_;  // by thread
  std::vector<State> threads_;
  std::vector<Warp> warps_;
  std::vector<std::uint32_t> turns_;
  std::minstd_rand random_;
  std::size_t done_ = 0, at_barrier_ = 0;
  Position position_;
  std::vector<std::byte> shared_;
  std::size_t shared_used_ = 0;
  std::vector<Shared> shared_parts_;
  bool overflowed_ = false;
};

// What a kernel's built-in variables and functions refer to: it has no argument for it.
thread_local std::unique_ptr<Block> running;

}  // namespace

void run(const Kernel& kernel, Grid grid, const void* args, TurnOrder order) {
  if (!running) running = std::make_unique<Block>();
  running->begin(kernel, args, order);
  try {
    for (std::uint32_t z = 0; z < grid.z; ++z) {
      for (std::uint32_t y = 0; y < grid.y; ++y) {
        for (std::uint32_t x = 0; x < grid.x; ++x) running->run(x, y, z);
      }
    }
    running->check_shared_memory();
  } catch (const Error&) {
    running.reset();  // its threads stand in the middle of the kernel
    throw;
  }
}

const Position& position() {
  return running->position();
}

void sync_block() {
  running->sync_block();
}

void together(void* brought, WarpWork work) {
  running->together(brought, work);
}

void sync_warp() {
  together(nullptr, nullptr);
}

std::uint32_t shuffle_xor(std::uint32_t value, std::uint32_t mask) {
  Shuffle mine{value, mask, 0};
  together(&mine, [](void* const* brought) {
    for (std::uint32_t lane = 0; lane < kLanes; ++lane) {
      auto& shuffle = *static_cast<Shuffle*>(brought[lane]);
      shuffle.other = static_cast<const Shuffle*>(brought[lane ^ shuffle.mask])->value;
    }
  });
  return mine.other;
}

void* shared_memory(const void* tag, std::size_t bytes) {
  return running->shared_memory(tag, bytes);
}

}  // namespace rbee::engine::cuda::simt
