#include "engine/tokenizer/hf_model.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/limits.h"

namespace rbee::engine {
namespace {

void check_supported(const JsonNode& model, const TokenizerJson& json) {
  const std::string_view type = model.string("type", json.has_merges ? "BPE" : "");
  if (type != "BPE") {
    fail(ErrorKind::kUnsupported, "{}: type '{}' is not supported (known: BPE)", model.where(), type);
  }
  for (const std::string_view key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    const std::string_view affix = model.string(key, "");
    if (affix.empty()) continue;
    fail(ErrorKind::kUnsupported, "{}.{}: '{}' (only the empty one is supported)", model.where(), key, affix);
  }
  if (const auto dropout = model.find("dropout")) {
    fail(ErrorKind::kUnsupported, "{}: tokenization with dropout is for training", dropout->where());
  }
  if (!json.has_vocab) model.fail_here("'vocab' is missing, or is no object");
  if (!json.has_merges) model.fail_here("'merges' is missing, or is no array");
}

std::size_t checked_id_end(const JsonNode& model, const TokenizerJson& json) {
  if (json.ids.empty()) model.fail_here("'vocab' is empty");
  const std::size_t n = json.ids.size();
  const auto largest = std::max_element(json.ids.begin(), json.ids.end());
  if (*largest >= std::max(kIdFloor, kIdGapFactor * n)) {
    const auto at = static_cast<std::size_t>(largest - json.ids.begin());
    model.fail_here(
        fmt::format("vocab['{}']: the id {} is far beyond the {} tokens there are", json.tokens[at], *largest, n));
  }
  return *largest + std::size_t{1};
}

void fill_vocabulary(const JsonNode& model, const TokenizerJson& json, BpeParts& out) {
  out.tokens = TokenTable(checked_id_end(model, json), json.ids.size(), json.tokens.bytes());
  std::string bytes;
  for (std::size_t i = 0; i < json.ids.size(); ++i) {
    const std::string_view content = json.tokens[i];
    const std::uint32_t id = json.ids[i];
    bytes.clear();
    const bool is_byte_level = out.unit == BpeUnit::kByte;
    TokenTable::Insert inserted;
    if (is_byte_level && !append_alphabet_bytes(content, bytes)) {
      inserted = out.tokens.insert_unindexed(content, id);
      if (!out.unreachable.emplace(content, id).second) inserted = TokenTable::Insert::kSameBytes;
    } else {
      inserted = out.tokens.insert(is_byte_level ? std::string_view(bytes) : content, id);
    }
    if (inserted == TokenTable::Insert::kSameBytes)
      model.fail_here(fmt::format("vocab: duplicate token '{}'", content));
    if (inserted == TokenTable::Insert::kSameId) {
      model.fail_here(fmt::format("vocab['{}']: the id {} is another token's too", content, id));
    }
  }
}

// Looks up the sides and the result of merges.
class MergeReader {
 public:
  MergeReader(const JsonNode& model, const TokenizerJson& json, BpeParts& out)
      : model_(model), json_(json), out_(out) {}

  void read_all() {
    const std::size_t n = json_.merge_sides.size() / 2;
    out_.merges = MergeTable(n);
    for (std::size_t i = 0; i < n; ++i) read(i);
  }

 private:
  void read(std::size_t i) {
    const std::string_view left = json_.merge_sides[2 * i], right = json_.merge_sides[2 * i + 1];
    joined_.clear();
    if (out_.unit == BpeUnit::kCharacter) {
      joined_.append(left).append(right);
      return insert(i, left, right);
    }
    if (append_alphabet_bytes(left, joined_)) {
      const std::size_t left_bytes = joined_.size();
      if (append_alphabet_bytes(right, joined_)) {
        const std::string_view joined = joined_;
        return insert(i, joined.substr(0, left_bytes), joined.substr(left_bytes));
      }
    }
    // A merge of unreachable tokens never happens; it must be sound all the same.
    for (const std::string& token : {std::string(left), std::string(right), std::string(left).append(right)}) {
      if (!find_content(out_, token)) fail_missing(i, token);
    }
  }

  void insert(std::size_t i, std::string_view left, std::string_view right) {
    const std::uint32_t left_id = out_.tokens.find(left), right_id = out_.tokens.find(right);
    const std::uint32_t result = out_.tokens.find(joined_);
    if (left_id == kNoToken) fail_missing(i, json_.merge_sides[2 * i]);
    if (right_id == kNoToken) fail_missing(i, json_.merge_sides[2 * i + 1]);
    if (result == kNoToken) {
      model_.fail_here(fmt::format("merges[{}]: the result '{}{}' is not in the vocabulary", i,
                                   json_.merge_sides[2 * i], json_.merge_sides[2 * i + 1]));
    }
    out_.merges.insert(left_id, right_id, {static_cast<std::uint32_t>(i), result});
  }

  [[noreturn]] void fail_missing(std::size_t i, std::string_view token) const {
    model_.fail_here(fmt::format("merges[{}]: '{}' is not in the vocabulary", i, token));
  }

  const JsonNode& model_;
  const TokenizerJson& json_;
  BpeParts& out_;
  std::string joined_;
};

void read_unknown(const JsonNode& model, BpeParts& out) {
  const auto token = model.find("unk_token");
  if (!token) return;
  const auto id = find_content(out, token->string());
  if (!id) token->fail_here(fmt::format("'{}' is not in the vocabulary", token->string()));
  out.unknown = *id;
}

// Text must not get lost: without an unknown token, every byte that UTF-8 can hold needs a token.
void check_every_byte_has_a_token(const JsonNode& model, const BpeParts& parts) {
  if (parts.unknown != kNoToken || (parts.unit == BpeUnit::kCharacter && !parts.byte_fallback)) return;
  for (unsigned byte = 0; byte < 0xF5; ++byte) {
    if (byte == 0xC0 || byte == 0xC1) continue;
    const auto raw = static_cast<unsigned char>(byte);
    const std::uint32_t id = parts.unit == BpeUnit::kByte ? parts.tokens.find({reinterpret_cast<const char*>(&raw), 1})
                                                          : parts.tokens.find(fmt::format("<0x{:02X}>", byte));
    if (id == kNoToken) model.fail_here(fmt::format("vocab: no token for the byte 0x{:02X}, and no unk_token", byte));
  }
}

}  // namespace

BpeParts read_hf_model(const JsonNode& model, const TokenizerJson& json, BpeUnit unit) {
  check_supported(model, json);
  BpeParts out;
  out.unit = unit;
  out.byte_fallback = model.boolean("byte_fallback", false);
  out.fuse_unknown = model.boolean("fuse_unk", false);
  out.ignore_merges = model.boolean("ignore_merges", false);
  fill_vocabulary(model, json, out);
  read_unknown(model, out);
  check_every_byte_has_a_token(model, out);
  MergeReader(model, json, out).read_all();
  return out;
}

}  // namespace rbee::engine
