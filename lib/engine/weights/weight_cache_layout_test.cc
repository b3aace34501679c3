#include "engine/weights/weight_cache_layout.h"

#include <utility>

#include <gtest/gtest.h>

#include "engine/weights/limits.h"
#include "engine/weights/testing/cache_file.h"
#include "formats/gguf_part.h"
#include "formats/test_files.h"

namespace rbee::engine {
namespace {

using formats::as_bytes;
using formats::DType;
using formats::TensorView;

// A recipe over shapes without bytes, and a file of it.
class WeightCacheLayoutTest : public testing::Test {
 protected:
  WeightCacheLayoutTest() {
    tensors_.push_back({.name = "model.embed_tokens.weight", .dtype = DType::kBF16, .shape = {20'000, 256}});
    tensors_.push_back({.name = "model.layers.0.self_attn.q_proj.weight", .dtype = DType::kBF16, .shape = {3, 96}});
    recipe_.wanted = DType::kQ4_K;
    recipe_.tensors = {{&tensors_[0], DType::kQ4_K}, {&tensors_[1], DType::kQ5_0}};
  }

  // With bytes that count up.
  std::string file_of(const WeightCacheLayout& layout) const {
    std::string file(layout.file_bytes(), '\0');
    for (std::size_t i = 0; i < file.size(); ++i) file[i] = static_cast<char>(i * 7);
    return with_right_header(layout, std::move(file));
  }

  std::vector<TensorView> tensors_;
  formats::WeightRecipe recipe_;
};

TEST_F(WeightCacheLayoutTest, the_file_is_a_gguf_file_with_the_matrices) {
  const WeightCacheLayout layout(recipe_, "abc");
  const std::string file = file_of(layout);
  EXPECT_EQ(layout.problem_of(as_bytes(file)), "");
  const formats::GgufPart part = formats::parse_gguf_part(as_bytes(file), "q4_k.gguf");
  EXPECT_EQ(std::get<std::string>(part.metadata.at("rbee.weights.source")), "abc");
  EXPECT_EQ(std::get<std::string>(part.metadata.at("rbee.weights.type")), "Q4_K");
  ASSERT_EQ(part.tensors.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(part.tensors[i].name, tensors_[i].name);
    EXPECT_EQ(part.tensors[i].shape, tensors_[i].shape);
    EXPECT_EQ(part.tensors[i].dtype, recipe_.tensors[i].type);
    EXPECT_EQ(part.tensors[i].data, as_bytes(file).data() + layout.tensor_offset(i));
  }
}

TEST_F(WeightCacheLayoutTest, pieces_cover_every_row_once_and_in_order) {
  const WeightCacheLayout layout(recipe_, "abc");
  std::size_t tensor = 0;
  std::uint64_t row = 0, end = layout.tensor_offset(0);
  for (const WeightPiece& piece : layout.pieces()) {
    if (piece.tensor != tensor) {
      EXPECT_EQ(row, tensors_[tensor].shape[0]);
      tensor = piece.tensor, row = 0, end = layout.tensor_offset(tensor);
    }
    EXPECT_EQ(piece.row, row);
    EXPECT_EQ(piece.offset, end);
    row += piece.rows, end += piece.bytes;
  }
  EXPECT_EQ(tensor, 1U);
  EXPECT_EQ(row, 3U);
  EXPECT_LE(end, layout.file_bytes());
  EXPECT_GT(layout.pieces().size(), 3U);
}

TEST_F(WeightCacheLayoutTest, every_other_byte_of_the_header_and_every_other_size_is_a_problem) {
  const WeightCacheLayout layout(recipe_, "abc");
  const std::string file = file_of(layout);
  std::size_t found = 0;
  for (std::size_t i = 0; i < layout.tensor_offset(0); ++i) {
    std::string damaged = file;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    bool whole = layout.problem_of(as_bytes(damaged)).empty();
    for (std::size_t piece = 0; whole && piece < layout.pieces().size(); ++piece) {
      whole = layout.is_piece_whole(as_bytes(damaged), piece);
    }
    EXPECT_FALSE(whole) << "byte " << i;
    ++found;
  }
  EXPECT_GT(found, 300U);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, file.size() / 2, file.size() - 1}) {
    EXPECT_NE(layout.problem_of(as_bytes(file.substr(0, size))), "") << size;
  }
  EXPECT_EQ(layout.problem_of(as_bytes(file + "x")),
            "it has " + std::to_string(file.size() + 1) + " bytes, expected " + std::to_string(file.size()));
}

TEST_F(WeightCacheLayoutTest, a_changed_byte_is_seen_in_its_piece_alone) {
  const WeightCacheLayout layout(recipe_, "abc");
  std::string file = file_of(layout);
  const WeightPiece& piece = layout.pieces()[1];
  file[piece.offset + piece.bytes - 1] ^= 4;
  EXPECT_EQ(layout.problem_of(as_bytes(file)), "");
  EXPECT_TRUE(layout.is_piece_whole(as_bytes(file), 0));
  EXPECT_FALSE(layout.is_piece_whole(as_bytes(file), 1));
  EXPECT_TRUE(layout.is_piece_whole(as_bytes(file), 2));
}

TEST_F(WeightCacheLayoutTest, another_source_type_shape_or_name_is_another_file) {
  const std::string file = file_of(WeightCacheLayout(recipe_, "abc"));
  const std::string other = "it was made from other weights, for another type or by another version";
  EXPECT_EQ(WeightCacheLayout(recipe_, "abd").problem_of(as_bytes(file)), other);
  recipe_.tensors[1].type = DType::kQ8_0;
  EXPECT_NE(WeightCacheLayout(recipe_, "abc").problem_of(as_bytes(file)), "");
  recipe_.tensors[1].type = DType::kQ5_0;
  tensors_[1].shape = {1, 288};
  EXPECT_EQ(WeightCacheLayout(recipe_, "abc").problem_of(as_bytes(file)), other);
  tensors_[1].shape = {3, 96};
  EXPECT_EQ(WeightCacheLayout(recipe_, "abc").problem_of(as_bytes(file)), "");
  tensors_[1].name.back() = 'x';
  EXPECT_EQ(WeightCacheLayout(recipe_, "abc").problem_of(as_bytes(file)), other);
}

// Their pieces are not counted out: there would be more of them than memory.
TEST_F(WeightCacheLayoutTest, sizes_that_no_file_has_are_refused_before_memory_is_taken) {
  const auto refusal = [&](std::uint64_t rows) {
    tensors_[0].shape[0] = rows;
    return formats::error_of([&] { WeightCacheLayout(recipe_, "abc"); });
  };
  constexpr std::uint64_t kRowBytes = 144;  // of 256 values in Q4_K
  EXPECT_EQ(refusal(UINT64_MAX / kRowBytes + 1),
            "bad_file: model.layers.0.self_attn.q_proj.weight: size overflows 64 bits");
  EXPECT_EQ(refusal(kCacheBytesMax / kRowBytes + 1),
            "unsupported: the quantized weights would have 4398046511488 bytes, at most 4398046511104 are supported");
  tensors_[1].shape[0] = UINT64_MAX / 66 + 1;  // the last one
  EXPECT_EQ(refusal(1), "bad_file: the quantized weights: size overflows 64 bits");
}

}  // namespace
}  // namespace rbee::engine
