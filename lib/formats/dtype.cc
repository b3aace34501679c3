#include "formats/dtype.h"

#include "base/check.h"

namespace rbee::formats {

DTypeInfo dtype_info(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return {"F32", 1, 4};
    case DType::kF16:
      return {"F16", 1, 2};
    case DType::kBF16:
      return {"BF16", 1, 2};
    case DType::kQ8_0:
      return {"Q8_0", 32, 34};
    case DType::kQ4_0:
      return {"Q4_0", 32, 18};
    case DType::kQ5_0:
      return {"Q5_0", 32, 22};
    case DType::kQ4_K:
      return {"Q4_K", 256, 144};
    case DType::kQ5_K:
      return {"Q5_K", 256, 176};
    case DType::kQ6_K:
      return {"Q6_K", 256, 210};
    case DType::kIQ4_NL:
      return {"IQ4_NL", 32, 18};
  }
  RBEE_CHECK(false);
}

std::uint64_t row_bytes(DType dtype, std::uint64_t values) {
  const DTypeInfo info = dtype_info(dtype);
  RBEE_CHECK(values % info.block_values == 0);
  return values / info.block_values * info.block_bytes;
}

std::uint64_t cut_row_bytes(DType dtype, std::uint64_t values) {
  const DTypeInfo info = dtype_info(dtype);
  if (info.block_values == 1) return values * info.block_bytes;
  RBEE_CHECK(dtype == DType::kQ8_0);
  constexpr std::uint64_t kScaleBytes = 2;
  return values + (values + info.block_values - 1) / info.block_values * kScaleBytes;
}

}  // namespace rbee::formats
