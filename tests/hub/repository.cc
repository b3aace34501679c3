#include "repository.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "pool/digest.h"

namespace rbee::hub {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSmallFileMax = 64 << 20;

std::string stamp_of(const fs::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) fail(ErrorKind::kNotFound, "{}: not there", file.string());
  return fmt::format("{} {}.{:09}", info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

std::string sha1_of(std::string_view kind, std::string_view content) {
  pool::Digest digest(pool::Digest::Algorithm::kSha1);
  digest.update(fmt::format("{} {}", kind, content.size()) + '\0');
  digest.update(content);
  return digest.hex();
}

bool is_large(const fs::path& file) {
  const std::string extension = file.extension().string();
  return extension == ".safetensors" || extension == ".gguf" || extension == ".bin" || extension == ".pt" ||
         extension == ".onnx" || file.filename() == "tokenizer.model";
}

// The pointer file that git keeps in place of a large one (git-lfs specification).
std::string pointer_text(const HubFile& file) {
  return fmt::format("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n", file.sha256, file.size);
}

}  // namespace

const HubFile* Repository::find(const std::string& path) const {
  const auto found = std::find_if(files.begin(), files.end(), [&](const HubFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

std::string DigestCache::sha256(const fs::path& file) {
  const std::lock_guard lock(mutex_);
  const std::string key = file.string() + " " + stamp_of(file);
  std::string& digest = digests_[key];
  if (!digest.empty()) return digest;
  const fs::path beside = file.parent_path() / ("." + file.filename().string() + ".sha256");
  std::string stamp, size, time;
  if (std::ifstream(beside) >> digest >> size >> time && size + " " + time == stamp_of(file)) return digest;
  digest = pool::sha256_of_file(file);
  std::ofstream(beside) << digest << " " << stamp_of(file) << "\n";  // a root that cannot be written hashes again
  return digest;
}

std::string DigestCache::git_sha1(const fs::path& file) {
  const std::lock_guard lock(mutex_);
  std::string& digest = digests_["git " + file.string() + " " + stamp_of(file)];
  if (digest.empty()) digest = sha1_of("blob", read_file(file, kSmallFileMax));
  return digest;
}

Repository read_repository(const fs::path& root, const std::string& name, DigestCache& digests) {
  const fs::path folder = root / name;
  if (name.find("..") != std::string::npos || !fs::is_directory(folder)) {
    fail(ErrorKind::kNotFound, "no repository {}", name);
  }
  Repository repository{name, "", {}};
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().lexically_relative(folder).generic_string();
    const bool own = entry.path().filename().string().starts_with('.') && entry.path().extension() == ".sha256";
    if (!entry.is_regular_file() || own) continue;
    HubFile file{path, entry.path(), entry.file_size(), is_large(entry.path()), "", ""};
    if (file.large) file.sha256 = digests.sha256(file.on_disk);
    file.oid = file.large ? sha1_of("blob", pointer_text(file)) : digests.git_sha1(file.on_disk);
    repository.files.push_back(std::move(file));
  }
  std::sort(repository.files.begin(), repository.files.end(),
            [](const HubFile& a, const HubFile& b) { return a.path < b.path; });
  std::string listing = name + "\n";
  for (const HubFile& file : repository.files) listing += fmt::format("{} {} {}\n", file.path, file.size, file.etag());
  repository.commit = sha1_of("commit", listing);
  return repository;
}

std::vector<std::string> repository_names(const fs::path& root) {
  std::vector<std::string> names;
  for (const fs::directory_entry& owner : fs::directory_iterator(root)) {
    if (!owner.is_directory()) continue;
    for (const fs::directory_entry& repository : fs::directory_iterator(owner)) {
      if (repository.is_directory()) names.push_back((owner.path().filename() / repository.path().filename()).string());
    }
  }
  return names;
}

}  // namespace rbee::hub
