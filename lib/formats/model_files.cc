#include "formats/model_files.h"

#include "base/error.h"
#include "formats/gguf_model.h"
#include "formats/hf_model.h"
#include "formats/model_folder.h"

namespace rbee::formats {
namespace {

namespace fs = std::filesystem;

std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t kShownMax = 10;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kShownMax; ++i) list += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kShownMax) list += fmt::format(" and {} more", names.size() - kShownMax);
  return list;
}

std::unique_ptr<ModelFiles> open_folder_gguf(const fs::path& folder, const std::vector<std::string>& ggufs) {
  if (ggufs.size() > 1) {
    fail(ErrorKind::kBadFile, "{}: the folder holds {} GGUF models; name one of them: {}", folder.string(),
         ggufs.size(), joined(ggufs));
  }
  return open_gguf_model(folder / ggufs.front());
}

std::unique_ptr<ModelFiles> open_folder(const fs::path& folder) {
  const FolderContents contents = read_folder(folder);
  if (contents.has_config && contents.has_safetensors) return open_hf_model(folder);
  if (!contents.ggufs.empty()) return open_folder_gguf(folder, contents.ggufs);
  if (!contents.has_safetensors && !contents.pickles.empty()) {
    refuse_pickle((folder / contents.pickles.front()).string());
  }
  if (!contents.has_config) {
    fail(ErrorKind::kNotFound, "{}: the folder has neither config.json nor a .gguf file", folder.string());
  }
  const std::string others =
      contents.other_safetensors.empty() ? "" : fmt::format(" (it has {})", joined(contents.other_safetensors));
  fail(ErrorKind::kNotFound, "{}: the folder has neither {} nor {}{}", folder.string(), kSafetensorsName,
       kSafetensorsIndexName, others);
}

std::unique_ptr<ModelFiles> open_file(const fs::path& path) {
  const std::string name = path.filename().string();
  if (is_pickle_name(name)) refuse_pickle(path.string());
  if (path.extension() == ".safetensors" || path.extension() == ".json") {
    fail(ErrorKind::kUnsupported, "{}: give the model's folder, not one of its files", path.string());
  }
  return open_gguf_model(path);
}

}  // namespace

std::unique_ptr<ModelFiles> open_model(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    fail(ErrorKind::kNotFound, "{}: no such file or folder", path.string());
  }
  if (error) fail(ErrorKind::kIo, "{}: {}", path.string(), error.message());
  if (fs::is_directory(status)) return open_folder(path);
  if (!fs::is_regular_file(status)) fail(ErrorKind::kBadFile, "{}: not a regular file or folder", path.string());
  return open_file(path);
}

}  // namespace rbee::formats
