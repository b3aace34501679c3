#include "engine/kv/kv_dtype.h"

#include <array>

#include "base/check.h"

namespace rbee::engine {
namespace {

using formats::DType;

constexpr std::array<DType, 4> kDTypes{DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0};
constexpr std::array<std::string_view, 4> kNames{"f32", "f16", "bf16", "q8_0"};

}  // namespace

std::span<const DType> kv_dtypes() {
  return kDTypes;
}

std::string_view kv_dtype_name(DType dtype) {
  for (std::size_t i = 0; i < kDTypes.size(); ++i) {
    if (kDTypes[i] == dtype) return kNames[i];
  }
  RBEE_CHECK(false);
}

std::optional<DType> parse_kv_dtype(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return kDTypes[i];
  }
  return std::nullopt;
}

}  // namespace rbee::engine
