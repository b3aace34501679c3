#include "engine/tokenizer/gguf_pre.h"

#include <array>
#include <string>

#include "base/error.h"

namespace rbee::engine {
namespace {

// The patterns of the models' own tokenizer.json files; which name means which is llama.cpp's table (llama-vocab.cpp).
constexpr std::string_view kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen35 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kGpt4o =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kTekken =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kOneDigit = R"(\p{N})";
constexpr std::string_view kThreeDigits = R"([0-9][0-9][0-9])";
constexpr std::string_view kHan = R"([一-龥ࠀ-一가-퟿]+)";
constexpr std::string_view kHanKana = R"([一-龥぀-ゟ゠-ヿ]+)";
constexpr std::string_view kDeepseek3 =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kBloom = R"( ?[^(\s|.,!?…。，、।۔،)]+)";

struct Kind {
  std::array<std::string_view, 5> patterns;  // empty ones follow the last
  bool ignore_merges = false;
  bool add_bos = false;
  bool nfc = false;
};

struct NamedKind {
  std::string_view name;
  Kind kind;
};

constexpr Kind kGpt2Kind{{kGpt2}};
constexpr Kind kDigitsThenGpt2{{kOneDigit, kGpt2}};
constexpr Kind kLlama3Kind{{kLlama3}, true, true};
constexpr Kind kQwen2Kind{{kQwen2}};
constexpr Kind kGpt4oKind{{kGpt4o}};
constexpr Kind kDeepseek3Kind{{R"(\p{N}{1,3})", kHanKana, kDeepseek3}};

constexpr std::array kKinds = {
    NamedKind{"default", {{R"([\p{P}\$\+<=>\^~\|]+)", kGpt2, R"(\p{N}+)", kThreeDigits}}},
    NamedKind{"llama-bpe", kLlama3Kind},
    NamedKind{"llama3", kLlama3Kind},
    NamedKind{"llama-v3", kLlama3Kind},
    NamedKind{"falcon3", kLlama3Kind},
    NamedKind{"falcon-h1", kLlama3Kind},
    NamedKind{"pixtral", kLlama3Kind},
    NamedKind{"lfm2", kLlama3Kind},
    NamedKind{"dbrx", {{kLlama3}}},
    NamedKind{"smaug-bpe", {{kLlama3}}},
    NamedKind{"chatglm-bpe", {{kLlama3}}},
    NamedKind{"glm4", {{kLlama3}}},
    // Qwen's own tokenizers normalize to NFC; llama.cpp does not.
    NamedKind{"qwen2", {{kQwen2}, false, false, true}},
    NamedKind{"qwen35", {{kQwen35}, false, false, true}},
    NamedKind{"deepseek-r1-qwen", kQwen2Kind},
    NamedKind{"stablelm2", kQwen2Kind},
    NamedKind{"megrez", kQwen2Kind},
    NamedKind{"hunyuan", kQwen2Kind},
    NamedKind{"grok-2", kQwen2Kind},
    NamedKind{"gpt-2", kGpt2Kind},
    NamedKind{"phi-2", kGpt2Kind},
    NamedKind{"mpt", kGpt2Kind},
    NamedKind{"olmo", kGpt2Kind},
    NamedKind{"jais", kGpt2Kind},
    NamedKind{"exaone4", kGpt2Kind},
    NamedKind{"trillion", kGpt2Kind},
    NamedKind{"gigachat", kGpt2Kind},
    NamedKind{"granite-docling", kGpt2Kind},
    NamedKind{"starcoder", kDigitsThenGpt2},
    NamedKind{"refact", kDigitsThenGpt2},
    NamedKind{"command-r", kDigitsThenGpt2},
    NamedKind{"smollm", kDigitsThenGpt2},
    NamedKind{"codeshell", kDigitsThenGpt2},
    NamedKind{"exaone", kDigitsThenGpt2},
    NamedKind{"minerva-7b", kDigitsThenGpt2},
    NamedKind{"falcon", {{R"([\p{P}\$\+<=>\^~\|`]+)", kGpt2, kThreeDigits}}},
    NamedKind{"deepseek-coder", {{R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", kHan, kOneDigit}}},
    NamedKind{"deepseek-v3", kDeepseek3Kind},
    NamedKind{"hunyuan-dense", kDeepseek3Kind},
    NamedKind{"tekken", {{kTekken}, true, true}},
    NamedKind{"gpt-4o", kGpt4oKind},
    NamedKind{"llama4", kGpt4oKind},
    NamedKind{"poro-chat", {{kBloom}}},
    NamedKind{"bloom", {{kBloom}}},
    NamedKind{"gpt3-finnish", {{kBloom}}},
    NamedKind{"viking", {{kBloom, kOneDigit}}},
    NamedKind{
        "seed-coder",
        {{R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)"}}},
    NamedKind{
        "bailingmoe",
        {{R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)"}}},
};

std::string known_names() {
  std::string names;
  for (const NamedKind& kind : kKinds) names.append(names.empty() ? "" : ", ").append(kind.name);
  return names;
}

}  // namespace

GgufPre gguf_pre(std::string_view name, std::string_view source) {
  for (const NamedKind& known : kKinds) {
    if (known.name != name) continue;
    GgufPre pre;
    pre.ignore_merges = known.kind.ignore_merges;
    pre.add_bos = known.kind.add_bos;
    if (known.kind.nfc) pre.normalizer.push_back(NormalFormStep{NormalForm::kNfc});
    for (const std::string_view pattern : known.kind.patterns) {
      if (pattern.empty()) break;
      pre.steps.push_back(SplitStep{SplitPattern::regex(pattern, name), SplitBehavior::kIsolated, Invert::kNo});
    }
    return pre;
  }
  fail(ErrorKind::kUnsupported, "{}: tokenizer.ggml.pre '{}' is not known (known: {})", source, name, known_names());
}

}  // namespace rbee::engine
