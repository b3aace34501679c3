#pragma once
// A vocabulary's tokens: bytes by id, and id by bytes.

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::engine {

constexpr std::uint32_t kNoToken = UINT32_MAX;

/// Mixes every byte of `bytes`; the same on every machine of one byte order.
std::uint64_t hash_bytes(std::string_view bytes);

/// Tokens in one arena, with an open-addressing index. Filled once, then read by any thread.
class TokenTable {
 public:
  enum class Insert { kNew, kSameBytes, kSameId };

  TokenTable() = default;
  /// Room for ids below `ids` and for `tokens` tokens of `bytes` bytes in all.
  TokenTable(std::size_t ids, std::size_t tokens, std::size_t bytes);

  /// Gives `id` (below `ids`) its bytes and indexes them. Changes nothing when the bytes or the id are there already.
  /// Throws Error{kBadFile} when the table was filled with colliding tokens on purpose.
  Insert insert(std::string_view bytes, std::uint32_t id);
  /// Gives `id` its bytes without indexing them: find() does not see it.
  Insert insert_unindexed(std::string_view bytes, std::uint32_t id);

  /// Asks the memory for where `bytes` would be indexed.
  void prefetch(std::string_view bytes) const { __builtin_prefetch(&slots_[slot_of(hash_bytes(bytes))]); }

  /// kNoToken when absent.
  std::uint32_t find(std::string_view bytes) const { return find_hashed(bytes, hash_bytes(bytes)); }
  /// find() of each of `keys` into `ids`, which is as long; many at a time hide the memory's latency.
  void find_each(std::span<const std::string_view> keys, std::span<std::uint32_t> ids) const;
  bool contains(std::uint32_t id) const { return id < entries_.size() && entries_[id].length != kAbsent; }
  /// Empty for an id that is not there. Valid as long as the table is unchanged.
  std::string_view bytes(std::uint32_t id) const {
    return contains(id) ? std::string_view(arena_).substr(entries_[id].offset, entries_[id].length)
                        : std::string_view();
  }
  /// Largest id + 1, as the constructor was told.
  std::size_t id_end() const { return entries_.size(); }
  /// How many tokens there are.
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kAbsent = UINT32_MAX;
  struct Entry {
    std::uint32_t offset = 0;
    std::uint32_t length = kAbsent;
  };
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t id = kNoToken;
    Entry entry{};  // of the id: saves a step through memory
  };
  bool holds(const Slot& slot, std::uint32_t tag, std::string_view bytes) const {
    return slot.tag == tag && slot.entry.length == bytes.size() &&
           std::memcmp(arena_.data() + slot.entry.offset, bytes.data(), bytes.size()) == 0;
  }
  std::uint32_t find_hashed(std::string_view bytes, std::uint64_t hash) const;
  std::size_t slot_of(std::uint64_t hash) const { return static_cast<std::size_t>(hash >> 32) & mask_; }

  std::string arena_;
  std::vector<Entry> entries_;
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t longest_ = 0;
  std::size_t size_ = 0;
};

}  // namespace rbee::engine
