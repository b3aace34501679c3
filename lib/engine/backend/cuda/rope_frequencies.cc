#include "engine/backend/cuda/rope_frequencies.h"

#include <algorithm>

namespace rbee::engine::cuda {

RopeFrequencies::RopeFrequencies(const Device& device, const Graph& graph) {
  std::vector<float> all{0.0F};  // so that no set begins at 0
  const auto append = [&](const std::vector<float>& set) {
    const std::uint64_t begin = all.size();
    all.insert(all.end(), set.begin(), set.end());
    return begin;
  };
  for (const RopeTable& table : graph.rope_tables) {
    Place place{.normal = append(table.inverse_frequencies)};
    if (!table.long_inverse_frequencies.empty()) place.second = append(table.long_inverse_frequencies);
    places_.push_back(place);
  }
  const std::uint64_t bytes = all.size() * sizeof(float);
  buffer_ = Buffer(device, bytes, "rope frequencies");
  const HostBuffer staging(device, bytes, "rope frequencies");
  std::copy(all.begin(), all.end(), reinterpret_cast<float*>(staging.data()));
  device.check(device.api().copy_to_device(buffer_.address(), staging.data(), bytes, device.stream()),
               "copying rope frequencies");
  device.wait("copying rope frequencies");
}

const float* RopeFrequencies::long_of(std::uint32_t table) const {
  const std::uint64_t begin = places_[table].second;
  return begin == 0 ? nullptr : buffer_.at<const float>(begin * sizeof(float));
}

}  // namespace rbee::engine::cuda
