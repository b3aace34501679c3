#include "engine/backend/reference/reference_ops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "base/check.h"
#include "formats/half.h"

namespace rbee::engine::reference {
namespace {

void dequantize(const Weight& weight, std::uint32_t row, std::vector<float>& out) {
  out.resize(weight.columns);
  formats::dequantize_row(weight.dtype, weight.data + formats::row_bytes(weight.dtype, weight.columns) * row,
                          out.data(), weight.columns);
}

float activate(ActivationKind activation, float value) {
  const double x = value;
  switch (activation) {
    case ActivationKind::kSilu:
      return static_cast<float>(x / (1.0 + std::exp(-x)));
    case ActivationKind::kGeluTanh:
      return static_cast<float>(0.5 * x *
                                (1.0 + std::tanh(std::sqrt(2.0 / std::numbers::pi) * (x + 0.044715 * x * x * x))));
    case ActivationKind::kGeluErf:
      return static_cast<float>(0.5 * x * (1.0 + std::erf(x / std::numbers::sqrt2)));
  }
  return 0.0F;
}

// The cache row of a sequence's position.
std::size_t cache_row(const StepSequence& sequence, const KvLayout& layout, std::uint32_t position) {
  const BlockId block = sequence.blocks[position / layout.block_tokens];
  return std::size_t{block.value()} * layout.block_tokens + position % layout.block_tokens;
}

// softmax(scale * q·k) v for one head of one token that sees positions [first, last].
void attend(const float* query, const StepSequence& sequence, std::uint32_t first, std::uint32_t last, const Op& op,
            const KvLayout& layout, LayerCache cache, std::uint32_t kv_head, float* out) {
  const std::size_t stride = std::size_t{op.kv_heads} * op.head_dim;
  std::vector<double> scores(last - first + 1);
  double top = -INFINITY;
  for (std::uint32_t p = first; p <= last; ++p) {
    const float* key = cache.keys.data() + cache_row(sequence, layout, p) * stride + kv_head * op.head_dim;
    double dot = 0;
    for (std::uint32_t i = 0; i < op.head_dim; ++i) dot += static_cast<double>(query[i]) * key[i];
    double score = dot * op.scale;
    if (op.softcap != 0.0F) score = op.softcap * std::tanh(score / op.softcap);
    scores[p - first] = score;
    top = std::max(top, score);
  }
  double total = 0;
  for (double& score : scores) total += score = std::exp(score - top);
  std::vector<double> sum(op.head_dim, 0.0);
  for (std::uint32_t p = first; p <= last; ++p) {
    const float* value = cache.values.data() + cache_row(sequence, layout, p) * stride + kv_head * op.head_dim;
    for (std::uint32_t i = 0; i < op.head_dim; ++i) sum[i] += scores[p - first] / total * value[i];
  }
  for (std::uint32_t i = 0; i < op.head_dim; ++i) out[i] = static_cast<float>(sum[i]);
}

// As kv_dtype.h says. What 16-bit types would lose is left out here; this rounding is too coarse for that.
void round_to_q8_0(float* row, std::uint32_t n) {
  constexpr std::uint32_t kBlock = 32;
  for (std::uint32_t begin = 0; begin < n; begin += kBlock) {
    const std::uint32_t end = std::min(n, begin + kBlock);
    float most = 0;
    for (std::uint32_t i = begin; i < end; ++i) most = std::max(most, std::abs(row[i]));
    const float scale = formats::half_to_float(formats::float_to_half(std::min(most / 127.0F, 65504.0F)));
    const float inverse = scale > 0 ? 1.0F / scale : 0.0F;
    for (std::uint32_t i = begin; i < end; ++i) {
      row[i] = std::clamp(std::nearbyint(row[i] * inverse), -127.0F, 127.0F) * scale;
    }
  }
}

template <typename Function>
void elementwise(Matrix x, Matrix out, Function function) {
  const std::size_t n = std::size_t{x.rows} * x.columns;
  for (std::size_t i = 0; i < n; ++i) out.data[i] = function(x.data[i]);
}

}  // namespace

void embed(const Step& step, const Weight& table, Matrix out) {
  std::vector<float> row;
  for (std::uint32_t t = 0; t < out.rows; ++t) {
    RBEE_CHECK(static_cast<std::uint32_t>(step.tokens[t].value()) < table.rows);
    dequantize(table, static_cast<std::uint32_t>(step.tokens[t].value()), row);
    std::copy(row.begin(), row.end(), out.row(t));
  }
}

// Zhang & Sennrich, "Root Mean Square Layer Normalization" (2019), eq. 4.
void rms_norm(Matrix x, const Weight& weight, float eps, std::uint32_t group, Matrix out) {
  std::vector<float> w;
  dequantize(weight, 0, w);
  for (std::uint32_t r = 0; r < x.rows; ++r) {
    for (std::uint32_t begin = 0; begin < x.columns; begin += group) {
      const float* in = x.row(r) + begin;
      double squares = 0;
      for (std::uint32_t i = 0; i < group; ++i) squares += static_cast<double>(in[i]) * in[i];
      const double factor = 1.0 / std::sqrt(squares / group + eps);
      for (std::uint32_t i = 0; i < group; ++i) out.row(r)[begin + i] = static_cast<float>(in[i] * factor * w[i]);
    }
  }
}

void matmul(Matrix x, const Weight& weight, Matrix out) {
  std::vector<float> w;
  for (std::uint32_t n = 0; n < weight.rows; ++n) {
    dequantize(weight, n, w);
    for (std::uint32_t r = 0; r < x.rows; ++r) {
      const float* in = x.row(r);
      double sum = 0;
      for (std::uint32_t k = 0; k < weight.columns; ++k) sum += static_cast<double>(in[k]) * w[k];
      out.row(r)[n] = static_cast<float>(sum);
    }
  }
}

void add_bias(Matrix x, const Weight& bias, Matrix out) {
  std::vector<float> b;
  dequantize(bias, 0, b);
  for (std::uint32_t r = 0; r < x.rows; ++r) {
    for (std::uint32_t c = 0; c < x.columns; ++c) out.row(r)[c] = x.row(r)[c] + b[c];
  }
}

// Su et al., "RoFormer" (2021), eq. 34; the pairing of channels is RopeTable::interleaved.
void rope(const Step& step, Matrix x, const Op& op, const RopeTable& table, Matrix out) {
  const auto pairs = static_cast<std::uint32_t>(table.inverse_frequencies.size());
  std::copy_n(x.data, std::size_t{x.rows} * x.columns, out.data);
  for (const StepSequence& sequence : step.sequences) {
    for (std::uint32_t t = 0; t < sequence.tokens; ++t) {
      const std::uint32_t position = sequence.position + t;
      const bool use_long = std::max(sequence.prompt_tokens, position + 1) > table.long_after;
      const std::vector<float>& frequencies = use_long ? table.long_inverse_frequencies : table.inverse_frequencies;
      float* row = out.row(sequence.first_token + t);
      for (std::uint32_t i = 0; i < pairs; ++i) {
        // The angle is rounded to float32, as in the implementations that models are trained with.
        const double angle = static_cast<float>(position) * frequencies[i];
        const double cos = std::cos(angle) * table.magnitude, sin = std::sin(angle) * table.magnitude;
        const std::uint32_t a = table.interleaved ? 2 * i : i, b = table.interleaved ? 2 * i + 1 : i + pairs;
        for (std::uint32_t h = 0; h < op.heads; ++h) {
          float* head = row + std::size_t{h} * op.head_dim;
          const double u = head[a], v = head[b];
          head[a] = static_cast<float>(u * cos - v * sin);
          head[b] = static_cast<float>(u * sin + v * cos);
        }
      }
    }
  }
}

void kv_append(const Step& step, Matrix keys, Matrix values, const KvLayout& layout, LayerCache cache) {
  for (const StepSequence& sequence : step.sequences) {
    for (std::uint32_t t = 0; t < sequence.tokens; ++t) {
      const std::size_t at = cache_row(sequence, layout, sequence.position + t) * keys.columns;
      std::copy_n(keys.row(sequence.first_token + t), keys.columns, cache.keys.data() + at);
      std::copy_n(values.row(sequence.first_token + t), values.columns, cache.values.data() + at);
      if (layout.dtype != formats::DType::kQ8_0) continue;
      for (std::uint32_t h = 0; h < layout.kv_heads; ++h) {
        round_to_q8_0(cache.keys.data() + at + std::size_t{h} * layout.head_dim, layout.head_dim);
        round_to_q8_0(cache.values.data() + at + std::size_t{h} * layout.head_dim, layout.head_dim);
      }
    }
  }
}

void attention(const Step& step, Matrix queries, const Op& op, const KvLayout& layout, LayerCache cache, Matrix out) {
  const std::uint32_t heads_per_kv = op.heads / op.kv_heads;
  for (const StepSequence& sequence : step.sequences) {
    for (std::uint32_t t = 0; t < sequence.tokens; ++t) {
      const std::uint32_t last = sequence.position + t;
      const std::uint32_t first = op.window != 0 && last + 1 > op.window ? last + 1 - op.window : 0;
      const std::uint32_t row = sequence.first_token + t;
      for (std::uint32_t h = 0; h < op.heads; ++h) {
        const std::size_t at = std::size_t{h} * op.head_dim;
        attend(queries.row(row) + at, sequence, first, last, op, layout, cache, h / heads_per_kv, out.row(row) + at);
      }
    }
  }
}

void activation_mul(ActivationKind activation, Matrix gate, Matrix up, Matrix out) {
  const std::size_t n = std::size_t{gate.rows} * gate.columns;
  for (std::size_t i = 0; i < n; ++i) out.data[i] = activate(activation, gate.data[i]) * up.data[i];
}

void add(Matrix x, Matrix y, Matrix out) {
  const std::size_t n = std::size_t{x.rows} * x.columns;
  for (std::size_t i = 0; i < n; ++i) out.data[i] = x.data[i] + y.data[i];
}

void scale(Matrix x, float factor, Matrix out) {
  elementwise(x, out, [factor](float value) { return value * factor; });
}

void softcap(Matrix x, float cap, Matrix out) {
  elementwise(x, out, [cap](float value) { return static_cast<float>(cap * std::tanh(double{value} / cap)); });
}

void take_rows(const Step& step, Matrix x, Matrix out) {
  for (std::uint32_t r = 0; r < out.rows; ++r) std::copy_n(x.row(step.output_rows[r]), x.columns, out.row(r));
}

void slice_columns(Matrix x, std::uint32_t begin, Matrix out) {
  for (std::uint32_t r = 0; r < x.rows; ++r) std::copy_n(x.row(r) + begin, out.columns, out.row(r));
}

}  // namespace rbee::engine::reference
