#pragma once
// Which files of a repository a model needs.

#include <optional>
#include <vector>

#include "pool/download/repo_listing.h"

namespace rbee::pool::download {

/// A file to have, and where it lies in the model's folder.
struct WantedFile {
  RepoPath remote;
  RepoPath local;
  std::uint64_t size = 0;
  FileDigest digest;
};

struct Selection {
  enum class Format { kSafetensors, kGguf } format = Format::kSafetensors;
  std::vector<WantedFile> files;  ///< small ones first; of a GGUF model its first part first
  std::uint64_t bytes = 0;
};

/// Without `gguf`: model.safetensors, or the index and its shards; configs, tokenizer files, chat template, and rbee's
/// own expected.json. With it: that file (by path, or by name where the name is unique) and the other parts of a split
/// one, side by side in the model's folder. Pickle files and other frameworks' copies are never taken. Throws Error:
/// kUnsupported (only pickle; only GGUF and none named), kNotFound (no such GGUF file, a part is missing), each with
/// what the repository offers; kBadFile (sizes that no disk has, too many files).
Selection select_files(const RepoListing& listing, const std::optional<RepoPath>& gguf);

}  // namespace rbee::pool::download
