#include "pool/download/file_hasher.h"

#include <fmt/format.h>

namespace rbee::pool::download {

FileHasher::FileHasher(const FileDigest& expected, std::uint64_t size)
    : expected_(expected), size_(size), sha256_(Digest::Algorithm::kSha256) {
  restart();
}

void FileHasher::restart() {
  bytes_ = 0;
  sha256_ = Digest(Digest::Algorithm::kSha256);
  if (expected_.algorithm() != FileDigest::Algorithm::kGitSha1) return;
  // Git names an object by its kind, its size and its content (git-hash-object(1), "Git Objects" in Pro Git).
  git_sha1_.emplace(Digest::Algorithm::kSha1);
  git_sha1_->update(fmt::format("blob {}", size_) + '\0');
}

void FileHasher::update(std::string_view bytes) {
  bytes_ += bytes.size();
  sha256_.update(bytes);
  if (git_sha1_) git_sha1_->update(bytes);
}

std::string FileHasher::found() const {
  return git_sha1_ ? git_sha1_->hex() : sha256_.hex();
}

}  // namespace rbee::pool::download
