#include "formats/model_folder.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "formats/gguf_split.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHubPrefix = "models--";

bool ends_with(std::string_view name, std::string_view ending) {
  return name.size() >= ending.size() && name.substr(name.size() - ending.size()) == ending;
}

// …/models--org--name for the snapshot folder …/models--org--name/snapshots/<revision>; else empty.
fs::path hub_repository(const fs::path& absolute_folder) {
  const fs::path snapshots = absolute_folder.parent_path();
  const fs::path repository = snapshots.parent_path();
  const std::string name = repository.filename().string();
  return snapshots.filename() == "snapshots" && name.rfind(kHubPrefix, 0) == 0 ? repository : fs::path();
}

fs::path absolute_folder(const fs::path& folder) {
  std::error_code ignored;
  const fs::path canonical = fs::canonical(folder, ignored);
  return ignored ? folder : canonical;
}

}  // namespace

bool is_pickle_name(std::string_view name) {
  constexpr std::array<std::string_view, 6> kEndings = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [name](std::string_view ending) { return ends_with(name, ending); });
}

void refuse_pickle(std::string_view name) {
  fail(ErrorKind::kUnsupported, "{}: unsupported: pickle formats execute code; use safetensors or GGUF", name);
}

FolderContents read_folder(const fs::path& folder) {
  FolderContents contents;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  std::uint32_t entries = 0;
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (++entries > kFolderEntriesMax) {
      fail(ErrorKind::kBadFile, "{}: the folder has more than {} entries", folder.string(), kFolderEntriesMax);
    }
    const std::string name = entry->path().filename().string();
    if (name == "config.json") {
      contents.has_config = true;
    } else if (name == kSafetensorsName || name == kSafetensorsIndexName) {
      contents.has_safetensors = true;
    } else if (ends_with(name, ".safetensors")) {
      contents.other_safetensors.push_back(name);
    } else if (ends_with(name, ".gguf")) {
      if (!is_later_gguf_part(name)) contents.ggufs.push_back(name);
    } else if (is_pickle_name(name)) {
      contents.pickles.push_back(name);
    }
  }
  if (error) fail(ErrorKind::kIo, "{}: cannot read the folder: {}", folder.string(), error.message());
  std::sort(contents.ggufs.begin(), contents.ggufs.end());
  std::sort(contents.pickles.begin(), contents.pickles.end());
  std::sort(contents.other_safetensors.begin(), contents.other_safetensors.end());
  return contents;
}

fs::path shard_path(const fs::path& folder, std::string_view name) {
  const fs::path path = folder / name;
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  const fs::path target = fs::canonical(path, error);
  if (error) fail(ErrorKind::kNotFound, "{}: the symbolic link leads nowhere", path.string());
  const fs::path home = absolute_folder(folder);
  const fs::path repository = hub_repository(home);
  const bool inside =
      target.parent_path() == home || (!repository.empty() && target.parent_path() == repository / "blobs");
  if (!inside) fail(ErrorKind::kBadFile, "{}: the symbolic link leaves the model's folder", path.string());
  return path;
}

std::string model_folder_name(const fs::path& folder) {
  const fs::path absolute = absolute_folder(folder);
  const fs::path repository = hub_repository(absolute);
  if (repository.empty()) return absolute.filename().string();
  const std::string name = repository.filename().string().substr(kHubPrefix.size());
  const std::size_t separator = name.find("--");
  if (separator == std::string::npos) return name;
  return fmt::format("{}/{}", name.substr(0, separator), name.substr(separator + 2));
}

}  // namespace rbee::formats
