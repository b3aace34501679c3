#pragma once
// What lies in a model folder, and which of it may be opened.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::formats {

constexpr std::string_view kSafetensorsName = "model.safetensors";
/// Beside files that have names and shapes of tensors and the size of their data, but no data.
constexpr std::string_view kHollowMarkerName = "random-weights.txt";
constexpr std::string_view kSafetensorsIndexName = "model.safetensors.index.json";

/// The names in a folder that matter, sorted.
struct FolderContents {
  bool has_config = false;
  bool has_safetensors = false;    ///< model.safetensors or its index
  std::vector<std::string> ggufs;  ///< of split files the first part only
  std::vector<std::string> pickles;
  std::vector<std::string> other_safetensors;
};

/// Reads the names in `folder`. Throws Error: kBadFile for more than kFolderEntriesMax entries; kIo.
FolderContents read_folder(const std::filesystem::path& folder);

/// True for the endings of files that Python's pickle reads: .bin, .pt, .pth, .ckpt, .pkl, .pickle.
bool is_pickle_name(std::string_view name);

/// Throws Error{kUnsupported} that says why `name` is refused.
[[noreturn]] void refuse_pickle(std::string_view name);

/// The path of the shard `name`, a plain file name. A symbolic link is followed only to a file in the same folder,
/// or in the `blobs` folder of a hub cache whose snapshot the folder is (…/snapshots/<revision> and …/blobs).
/// Throws Error: kNotFound; kBadFile for a link that leaves the model.
std::filesystem::path shard_path(const std::filesystem::path& folder, std::string_view name);

/// The last part of the folder's absolute path; for a hub cache's snapshot the repository: "org/name".
std::string model_folder_name(const std::filesystem::path& folder);

}  // namespace rbee::formats
