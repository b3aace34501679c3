#pragma once
// A file's digests, computed while it goes by.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pool/digest.h"
#include "pool/download/hub_names.h"

namespace rbee::pool::download {

/// Knows the bytes so far of one file of `size` bytes that should hash to `expected`. One thread.
class FileHasher {
 public:
  FileHasher(const FileDigest& expected, std::uint64_t size);

  void update(std::string_view bytes);
  void restart();

  std::uint64_t bytes() const { return bytes_; }
  /// True when all `size` bytes went by and hash to what is expected.
  bool matches() const { return bytes_ == size_ && found() == expected_.hex(); }
  /// The digest so far, of the expected kind.
  std::string found() const;
  std::string sha256() const { return sha256_.hex(); }

 private:
  const FileDigest expected_;
  const std::uint64_t size_;
  std::uint64_t bytes_ = 0;
  Digest sha256_;
  std::optional<Digest> git_sha1_;  // set where that is what the hub lists
};

}  // namespace rbee::pool::download
