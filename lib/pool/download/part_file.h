#pragma once
// One file on its way: its bytes so far, and what is known of them after a crash.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "pool/download/download_folder.h"
#include "pool/download/file_hasher.h"

namespace rbee::pool::download {

/// `<part>.json` beside a part: `{"path","commit","size","digest","etag","synced","boot"}`.
struct PartState {
  std::string path, commit, etag, boot;
  std::uint64_t synced = 0;  ///< bytes known to be on the disk, whatever happens to the machine
};

/// Nothing when the text is no state of a part.
std::optional<PartState> parse_part_state(std::string_view text);

/// The part of one file. One thread.
class PartFile {
 public:
  /// Opens what an earlier run left and hashes it: up to its end, or, when the machine was started anew since, up to
  /// what was known to be on the disk. `boot` names this start of the machine. `on_hashed` is called after each piece
  /// and says whether to go on. Throws Error: kExhausted, kIo, kCancelled.
  PartFile(const DownloadFolder& folder, const WantedFile& file, const CommitId& commit, std::string boot,
           const std::function<bool(std::uint64_t bytes)>& on_hashed);

  std::uint64_t bytes() const { return hasher_.bytes(); }
  const FileHasher& hasher() const { return hasher_; }
  /// The tag of the answer that the bytes came from; empty: not known.
  const std::string& etag() const { return state_.etag; }
  void set_etag(std::string etag);

  /// Writes at the end. Throws Error: kExhausted when the disk is full; what was written stays.
  void append(std::string_view bytes);
  /// Drops all bytes.
  void restart();
  /// Everything on the disk. Throws Error: kExhausted, kIo.
  void sync();
  /// The same as far as it goes, when something else has failed already.
  void keep() noexcept;

 private:
  void load_state();
  void save_state();
  void hash_prefix(std::uint64_t bytes, const std::function<bool(std::uint64_t)>& on_hashed);

  const DownloadFolder& folder_;
  const WantedFile& file_;
  const std::string name_;
  FileDescriptor fd_;
  FileHasher hasher_;
  PartState state_;
};

/// Makes the file at `from`, on the same disk, the part of `file`. Throws Error{kIo, kExhausted}.
void adopt_part(const DownloadFolder& folder, const WantedFile& file, const std::filesystem::path& from,
                const CommitId& commit, const std::string& boot);

}  // namespace rbee::pool::download
