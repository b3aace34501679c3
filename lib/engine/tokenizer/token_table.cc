#include "engine/tokenizer/token_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/error.h"
#include "engine/tokenizer/limits.h"

namespace rbee::engine {
namespace {

constexpr std::uint64_t kMixA = 0x9E3779B97F4A7C15ull, kMixB = 0xD6E8FEB86659FD93ull;

__extension__ using Wide = unsigned __int128;

// Both halves of a 128-bit product, folded: every bit of `x` reaches every bit of the result.
std::uint64_t mix(std::uint64_t x) {
  const Wide product = static_cast<Wide>(x ^ kMixA) * kMixB;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes) {
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t hash = left * kMixB;
  for (; left >= 8; p += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    hash = mix(hash ^ word);
  }
  std::uint64_t tail = 0;
  if (left > 0) std::memcpy(&tail, p, left);
  return mix(mix(hash ^ tail));
}

TokenTable::TokenTable(std::size_t ids, std::size_t tokens, std::size_t bytes)
    : entries_(ids), slots_(std::bit_ceil(tokens * 2 + 2)), mask_(slots_.size() - 1) {
  arena_.reserve(bytes);
}

TokenTable::Insert TokenTable::insert_unindexed(std::string_view bytes, std::uint32_t id) {
  RBEE_CHECK(id < entries_.size());
  if (contains(id)) return Insert::kSameId;
  entries_[id] = {static_cast<std::uint32_t>(arena_.size()), static_cast<std::uint32_t>(bytes.size())};
  arena_.append(bytes);
  ++size_;
  return Insert::kNew;
}

TokenTable::Insert TokenTable::insert(std::string_view bytes, std::uint32_t id) {
  const std::uint64_t hash = hash_bytes(bytes);
  const auto tag = static_cast<std::uint32_t>(hash);
  std::size_t slot = slot_of(hash), probes = 0;
  for (; slots_[slot].id != kNoToken; slot = (slot + 1) & mask_) {
    if (holds(slots_[slot], tag, bytes)) return Insert::kSameBytes;
    if (++probes > kProbesMax) fail(ErrorKind::kBadFile, "vocabulary: more than {} tokens collide", kProbesMax);
  }
  const Insert inserted = insert_unindexed(bytes, id);
  if (inserted == Insert::kNew) {
    slots_[slot] = {tag, id, entries_[id]};
    longest_ = std::max(longest_, bytes.size());
  }
  return inserted;
}

std::uint32_t TokenTable::find_hashed(std::string_view bytes, std::uint64_t hash) const {
  if (bytes.size() > longest_) return kNoToken;
  const auto tag = static_cast<std::uint32_t>(hash);
  for (std::size_t slot = slot_of(hash);; slot = (slot + 1) & mask_) {
    if (slots_[slot].id == kNoToken) return kNoToken;
    if (holds(slots_[slot], tag, bytes)) return slots_[slot].id;
  }
}

void TokenTable::find_each(std::span<const std::string_view> keys, std::span<std::uint32_t> ids) const {
  constexpr std::size_t kBatch = 64;
  std::array<std::uint64_t, kBatch> hashes;
  for (std::size_t from = 0; from < keys.size(); from += kBatch) {
    const std::size_t n = std::min(kBatch, keys.size() - from);
    for (std::size_t i = 0; i < n; ++i) {
      hashes[i] = hash_bytes(keys[from + i]);
      if (!slots_.empty()) __builtin_prefetch(&slots_[slot_of(hashes[i])]);
    }
    for (std::size_t i = 0; i < n && !slots_.empty(); ++i) {
      __builtin_prefetch(arena_.data() + slots_[slot_of(hashes[i])].entry.offset);
    }
    for (std::size_t i = 0; i < n; ++i) ids[from + i] = find_hashed(keys[from + i], hashes[i]);
  }
}

}  // namespace rbee::engine
