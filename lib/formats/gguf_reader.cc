#include "formats/gguf_reader.h"

#include <optional>

#include "base/error.h"
#include "formats/gguf_part.h"
#include "formats/gguf_split.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

void add_tensors(std::map<std::string, TensorView, std::less<>>& to, GgufPart& part, std::string_view source) {
  for (TensorView& tensor : part.tensors) {
    std::string name = tensor.name;
    const auto [at, added] = to.emplace(std::move(name), std::move(tensor));
    if (!added) fail(ErrorKind::kBadFile, "{}: tensor '{}' is in another part, too", source, at->first);
  }
}

}  // namespace

std::unique_ptr<GgufFile> GgufReader::read(std::span<const std::byte> bytes, const std::filesystem::path& path) {
  GgufPart part = parse_gguf_part(bytes, path.filename().string());
  auto file = std::make_unique<GgufFile>();
  file->path_ = path;
  add_tensors(file->tensors_, part, path.filename().string());
  file->metadata_ = std::move(part.metadata);
  return file;
}

std::unique_ptr<GgufFile> GgufReader::open(const std::filesystem::path& path) {
  auto file = std::make_unique<GgufFile>();
  file->path_ = path;
  file->parts_.push_back(std::make_unique<MappedFile>(path));
  GgufPart given = parse_gguf_part(file->parts_[0]->bytes(), path.filename().string());
  const GgufSplit split = gguf_split_of(given, path);
  for (std::uint64_t number = 0; number < split.count; ++number) {
    if (number == split.number) {
      add_tensors(file->tensors_, given, path.filename().string());
      if (number == 0) file->metadata_ = std::move(given.metadata);
      continue;
    }
    const std::filesystem::path part_path = gguf_part_path(path, number, split.count);
    file->parts_.push_back(std::make_unique<MappedFile>(part_path));
    GgufPart part = parse_gguf_part(file->parts_.back()->bytes(), part_path.filename().string());
    check_same_split(gguf_split_of(part, part_path), split, number, part_path);
    add_tensors(file->tensors_, part, part_path.filename().string());
    if (number == 0) {
      file->metadata_ = std::move(part.metadata);
      file->path_ = part_path;
    }
  }
  if (split.tensors && *split.tensors != file->tensors_.size()) {
    fail(ErrorKind::kBadFile, "{}: split.tensors.count is {}, the parts hold {} tensors", path.filename().string(),
         *split.tensors, file->tensors_.size());
  }
  return file;
}

}  // namespace rbee::formats
