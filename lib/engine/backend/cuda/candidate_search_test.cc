// The first candidates of a row, found by the kernels' own source over the emulated driver, against a plain sort.

#include "engine/backend/cuda/candidate_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/cuda/emulation/emulated_cuda.h"
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/graph/graph_builder.h"
#include "engine/testing/ranked_columns.h"

namespace rbee::engine {
namespace {

using cuda::simt::TurnOrder;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::uint32_t kRowsMax = 5;

/// A candidate's token, and the bits of its value.
using Compared = std::pair<std::int32_t, std::uint32_t>;

/// Gives back the rows that it is given.
class Echo {
 public:
  explicit Echo(std::uint32_t columns) : columns_(columns) {
    GraphBuilder builder(weights_);
    graph_ = builder.finish(builder.take_rows(builder.input(columns)));
    plan_ =
        backend_->compile(graph_, weights_, {.layers = 1, .kv_heads = 1, .head_dim = 8, .block_tokens = 4, .blocks = 1},
                          {.tokens_max = kRowsMax, .outputs_max = kRowsMax, .sequences_max = 1});
  }

  /// The candidates of the rows numbered `wanted`.
  std::vector<Compared> candidates(const std::vector<float>& rows, const std::vector<std::uint32_t>& wanted,
                                   std::uint32_t count) {
    const auto tokens = static_cast<std::uint32_t>(rows.size() / columns_);
    const std::vector<TokenId> ids(tokens);
    const StepSequence sequence{.tokens = tokens};
    std::vector<Candidate> found(wanted.size() * count, Candidate{TokenId(7), std::nanf("")});
    backend_->run_candidates(*plan_, {.tokens = ids, .sequences = {&sequence, 1}, .output_rows = wanted, .input = rows},
                             count, found);
    std::vector<Compared> result;
    for (const Candidate& one : found) result.emplace_back(one.token.value(), std::bit_cast<std::uint32_t>(one.value));
    return result;
  }

 private:
  const std::uint32_t columns_;
  WeightTable weights_;
  Graph graph_;
  std::unique_ptr<Backend> backend_ = cuda::make_emulated_cuda_backend();
  std::unique_ptr<Plan> plan_;
};

/// Those of one row.
std::vector<Compared> of_row(std::span<const Compared> found, std::size_t row, std::uint32_t count) {
  const std::span<const Compared> part = found.subspan(row * count, count);
  return {part.begin(), part.end()};
}

std::vector<Compared> by_sort(std::span<const float> row, std::uint32_t count) {
  std::vector<Candidate> ranked = ranked_columns(row);
  ranked.resize(count, kNoCandidate);
  std::vector<Compared> result;
  for (const Candidate& one : ranked) result.emplace_back(one.token.value(), std::bit_cast<std::uint32_t>(one.value));
  return result;
}

/// Rows of different sorts: 0: all different; 1: many ties; 2: nearly all -infinity; 3: damaged; 4: falling.
std::vector<float> row_of(std::uint32_t sort, std::uint32_t columns, std::mt19937& random) {
  std::vector<float> row(columns);
  for (std::uint32_t i = 0; i < columns; ++i) {
    if (sort == 1) row[i] = static_cast<float>(random() % 3) - 1.0F;
    if (sort == 1 && row[i] == 0.0F && random() % 2 == 0) row[i] = -0.0F;
    if (sort == 2) row[i] = random() % (columns / 4 + 1) == 0 ? 1.0F : -kInfinity;
    if (sort == 0 || sort == 3) row[i] = std::normal_distribution<float>(0, 4)(random);
    if (sort == 4) row[i] = 1.0F - static_cast<float>(i);
  }
  if (sort == 3) {
    row[random() % columns] = kInfinity;
    row[random() % columns] = std::nanf("");
    row[random() % columns] = -std::nanf("");
  }
  return row;
}

class EmulatedDeviceTest : public testing::Test {
 protected:
  void SetUp() override { cuda::emulated_driver() = cuda::EmulatedDriver{}; }
  void TearDown() override { EXPECT_EQ(cuda::emulated_driver().objects, 0U) << "something was not given back"; }
};

class CandidateSearchTest : public EmulatedDeviceTest, public testing::WithParamInterface<std::uint32_t> {};

TEST_P(CandidateSearchTest, finds_what_a_sort_finds) {
  const std::uint32_t columns = GetParam();
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<float> rows;
  for (std::uint32_t sort = 0; sort < kRowsMax; ++sort) {
    const std::vector<float> row = row_of(sort, columns, random);
    rows.insert(rows.end(), row.begin(), row.end());
  }
  Echo echo(columns);
  for (const std::uint32_t count : {1U, 3U, cuda::kCandidatesMax}) {
    const auto found = echo.candidates(rows, {0, 1, 2, 3, 4}, count);
    for (std::uint32_t row = 0; row < kRowsMax; ++row) {
      EXPECT_EQ(of_row(found, row, count), by_sort(std::span(rows).subspan(std::size_t{row} * columns, columns), count))
          << "row " << row << ", count " << count;
    }
  }
}

// One more and one less than what a lane, a warp and a block of warps look through; a vocabulary of today's models.
INSTANTIATE_TEST_SUITE_P(Columns, CandidateSearchTest, testing::Values(1, 31, 33, 1024, 1025, 8193, 32'000, 151'936),
                         [](const auto& test) { return std::to_string(test.param); });

class CandidateSearchOrder : public CandidateSearchTest {};

TEST_P(CandidateSearchOrder, neither_company_nor_the_order_of_turns_changes_a_bit) {
  const std::uint32_t columns = GetParam();
  std::mt19937 random(5);
  const std::vector<float> row = row_of(1, columns, random), other = row_of(3, columns, random);
  std::vector<float> both = other;
  both.insert(both.end(), row.begin(), row.end());
  Echo echo(columns);
  for (const std::uint32_t count : {1U, 17U}) {
    const auto expected = by_sort(row, count);
    for (const TurnOrder order : {TurnOrder::kForward, TurnOrder::kBackward, TurnOrder::kShuffled}) {
      cuda::emulated_driver().turns = order;
      EXPECT_EQ(echo.candidates(row, {0}, count), expected);
      EXPECT_EQ(echo.candidates(both, {1}, count), expected);
      EXPECT_EQ(of_row(echo.candidates(both, {1, 0}, count), 0, count), expected);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Columns, CandidateSearchOrder, testing::Values(33, 9000),
                         [](const auto& test) { return std::to_string(test.param); });

TEST_F(EmulatedDeviceTest, a_step_without_output_rows_gives_none) {
  Echo echo(100);
  EXPECT_TRUE(echo.candidates(std::vector<float>(100), {}, 4).empty());
}

// What selects is launched behind the step's graph, so that one graph serves both.
TEST_F(EmulatedDeviceTest, the_graph_of_a_step_serves_both_ways) {
  Echo echo(100);
  const std::vector<float> row(100, 1.0F);
  for (const std::uint32_t count : {1U, 9U, 64U}) echo.candidates(row, {0}, count);
  EXPECT_EQ(cuda::emulated_driver().captures, 1U);
  EXPECT_EQ(cuda::emulated_driver().graph_launches, 3U);
}

}  // namespace
}  // namespace rbee::engine
