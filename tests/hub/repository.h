#pragma once
// A folder as a repository of a hub: files with digests, and the commit that they make.

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace rbee::hub {

struct HubFile {
  std::string path;  ///< in the repository
  std::filesystem::path on_disk;
  std::uint64_t size = 0;
  bool large = false;  ///< in large file storage
  std::string sha256;  ///< of large ones
  std::string oid;     ///< git's object id: of the file, or of the pointer file of a large one

  /// What a hub sends as the file's tag.
  const std::string& etag() const { return large ? sha256 : oid; }
};

struct Repository {
  std::string name;    ///< "org/name"
  std::string commit;  ///< 40 hex digits, made from names and digests
  std::vector<HubFile> files;

  const HubFile* find(const std::string& path) const;
};

/// Digests by file, size and time of change; those of large files also in ".<file>.sha256" beside them, so that
/// gigabytes are hashed once. Any thread.
class DigestCache {
 public:
  std::string sha256(const std::filesystem::path& file);
  std::string git_sha1(const std::filesystem::path& file);

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> digests_;  // guarded by mutex_
};

/// Reads ROOT/org/name as it is now. Throws Error{kNotFound} when there is no such folder.
Repository read_repository(const std::filesystem::path& root, const std::string& name, DigestCache& digests);

/// All "org/name" under `root`.
std::vector<std::string> repository_names(const std::filesystem::path& root);

}  // namespace rbee::hub
