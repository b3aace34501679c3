#include "op_conformance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <gtest/gtest.h>

#include "engine/backend/reference/reference_backend.h"

namespace rbee::engine::conformance {

using formats::DType;

double matmul_nmse_max(DType weights) {
  return formats::is_quantized(weights) ? 1e-8 : 1e-11;
}

double attention_nmse_max(DType cache) {
  switch (cache) {
    case DType::kF16:
    case DType::kQ8_0:
      return 1e-6;
    case DType::kBF16:
      return 1e-4;
    default:
      return 1e-11;
  }
}

namespace {

struct Run {
  Backend& backend;
  std::unique_ptr<Plan> plan;
  std::vector<float> output;
};

void run(Run& run, const OpCase::CaseStep& step) {
  std::vector<TokenId> tokens;
  std::vector<StepSequence> sequences;
  for (const OpCase::Sequence& sequence : step.sequences) {
    sequences.push_back({.first_token = static_cast<std::uint32_t>(tokens.size()),
                         .tokens = sequence.tokens,
                         .position = sequence.position,
                         .prompt_tokens = sequence.position + sequence.tokens,
                         .blocks = sequence.blocks});
    for (std::uint32_t t = 0; t < sequence.tokens; ++t) {
      tokens.push_back(TokenId(static_cast<std::int32_t>((sequence.position + t * 7) % 32)));
    }
  }
  run.backend.run(*run.plan,
                  {.tokens = tokens, .sequences = sequences, .output_rows = step.output_rows, .input = step.input},
                  run.output);
}

}  // namespace

void expect_conforms(Backend& backend, const OpCase& c) {
  SCOPED_TRACE(c.name);
  ReferenceBackend reference;
  Run expected{reference, reference.compile(c.graph, *c.weights, c.kv, c.limits), {}};
  Run actual{backend, backend.compile(c.graph, *c.weights, c.kv, c.limits), {}};
  const ValueInfo& info = c.graph.values[c.graph.output.value()];
  for (std::size_t s = 0; s < c.steps.size(); ++s) {
    std::size_t tokens = 0;
    for (const OpCase::Sequence& sequence : c.steps[s].sequences) tokens += sequence.tokens;
    const std::size_t rows = info.rows == RowKind::kTokens ? tokens : c.steps[s].output_rows.size();
    const float poison = std::numeric_limits<float>::quiet_NaN();
    expected.output.assign(rows * info.columns, poison);
    actual.output.assign(rows * info.columns, poison);
    run(expected, c.steps[s]);
    run(actual, c.steps[s]);
    double squares = 0, errors = 0;
    for (std::size_t i = 0; i < expected.output.size(); ++i) {
      const double want = expected.output[i], got = actual.output[i];
      ASSERT_TRUE(std::isfinite(got)) << "step " << s << ", row " << i / info.columns << ", column " << i % info.columns
                                      << " is " << got << ", expected " << want;
      squares += want * want;
      errors += (want - got) * (want - got);
    }
    squares = std::max(squares, c.typical_square * static_cast<double>(expected.output.size()));
    EXPECT_LE(errors, c.nmse_max * squares) << "step " << s << ": NMSE " << errors / squares;
  }
}

}  // namespace rbee::engine::conformance
