// What quantizing on load costs in quality.
//
// weight_quality MODEL TEXT.jsonl [tokens]    the model as its files have it beside q8_0, q4_0 and q4_k, over texts
// (one
//                                             JSON object with "text" per line): perplexity, KL divergence, top-1
// weight_quality MODEL --noise [tokens]       the same over random tokens: for random weights, which know no text
// weight_quality --error MODEL OTHER.gguf     how far OTHER's quantized matrices and this program's are from MODEL's
//
// The divergence is that of the unquantized model's next-token distribution from the quantized one's, in nats.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/units.h"
#include "engine/backend/backend.h"
#include "engine/models/build_model.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/weights/quantized_model.h"
#include "formats/gguf.h"
#include "formats/quantize.h"
#include "formats/weight_recipe.h"

namespace rbee::engine {
namespace {

constexpr std::uint32_t kTextTokensMax = 256;  // of one text: a step
constexpr std::uint64_t kTextFileBytesMax = 64_MiB;
constexpr const char* kUsage =
    "usage: weight_quality MODEL TEXT.jsonl [tokens] | MODEL --noise [tokens] | --error MODEL OTHER.gguf\n";

using Texts = std::vector<std::vector<TokenId>>;

/// A model on the cpu backend that gives the logits after every token of a text.
class Scored {
 public:
  explicit Scored(const formats::ModelFiles& files)
      : backend_(make_backend("cpu", {})), model_(build_model(files)), vocab_(files.config().vocab_size) {
    KvLayout kv = model_.kv;
    kv.blocks = (kTextTokensMax + kv.block_tokens - 1) / kv.block_tokens;
    for (std::uint32_t b = 0; b < kv.blocks; ++b) blocks_.emplace_back(b);
    plan_ = backend_->compile(model_.graph, model_.weights, kv,
                              {.tokens_max = kTextTokensMax, .outputs_max = kTextTokensMax, .sequences_max = 1});
  }

  /// [tokens, vocab_size]
  std::vector<float> logits(const std::vector<TokenId>& tokens) {
    const auto count = static_cast<std::uint32_t>(tokens.size());
    std::vector<std::uint32_t> rows(count);
    for (std::uint32_t i = 0; i < count; ++i) rows[i] = i;
    const StepSequence sequence{
        .first_token = 0, .tokens = count, .position = 0, .prompt_tokens = count, .blocks = blocks_};
    std::vector<float> out(std::size_t{count} * vocab_);
    backend_->run(*plan_, {.tokens = tokens, .sequences = {&sequence, 1}, .output_rows = rows, .input = {}}, out);
    return out;
  }
  std::uint32_t vocab() const { return vocab_; }

 private:
  const std::unique_ptr<Backend> backend_;
  const BuiltModel model_;
  const std::uint32_t vocab_;
  std::vector<BlockId> blocks_;
  std::unique_ptr<Plan> plan_;
};

/// Logarithms of the probabilities of one row of logits.
std::vector<double> log_probabilities(const float* logits, std::uint32_t vocab) {
  const double largest = *std::max_element(logits, logits + vocab);
  double sum = 0;
  for (std::uint32_t i = 0; i < vocab; ++i) sum += std::exp(logits[i] - largest);
  std::vector<double> out(vocab);
  for (std::uint32_t i = 0; i < vocab; ++i) out[i] = logits[i] - largest - std::log(sum);
  return out;
}

struct Score {
  double divergence = 0, loss = 0, exact_loss = 0;
  std::uint64_t positions = 0, predicted = 0, same_top = 0;

  void add(const std::vector<double>& exact, const std::vector<double>& other) {
    for (std::size_t i = 0; i < exact.size(); ++i) divergence += std::exp(exact[i]) * (exact[i] - other[i]);
    const auto top = [](const std::vector<double>& row) {
      return std::max_element(row.begin(), row.end()) - row.begin();
    };
    same_top += top(exact) == top(other) ? 1 : 0;
    ++positions;
  }
};

Score score(Scored& exact, Scored& other, const Texts& texts) {
  Score score;
  for (const std::vector<TokenId>& text : texts) {
    const std::vector<float> a = exact.logits(text), b = other.logits(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::vector<double> p = log_probabilities(&a[i * exact.vocab()], exact.vocab());
      const std::vector<double> q = log_probabilities(&b[i * exact.vocab()], exact.vocab());
      score.add(p, q);
      if (i + 1 == text.size()) continue;
      const auto next = static_cast<std::size_t>(text[i + 1].value());
      score.exact_loss -= p[next];
      score.loss -= q[next];
      ++score.predicted;
    }
  }
  return score;
}

Texts read_texts(const formats::ModelFiles& files, const std::string& path, std::uint64_t tokens_max) {
  const auto tokenizer = files.gguf() != nullptr ? load_gguf_tokenizer(*files.gguf())
                                                 : load_hf_tokenizer(files.folder() / "tokenizer.json");
  const std::string content = read_file(path, kTextFileBytesMax);
  Texts texts;
  std::uint64_t tokens = 0;
  for (std::string_view rest = content; !rest.empty() && tokens < tokens_max;) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    const boost::json::value object = parse_json(line, path, {.error_kind = ErrorKind::kBadFile});
    const boost::json::value* text = object.is_object() ? object.as_object().if_contains("text") : nullptr;
    if (text == nullptr || !text->is_string()) continue;  // other kinds of example
    texts.push_back(tokenizer->encode(std::string(text->as_string()), AddSpecial::kYes));
    if (texts.back().size() > kTextTokensMax) texts.back().resize(kTextTokensMax);
    tokens += texts.back().size();
  }
  return texts;
}

Texts random_texts(std::uint32_t vocab, std::uint64_t tokens_max) {
  Texts texts;
  for (std::uint64_t done = 0; done < tokens_max; done += kTextTokensMax) {
    std::vector<TokenId>& text = texts.emplace_back();
    for (std::uint32_t i = 0; i < kTextTokensMax; ++i) {
      text.emplace_back(static_cast<std::int32_t>((done + i) * 2654435761U % vocab));
    }
  }
  return texts;
}

int compare_types(const std::string& path, const std::string& text, std::uint64_t tokens_max) {
  const auto files = formats::open_model(path);
  Scored exact(*files);
  const bool noise = text == "--noise";
  const Texts texts = noise ? random_texts(exact.vocab(), tokens_max) : read_texts(*files, text, tokens_max);
  if (texts.empty()) fail(ErrorKind::kBadFile, "{}: no line with a \"text\"", text);
  fmt::print("{}: {} texts\n{:<8}{:>12}{:>14}{:>14}{:>12}{:>10}  {}\n", files->config().name, texts.size(), "weights",
             "bytes", "perplexity", "KL, nats", "top-1", "tokens", "matrices");
  for (const formats::DType type : {formats::DType::kQ8_0, formats::DType::kQ4_0, formats::DType::kQ4_K}) {
    const QuantizedModel quantized =
        quantize_model(formats::open_model(path), {.type = type, .threads = compute_threads({}), .cache_folder = {}},
                       [](std::uint64_t, std::uint64_t) {});
    Scored other(*quantized.files);
    const Score s = score(exact, other, texts);
    const auto predicted = static_cast<double>(s.predicted), positions = static_cast<double>(s.positions);
    if (type == formats::DType::kQ8_0) {
      fmt::print("{:<8}{:>12}{:>14.4f}\n", "as is", human_bytes(files->weight_bytes()),
                 std::exp(s.exact_loss / predicted));
    }
    fmt::print("{:<8}{:>12}{:>14.4f}{:>14.6f}{:>11.2f}%{:>10}  {}\n", formats::dtype_info(type).name,
               human_bytes(quantized.files->weight_bytes()), std::exp(s.loss / predicted), s.divergence / positions,
               100 * static_cast<double>(s.same_top) / positions, s.positions, quantized.text);
  }
  return 0;
}

struct Errors {
  double square = 0, ours = 0, theirs = 0, ours_weighted = 0, theirs_weighted = 0, weighted = 0;
  std::size_t tensors = 0;
};

// One matrix: OTHER's blocks, and this program's of the same type.
void add_errors(const formats::TensorView& exact, const formats::TensorView& other, Errors& errors) {
  const std::uint64_t columns = exact.shape[1];
  std::vector<float> row(columns), theirs(columns), ours(columns);
  std::vector<std::byte> blocks(formats::row_bytes(other.dtype, columns));
  for (std::uint64_t r = 0; r < exact.shape[0]; ++r) {
    formats::dequantize_row(exact.dtype, exact.data + r * formats::row_bytes(exact.dtype, columns), row.data(),
                            columns);
    formats::dequantize_row(other.dtype, other.data + r * blocks.size(), theirs.data(), columns);
    if (!formats::quantize_row(other.dtype, row.data(), blocks.data(), columns)) continue;
    formats::dequantize_row(other.dtype, blocks.data(), ours.data(), columns);
    for (std::uint64_t i = 0; i < columns; ++i) {
      const double x = row[i], a = ours[i] - x, b = theirs[i] - x;
      errors.square += x * x, errors.ours += a * a, errors.theirs += b * b;
      errors.weighted += std::fabs(x) * x * x;
      errors.ours_weighted += std::fabs(x) * a * a, errors.theirs_weighted += std::fabs(x) * b * b;
    }
  }
  ++errors.tensors;
}

int compare_errors(const std::string& path, const std::string& other_path) {
  const auto files = formats::open_model(path), others = formats::open_model(other_path);
  std::map<formats::DType, Errors> errors;
  for (const auto& [name, other] : others->tensors()) {
    const auto exact = files->tensors().find(name);
    const bool same = exact != files->tensors().end() && exact->second.shape == other.shape && other.shape.size() == 2;
    if (same && formats::can_quantize_to(other.dtype)) add_errors(exact->second, other, errors[other.dtype]);
  }
  if (errors.empty()) fail(ErrorKind::kBadFile, "{}: no quantized matrix of {}", other_path, path);
  fmt::print("{:<8}{:>10}{:>16}{:>16}{:>22}\n", "type", "matrices", "error, ours", "error, theirs",
             "with |w|: ours, theirs");
  for (const auto& [type, e] : errors) {
    fmt::print("{:<8}{:>10}{:>16.5f}{:>16.5f}{:>12.5f}{:>10.5f}\n", formats::dtype_info(type).name, e.tensors,
               std::sqrt(e.ours / e.square), std::sqrt(e.theirs / e.square), std::sqrt(e.ours_weighted / e.weighted),
               std::sqrt(e.theirs_weighted / e.weighted));
  }
  return 0;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() == 3 && arguments[0] == "--error") return compare_errors(arguments[1], arguments[2]);
  if (arguments.size() < 2 || arguments.size() > 3) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  return compare_types(arguments[0], arguments[1], arguments.size() > 2 ? std::stoul(arguments[2]) : 4096);
}

}  // namespace
}  // namespace rbee::engine

int main(int count, char** words) {
  try {
    return rbee::engine::run(std::vector<std::string>(words + 1, words + count));
  } catch (const std::exception& error) {
    fmt::print(stderr, "weight_quality: {}\n", error.what());
    return 1;
  }
}
