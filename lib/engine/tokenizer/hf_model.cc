#include "engine/tokenizer/hf_model.h"

#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/limits.h"

namespace rbee::engine {
namespace {

// "tokenizer.json: model.merges[3]: ...".
[[noreturn]] void fail_member(const JsonNode& model, std::string_view message) {
  fail(ErrorKind::kBadFile, "{}.{}", model.where(), message);
}

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
    fail_member(model, fmt::format("vocab['{}']: the id {} is far beyond the {} tokens there are", json.tokens[at],
                                   *largest, n));
  }
  return *largest + std::size_t{1};
}

// So many tokens early the memory is asked for.
constexpr std::size_t kAhead = 16;

void fill_vocabulary(const JsonNode& model, const TokenizerJson& json, BpeParts& out) {
  out.tokens = TokenTable(checked_id_end(model, json), json.ids.size(), json.tokens.bytes());
  std::string bytes;
  for (std::size_t i = 0; i < json.ids.size(); ++i) {
    const std::string_view content = json.tokens[i];
    const std::uint32_t id = json.ids[i];
    bytes.clear();
    const bool is_byte_level = out.unit == BpeUnit::kByte;
    if (!is_byte_level && i + kAhead < json.ids.size()) out.tokens.prefetch(json.tokens[i + kAhead]);
    TokenTable::Insert inserted;
    if (is_byte_level && !append_alphabet_bytes(content, bytes)) {
      inserted = out.tokens.insert_unindexed(content, id);
      if (!out.unreachable.emplace(content, id).second) inserted = TokenTable::Insert::kSameBytes;
    } else {
      inserted = out.tokens.insert(is_byte_level ? std::string_view(bytes) : content, id);
    }
    if (inserted == TokenTable::Insert::kSameBytes)
      fail_member(model, fmt::format("vocab: duplicate token '{}'", content));
    if (inserted == TokenTable::Insert::kSameId) {
      fail_member(model, fmt::format("vocab['{}']: the id {} is another token's too", content, id));
    }
  }
}

// Looks up the sides and the results of merges, many at a time.
class MergeReader {
 public:
  MergeReader(const JsonNode& model, const TokenizerJson& json, BpeParts& out)
      : model_(model), json_(json), out_(out), ends_(2 * kBatch), keys_(3 * kBatch), ids_(3 * kBatch) {}

  void read_all() {
    const std::size_t n = json_.merge_sides.size() / 2;
    out_.merges = MergeTable(n);
    for (std::size_t from = 0; from < n; from += kBatch) read_batch(from, std::min(kBatch, n - from));
  }

 private:
  static constexpr std::size_t kBatch = 256;

  void read_batch(std::size_t from, std::size_t n) {
    if (out_.unit == BpeUnit::kByte) {
      take_byte_keys(from, n);
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        const std::string_view joined = json_.merge_sides.pair(2 * (from + i));
        set_keys(i, joined, json_.merge_sides[2 * (from + i)].size());
      }
    }
    out_.tokens.find_each(std::span(keys_).first(3 * n), ids_);
    for (std::size_t i = 0; i < n; ++i) out_.merges.prefetch(ids_[3 * i], ids_[3 * i + 1]);
    for (std::size_t i = 0; i < n; ++i) insert(from + i, ids_[3 * i], ids_[3 * i + 1], ids_[3 * i + 2]);
  }

  void set_keys(std::size_t i, std::string_view joined, std::size_t left_bytes) {
    keys_[3 * i] = joined.substr(0, left_bytes);
    keys_[3 * i + 1] = joined.substr(left_bytes);
    keys_[3 * i + 2] = joined;
  }

  // The merges in bytes; those not written in the alphabet get empty keys, which no token has.
  void take_byte_keys(std::size_t from, std::size_t n) {
    bytes_.clear();
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t begin = bytes_.size();
      const bool left = append_alphabet_bytes(json_.merge_sides[2 * (from + i)], bytes_);
      ends_[2 * i] = bytes_.size();
      if (!left || !append_alphabet_bytes(json_.merge_sides[2 * (from + i) + 1], bytes_)) {
        bytes_.resize(begin);
        ends_[2 * i] = begin;
      }
      ends_[2 * i + 1] = bytes_.size();
    }
    std::size_t begin = 0;
    for (std::size_t i = 0; i < n; ++i) {
      set_keys(i, std::string_view(bytes_).substr(begin, ends_[2 * i + 1] - begin), ends_[2 * i] - begin);
      begin = ends_[2 * i + 1];
    }
  }

  void insert(std::size_t i, std::uint32_t left, std::uint32_t right, std::uint32_t result) {
    if (left == kNoToken || right == kNoToken || result == kNoToken) return check_unreachable(i);
    out_.merges.insert(left, right, {static_cast<std::uint32_t>(i), result});
  }

  // A merge with a token that text never becomes does nothing; it must be sound all the same.
  void check_unreachable(std::size_t i) const {
    const std::string_view left = json_.merge_sides[2 * i], right = json_.merge_sides[2 * i + 1];
    for (const std::string_view side : {left, right}) {
      if (!find_content(out_, side))
        fail_member(model_, fmt::format("merges[{}]: '{}' is not in the vocabulary", i, side));
    }
    if (!find_content(out_, json_.merge_sides.pair(2 * i))) {
      fail_member(model_, fmt::format("merges[{}]: the result '{}{}' is not in the vocabulary", i, left, right));
    }
  }

  const JsonNode& model_;
  const TokenizerJson& json_;
  BpeParts& out_;
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<std::string_view> keys_;
  std::vector<std::uint32_t> ids_;
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
    if (id == kNoToken)
      fail_member(model, fmt::format("vocab: no token for the byte 0x{:02X}, and no unk_token", byte));
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
