#include "engine/kv/kv_dtype.h"

#include <gtest/gtest.h>

#include "engine/kv/kv_layout.h"

namespace rbee::engine {
namespace {

using formats::DType;

TEST(KvDType, every_type_is_found_by_its_name) {
  for (const DType dtype : kv_dtypes()) EXPECT_EQ(parse_kv_dtype(kv_dtype_name(dtype)), dtype);
  EXPECT_EQ(parse_kv_dtype("q8_0"), DType::kQ8_0);
  EXPECT_EQ(parse_kv_dtype("q4_0"), std::nullopt);
  EXPECT_EQ(parse_kv_dtype(""), std::nullopt);
}

TEST(KvLayout, a_q8_0_position_has_a_byte_per_value_and_a_scale_per_32) {
  KvLayout layout{.layers = 3, .kv_heads = 2, .head_dim = 64, .blocks = 5};
  EXPECT_EQ(layout.token_bytes(), 2U * 3 * 2 * 64 * 2);
  layout.dtype = DType::kF32;
  EXPECT_EQ(layout.token_bytes(), 2U * 3 * 2 * 64 * 4);
  layout.dtype = DType::kQ8_0;
  EXPECT_EQ(layout.token_bytes(), 2U * 3 * 2 * (64 + 2 * 2));
  layout.head_dim = 80;
  EXPECT_EQ(layout.token_bytes(), 2U * 3 * 2 * (80 + 3 * 2));
  EXPECT_EQ(layout.bytes(), layout.token_bytes() * 16 * 5);
}

}  // namespace
}  // namespace rbee::engine
