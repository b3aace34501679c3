#include "pool/synth/synth_tokenizer.h"

#include <map>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/check.h"
#include "base/json_text.h"
#include "base/utf8.h"

namespace rbee::pool::synth {
namespace {

namespace json = boost::json;

constexpr std::string_view kBegin = "<s>", kEnd = "</s>";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";

// How byte-level BPE writes a byte: printable ones as themselves, the others in order from U+0100.
// Source: GPT-2, encoder.py, bytes_to_unicode.
std::vector<std::string> byte_tokens() {
  std::vector<std::string> tokens;
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    std::string text;
    append_utf8(text, printable ? byte : next++);
    tokens.push_back(std::move(text));
  }
  return tokens;
}

// Words and how they merge: two letters, two and one, two and two; in alphabetical order, so merges only use earlier
// words.
class WordList {
 public:
  explicit WordList(std::size_t words_max) : words_max_(words_max) {
    add_all({kLetters, kLetters});
    add_all({pairs_, kLetters});
    add_all({pairs_, pairs_});
  }
  const std::vector<std::pair<std::string, std::string>>& merges() const { return merges_; }

 private:
  struct Parts {
    std::vector<std::string> first, second;
    template <typename First, typename Second>
    Parts(const First& a, const Second& b) : first(texts(a)), second(texts(b)) {}
    static std::vector<std::string> texts(const std::vector<std::string>& words) { return words; }
    static std::vector<std::string> texts(std::string_view letters) {
      std::vector<std::string> words;
      for (const char c : letters) words.emplace_back(1, c);
      return words;
    }
  };
  void add_all(const Parts& parts) {
    for (const std::string& first : parts.first) {
      for (const std::string& second : parts.second) {
        if (merges_.size() == words_max_) return;
        merges_.emplace_back(first, second);
        if (first.size() + second.size() == 2) pairs_.push_back(first + second);
      }
    }
  }

  const std::size_t words_max_;
  std::vector<std::string> pairs_;
  std::vector<std::pair<std::string, std::string>> merges_;
};

json::object added_token(std::uint32_t id, std::string_view content) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

// The begin marker before every text, as checkpoints of these families have it; Qwen2 has none.
json::value post_processor(const ModelShape& shape) {
  const json::object byte_level{
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", false}, {"use_regex", false}};
  if (shape.model_type == "qwen2") return byte_level;
  const auto special = [&] { return json::value{{"SpecialToken", {{"id", kBegin}, {"type_id", 0}}}}; };
  const auto sequence = [](const char* id) { return json::value{{"Sequence", {{"id", id}, {"type_id", 0}}}}; };
  return {
      {"type", "TemplateProcessing"},
      {"single", json::array{special(), sequence("A")}},
      {"pair", json::array{special(), sequence("A"), special(), sequence("B")}},
      {"special_tokens",
       {{kBegin, {{"id", kBegin}, {"ids", json::array{shape.bos}}, {"tokens", json::array{json::string(kBegin)}}}}}}};
}

json::object pre_tokenizer() {
  // The pattern of Qwen2.5's tokenizer.json: one digit per piece.
  constexpr std::string_view kPattern =
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
  const json::object split{
      {"type", "Split"}, {"pattern", {{"Regex", kPattern}}}, {"behavior", "Isolated"}, {"invert", false}};
  const json::object byte_level{
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", false}, {"use_regex", false}};
  return {{"type", "Sequence"}, {"pretokenizers", json::array{split, byte_level}}};
}

}  // namespace

std::string tokenizer_json(const ModelShape& shape) {
  const std::vector<std::string> bytes = byte_tokens();
  RBEE_CHECK(shape.vocab >= bytes.size() + 2);
  const WordList words(shape.vocab - bytes.size() - 2);
  RBEE_CHECK(words.merges().size() == shape.vocab - bytes.size() - 2);

  json::object vocabulary;
  json::array merges;
  std::uint32_t id = 0;
  const auto add = [&](const std::string& token) {
    while (id == shape.bos || id == shape.eos) ++id;
    vocabulary.emplace(token, id++);
  };
  for (const std::string& token : bytes) add(token);
  for (const auto& [first, second] : words.merges()) {
    add(first + second);
    merges.push_back(json::string(first + " " + second));
  }
  vocabulary.emplace(kBegin, shape.bos);
  vocabulary.emplace(kEnd, shape.eos);
  json::array added{added_token(shape.bos, kBegin), added_token(shape.eos, kEnd)};
  if (shape.eos < shape.bos) std::swap(added[0], added[1]);

  const json::object byte_level{
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", false}, {"use_regex", false}};
  const json::object tokenizer{{"version", "1.0"},
                               {"truncation", nullptr},
                               {"padding", nullptr},
                               {"added_tokens", std::move(added)},
                               {"normalizer", nullptr},
                               {"pre_tokenizer", pre_tokenizer()},
                               {"post_processor", post_processor(shape)},
                               {"decoder", byte_level},
                               {"model",
                                {{"type", "BPE"},
                                 {"dropout", nullptr},
                                 {"unk_token", nullptr},
                                 {"continuing_subword_prefix", nullptr},
                                 {"end_of_word_suffix", nullptr},
                                 {"fuse_unk", false},
                                 {"byte_fallback", false},
                                 {"ignore_merges", false},
                                 {"vocab", std::move(vocabulary)},
                                 {"merges", std::move(merges)}}}};
  return json::serialize(tokenizer);
}

json::object tokenizer_config_json(const ModelShape& shape) {
  return {{"bos_token", kBegin},
          {"eos_token", kEnd},
          {"add_bos_token", shape.model_type != "qwen2"},
          {"chat_template",
           "{% for message in messages %}{{ '<|' + message['role'] + '|>\n' + message['content'] + eos_token + '\n' }}"
           "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}"},
          {"tokenizer_class", "PreTrainedTokenizerFast"},
          {"model_max_length", shape.context},
          {"clean_up_tokenization_spaces", false}};
}

}  // namespace rbee::pool::synth
