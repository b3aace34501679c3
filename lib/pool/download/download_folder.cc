#include "pool/download/download_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "pool/digest.h"

namespace rbee::pool::download {
namespace {

namespace fs = std::filesystem;

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

[[noreturn]] void fail_errno(const fs::path& path, const char* action, int error) {
  const ErrorKind kind = error == ENOSPC || error == EDQUOT ? ErrorKind::kExhausted : ErrorKind::kIo;
  fail(kind, "{}: cannot {}: {}", path.string(), action,
       error == ELOOP || error == ENOTDIR ? "a symbolic link or no folder stands there" : std::strerror(error));
}

bool is_regular(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

DownloadFolder::DownloadFolder(fs::path model_folder) : path_(std::move(model_folder)) {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) fail_errno(path_, "make the folder", error.value());
  // The model's own folder may be a link that its owner made; below it none is followed.
  folder_ = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.valid()) fail_errno(path_, "open the folder", errno);
  const std::string name(kPartsFolder);
  if (::mkdirat(folder_.get(), name.c_str(), 0755) != 0 && errno != EEXIST) fail_errno(parts_path(), "make", errno);
  parts_ = FileDescriptor(::openat(folder_.get(), name.c_str(), kFolderFlags));
  if (!parts_.valid()) fail_errno(parts_path(), "open the folder", errno);
}

FileDescriptor DownloadFolder::open_parent(const RepoPath& path, Missing missing) const {
  FileDescriptor at(::openat(folder_.get(), ".", kFolderFlags));
  const std::string& text = path.text();
  for (std::size_t begin = 0, end; at.valid() && (end = text.find('/', begin)) != std::string::npos; begin = end + 1) {
    const std::string part = text.substr(begin, end - begin);
    if (missing == Missing::kMake && ::mkdirat(at.get(), part.c_str(), 0755) != 0 && errno != EEXIST) {
      fail_errno(path_ / text, "make its folder", errno);
    }
    at = FileDescriptor(::openat(at.get(), part.c_str(), kFolderFlags));
    if (!at.valid() && missing == Missing::kMake) fail_errno(path_ / text, "open its folder", errno);
  }
  return at;
}

std::optional<FileDescriptor> DownloadFolder::open_file(const RepoPath& path) const {
  const FileDescriptor parent = open_parent(path, Missing::kFail);
  if (!parent.valid()) return std::nullopt;
  FileDescriptor file(
      ::openat(parent.get(), path.name().text().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid() || !is_regular(file.get())) return std::nullopt;
  return file;
}

FileDescriptor DownloadFolder::open_part(const std::string& name) const {
  FileDescriptor file(
      ::openat(parts_.get(), name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644));
  if (!file.valid()) fail_errno(parts_path() / name, "open", errno);
  if (!is_regular(file.get())) fail(ErrorKind::kIo, "{}: not a regular file", (parts_path() / name).string());
  return file;
}

std::uint64_t DownloadFolder::part_size(const std::string& name) const {
  struct stat info {};
  const bool there = ::fstatat(parts_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode);
  return there ? static_cast<std::uint64_t>(info.st_size) : 0;
}

void DownloadFolder::remove_part(const std::string& name) const {
  if (::unlinkat(parts_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
    fail_errno(parts_path() / name, "remove", errno);
}

void DownloadFolder::place(const std::string& part, const RepoPath& path) const {
  const FileDescriptor parent = open_parent(path, Missing::kMake);
  if (::renameat(parts_.get(), part.c_str(), parent.get(), path.name().text().c_str()) != 0) {
    fail_errno(path_ / path.text(), "move it to its place", errno);
  }
  if (::fsync(parent.get()) != 0) fail_errno(path_ / path.text(), "fsync its folder", errno);
}

void DownloadFolder::remove_file(const RepoPath& path) const {
  const FileDescriptor parent = open_parent(path, Missing::kFail);
  if (parent.valid()) ::unlinkat(parent.get(), path.name().text().c_str(), 0);
}

void DownloadFolder::remove_other_parts(const std::vector<std::string>& kept) const {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(parts_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    const bool stays = name == "lock" || std::any_of(kept.begin(), kept.end(), [&](const std::string& part) {
                         return name == part || name == part + ".json";
                       });
    if (!stays && !entry.is_directory(ignored)) ::unlinkat(parts_.get(), name.c_str(), 0);
  }
}

void DownloadFolder::remove_parts() const {
  std::error_code ignored;
  fs::remove_all(parts_path(), ignored);
}

std::string part_name(const WantedFile& file) {
  constexpr std::size_t kPathDigits = 16;
  Digest path(Digest::Algorithm::kSha256);
  path.update(file.local.text());
  return path.hex().substr(0, kPathDigits) + "-" + file.digest.hex() + ".part";
}

}  // namespace rbee::pool::download
