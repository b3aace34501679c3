#pragma once
// A device's threads on one thread of the host: the blocks of a grid run one after the other, the threads of a block
// take turns. A thread runs until it waits for others, so any order of turns must give the same result; a kernel that
// lacks a barrier gives another one in another order.

#include <cstddef>
#include <cstdint>
#include <span>

namespace rbee::engine::cuda::simt {

/// A kernel as the host's compiler made it.
struct Kernel {
  const char* name;
  std::size_t args_bytes;
  std::uint32_t threads;  ///< of a block
  void (*function)(const void* args);
};

struct Grid {
  std::uint32_t x = 1, y = 1, z = 1;
};

enum class TurnOrder : std::uint8_t { kForward, kBackward, kShuffled };

/// Runs all blocks. Memory that a block shares begins as what is no number. Throws Error{kIo}: threads wait for others
/// that have ended or wait for something else; shared memory is too large. One call at a time in a process.
void run(const Kernel& kernel, Grid grid, const void* args, TurnOrder order);

// What follows is called by kernels that run.

/// Where the running thread stands.
struct Position {
  std::uint32_t thread = 0;
  std::uint32_t block[3] = {};
};
const Position& position();

/// Waits until all threads of the block are here.
void sync_block();
/// Waits until all lanes of the warp are here.
void sync_warp();
/// The value that the lane numbered `lane xor mask` brought.
std::uint32_t shuffle_xor(std::uint32_t value, std::uint32_t mask);
/// What all lanes of a warp do together: each brings something, and when all are here `work` is called once with what
/// they brought, by lane.
using WarpWork = void (*)(void* const* brought);
void together(void* brought, WarpWork work);
/// The block's memory for this tag.
void* shared_memory(const void* tag, std::size_t bytes);

}  // namespace rbee::engine::cuda::simt
