#include "engine/backend/cpu/packed_weights.h"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/backend/cpu/kernels/panel.h"

namespace rbee::engine::cpu {
namespace {

using formats::DType;

/// A matrix whose bytes count up, with a place to pack it to.
struct Matrix {
  Matrix(DType dtype, std::uint32_t rows, std::uint32_t columns)
      : bytes(formats::row_bytes(dtype, columns) * rows), packed(packed_bytes(dtype, rows, columns), std::byte{0xEE}) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7 % 251);
    weight = {.name = "w", .dtype = dtype, .rows = rows, .columns = columns, .data = bytes.data()};
    pack_rows(weight, 0, rows, packed.data());
  }
  std::vector<std::byte> bytes, packed;
  Weight weight;
};

TEST(PackRows, words_of_sixteen_rows_stand_side_by_side_and_missing_rows_are_zeros) {
  const Matrix m(DType::kF32, 19, 3);
  ASSERT_EQ(m.packed.size(), 2 * 3 * kPanelLine);
  for (std::size_t row = 0; row < 32; ++row) {
    for (std::size_t k = 0; k < 3; ++k) {
      const std::byte* word = m.packed.data() + (row / 16 * 3 + k) * kPanelLine + row % 16 * 4;
      const std::byte zeros[4] = {};
      EXPECT_EQ(std::memcmp(word, row < 19 ? m.bytes.data() + (row * 3 + k) * 4 : zeros, 4), 0) << row << ", " << k;
    }
  }
}

TEST(PackRows, the_last_value_of_an_odd_row_stands_beside_a_zero) {
  const Matrix m(DType::kBF16, 16, 5);
  ASSERT_EQ(m.packed.size(), 3 * kPanelLine);
  for (std::size_t row = 0; row < 16; ++row) {
    const std::byte* word = m.packed.data() + 2 * kPanelLine + row * 4;
    EXPECT_EQ(std::memcmp(word, m.bytes.data() + row * 10 + 8, 2), 0) << row;
    EXPECT_EQ(word[2], std::byte{0});
    EXPECT_EQ(word[3], std::byte{0});
  }
}

TEST(PackRows, scales_of_blocks_stand_behind_the_words) {
  const Matrix m(DType::kQ4_0, 16, 64);
  ASSERT_EQ(m.packed.size(), 2 * (4 * kPanelLine + 32));
  for (std::size_t row = 0; row < 16; ++row) {
    for (std::size_t block = 0; block < 2; ++block) {
      const std::byte* from = m.bytes.data() + (row * 2 + block) * 18;
      EXPECT_EQ(std::memcmp(m.packed.data() + 8 * kPanelLine + 2 * (block * 16 + row), from, 2), 0);
      for (std::size_t w = 0; w < 4; ++w) {
        EXPECT_EQ(std::memcmp(m.packed.data() + (4 * block + w) * kPanelLine + 4 * row, from + 2 + 4 * w, 4), 0);
      }
    }
  }
}

TEST(PackedWeights, every_matrix_of_a_matmul_is_packed_once_and_released) {
  std::vector<std::byte> bytes(64 * 32 * 4);
  WeightTable weights;
  const WeightId used =
      weights.add({.name = "w", .dtype = DType::kF32, .rows = 64, .columns = 32, .data = bytes.data()});
  const WeightId vector = weights.add_vector("norm", std::vector<float>(32));
  Graph graph;
  for (int i = 0; i < 2; ++i) {
    Op op;
    op.kind = OpKind::kMatmul;
    op.weight = used;
    graph.ops.push_back(op);
  }
  std::vector<std::string> released;
  weights.on_release([&](const Weight& weight) { released.push_back(weight.name); });
  ThreadPool pool(2);
  const PackedWeights packed(graph, weights, pool);
  EXPECT_EQ(packed.bytes(), bytes.size());
  EXPECT_NE(packed[used].panels, nullptr);
  EXPECT_EQ(packed[vector].panels, nullptr);
  EXPECT_EQ(released, std::vector<std::string>{"w"});
}

TEST(PackedWeights, more_than_the_memory_that_is_there_is_an_error_that_tells_both) {
  WeightTable weights;
  const WeightId huge = weights.add({.name = "w", .dtype = DType::kF32, .rows = 1U << 24, .columns = 1U << 20});
  Graph graph;
  Op op;
  op.kind = OpKind::kMatmul;
  op.weight = huge;
  graph.ops.push_back(op);
  ThreadPool pool(1);
  try {
    const PackedWeights packed(graph, weights, pool);
    FAIL() << "64 TiB were found";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kExhausted);
    EXPECT_NE(std::string(error.what()).find("70368744177664 bytes"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace rbee::engine::cpu
