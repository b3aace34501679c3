#pragma once
// Recorded commands of a plan, by the shape of a step.

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "engine/backend/vulkan/commands.h"

namespace rbee::engine::vulkan {

/// Rows rounded up so that few shapes serve all steps: exact up to 8, then in quarters of powers of two. A recording
/// for more rows than a step has is right: shaders read the true number.
constexpr std::uint32_t row_class(std::uint32_t rows) {
  std::uint32_t unit = 1;
  while (unit * 8 < rows) unit *= 2;
  return (rows + unit - 1) / unit * unit;
}

struct StepShape {
  std::uint32_t tokens = 0, outputs = 0;
  std::uint32_t splits = 0;  ///< of the positions, for attention; 0: it is not split
  friend auto operator<=>(const StepShape&, const StepShape&) = default;
};

/// At most kRecordingsMax; the one that was not used for longest makes room.
class Recordings {
 public:
  explicit Recordings(const Device& device) : device_(device), pool_(device) {}

  /// The commands for the shape; `record` writes them when there are none.
  VkCommandBuffer get(StepShape shape, const std::function<void(VkCommandBuffer)>& record);

 private:
  struct Recording {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    std::uint64_t last_use = 0;
  };
  void drop_oldest();

  const Device& device_;
  CommandPool pool_;
  std::map<StepShape, Recording> recordings_;
  std::uint64_t uses_ = 0;
};

}  // namespace rbee::engine::vulkan
