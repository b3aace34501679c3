#include "formats/gguf_split.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

constexpr std::string_view kPattern = "-00000-of-00000.gguf";  // 0: any digit

struct NamedPart {
  std::uint64_t number, count;  // as written, from 1
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::uint64_t five_digits(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text.substr(0, 5)) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

std::optional<NamedPart> named_part(std::string_view name) {
  if (name.size() < kPattern.size()) return {};
  const std::string_view end = name.substr(name.size() - kPattern.size());
  const bool matches = std::equal(end.begin(), end.end(), kPattern.begin(),
                                  [](char c, char pattern) { return pattern == '0' ? is_digit(c) : c == pattern; });
  if (!matches) return {};
  return NamedPart{five_digits(end.substr(1)), five_digits(end.substr(10))};
}

std::optional<std::uint64_t> metadata_count(const GgufPart& part, std::string_view key, std::string_view source) {
  const auto found = part.metadata.find(key);
  if (found == part.metadata.end()) return {};
  if (const auto* value = std::get_if<std::uint64_t>(&found->second)) return *value;
  // llama.cpp's gguf-split writes split.tensors.count as int32.
  if (const auto* value = std::get_if<std::int64_t>(&found->second); value != nullptr && *value >= 0) {
    return static_cast<std::uint64_t>(*value);
  }
  fail(ErrorKind::kBadFile, "{}: {} is {}, expected a count", source, key, gguf_value_kind(found->second));
}

}  // namespace

GgufSplit gguf_split_of(const GgufPart& part, const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  GgufSplit split;
  split.count = metadata_count(part, "split.count", name).value_or(1);
  if (split.count <= 1) return {};
  if (split.count > kGgufPartsMax) {
    fail(ErrorKind::kBadFile, "{}: split.count {} exceeds limit {}", name, split.count, kGgufPartsMax);
  }
  split.number = metadata_count(part, "split.no", name).value_or(0);
  split.tensors = metadata_count(part, "split.tensors.count", name);
  if (split.number >= split.count) {
    fail(ErrorKind::kBadFile, "{}: split.no is {}, split.count is {}", name, split.number, split.count);
  }
  const std::optional<NamedPart> named = named_part(name);
  if (!named || named->number != split.number + 1 || named->count != split.count) {
    fail(ErrorKind::kBadFile, "{}: the file is part {} of {}; its name must end with -{:05}-of-{:05}.gguf", name,
         split.number + 1, split.count, split.number + 1, split.count);
  }
  return split;
}

void check_same_split(const GgufSplit& found, const GgufSplit& expected, std::uint64_t number,
                      const std::filesystem::path& path) {
  if (found.number != number || found.count != expected.count) {
    fail(ErrorKind::kBadFile, "{}: the file says it is part {} of {}, expected part {} of {}", path.filename().string(),
         found.number + 1, found.count, number + 1, expected.count);
  }
  if (found.tensors && expected.tensors && *found.tensors != *expected.tensors) {
    fail(ErrorKind::kBadFile, "{}: split.tensors.count is {}, other parts say {}", path.filename().string(),
         *found.tensors, *expected.tensors);
  }
}

std::filesystem::path gguf_part_path(const std::filesystem::path& any_part, std::uint64_t number, std::uint64_t count) {
  const std::string name = any_part.filename().string();
  const std::string prefix = name.substr(0, name.size() - kPattern.size());
  return any_part.parent_path() / fmt::format("{}-{:05}-of-{:05}.gguf", prefix, number + 1, count);
}

bool is_later_gguf_part(std::string_view name) {
  const std::optional<NamedPart> named = named_part(name);
  return named && named->number != 1;
}

}  // namespace rbee::formats
