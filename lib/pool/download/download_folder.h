#pragma once
// The model's folder, and the hidden one in it that holds what is not whole yet.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/file_descriptor.h"
#include "pool/download/file_selection.h"

namespace rbee::pool::download {

/// The name of the hidden folder: unfinished files, their states, and the lock.
constexpr std::string_view kPartsFolder = ".download";

/// Opens every path part by part and follows no symbolic link below the model's folder. Any thread.
class DownloadFolder {
 public:
  /// Makes both folders. Throws Error: kExhausted, kIo.
  explicit DownloadFolder(std::filesystem::path model_folder);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path parts_path() const { return path_ / kPartsFolder; }
  std::filesystem::path lock_path() const { return parts_path() / "lock"; }

  /// The file, for reading; nothing when it is not there or no regular file.
  std::optional<FileDescriptor> open_file(const RepoPath& path) const;
  /// A file of the hidden folder, for reading and writing, made where it is not there. Throws Error: kExhausted, kIo
  /// (a link, no regular file).
  FileDescriptor open_part(const std::string& name) const;
  /// Its size; 0 where there is none.
  std::uint64_t part_size(const std::string& name) const;
  void remove_part(const std::string& name) const;

  /// Moves a finished part to its place, makes the folders on the way and syncs them. Throws Error: kExhausted, kIo.
  void place(const std::string& part, const RepoPath& path) const;
  /// Removes a file that is no longer part of the model, if it is there.
  void remove_file(const RepoPath& path) const;
  /// Removes every part that is not among `kept` (names with and without ending).
  void remove_other_parts(const std::vector<std::string>& kept) const;
  /// The hidden folder goes, whatever is in it.
  void remove_parts() const;

 private:
  enum class Missing { kFail, kMake };
  // The folder that `path` lies in, without following links; not valid() when it is not there.
  FileDescriptor open_parent(const RepoPath& path, Missing missing) const;

  const std::filesystem::path path_;
  FileDescriptor folder_, parts_;
};

/// The name of the part of `file`: of where it goes and what it must hash to, so that a file that changed at the hub is
/// never taken up in the middle.
std::string part_name(const WantedFile& file);

}  // namespace rbee::pool::download
