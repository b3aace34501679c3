#include "formats/gguf.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "formats/gguf_part.h"
#include "formats/gguf_reader.h"

namespace rbee::formats {
namespace {

[[noreturn]] void wrong_kind(const std::filesystem::path& path, std::string_view key, const GgufValue& value,
                             std::string_view wanted) {
  fail(ErrorKind::kBadFile, "{}: {} is {}, expected {}", path.filename().string(), key, gguf_value_kind(value), wanted);
}

[[noreturn]] void missing(const std::filesystem::path& path, std::string_view key, std::string_view wanted) {
  fail(ErrorKind::kBadFile, "{}: {} is missing, expected {}", path.filename().string(), key, wanted);
}

constexpr std::string_view kUnsigned = "an unsigned integer";

}  // namespace

std::string_view gguf_value_kind(const GgufValue& value) {
  constexpr std::string_view kKinds[] = {"an unsigned integer",
                                         "a signed integer",
                                         "a float",
                                         "a boolean",
                                         "a string",
                                         "an array of unsigned integers",
                                         "an array of signed integers",
                                         "an array of floats",
                                         "an array of booleans",
                                         "an array of strings"};
  static_assert(std::size(kKinds) == std::variant_size_v<GgufValue>);
  return kKinds[value.index()];
}

std::unique_ptr<GgufFile> GgufFile::open(const std::filesystem::path& path) {
  return GgufReader::open(path);
}

bool GgufFile::still_whole() const {
  return std::all_of(parts_.begin(), parts_.end(), [](const auto& part) { return part->still_whole(); });
}

std::vector<const MappedFile*> GgufFile::files() const {
  std::vector<const MappedFile*> files;
  for (const auto& part : parts_) files.push_back(part.get());
  return files;
}

const GgufValue* GgufFile::find(std::string_view key) const {
  const auto found = metadata_.find(key);
  return found == metadata_.end() ? nullptr : &found->second;
}

std::uint64_t GgufFile::get_uint(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) missing(path_, key, kUnsigned);
  if (const auto* number = std::get_if<std::uint64_t>(value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(value)) {
    if (*number >= 0) return static_cast<std::uint64_t>(*number);
    fail(ErrorKind::kBadFile, "{}: {} is {}, expected {}", path_.filename().string(), key, *number, kUnsigned);
  }
  wrong_kind(path_, key, *value, kUnsigned);
}

std::uint64_t GgufFile::get_uint(std::string_view key, std::uint64_t fallback) const {
  return find(key) == nullptr ? fallback : get_uint(key);
}

double GgufFile::get_float(std::string_view key, double fallback) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return fallback;
  if (const auto* number = std::get_if<double>(value)) return *number;
  wrong_kind(path_, key, *value, "a float");
}

bool GgufFile::get_bool(std::string_view key, bool fallback) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return fallback;
  if (const auto* flag = std::get_if<bool>(value)) return *flag;
  wrong_kind(path_, key, *value, "a boolean");
}

const std::string& GgufFile::get_string(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) missing(path_, key, "a string");
  if (const auto* text = std::get_if<std::string>(value)) return *text;
  wrong_kind(path_, key, *value, "a string");
}

std::string GgufFile::get_string(std::string_view key, std::string_view fallback) const {
  return find(key) == nullptr ? std::string(fallback) : get_string(key);
}

const std::vector<std::string>* GgufFile::find_strings(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return nullptr;
  if (const auto* strings = std::get_if<std::vector<std::string>>(value)) return strings;
  wrong_kind(path_, key, *value, "an array of strings");
}

std::vector<float> GgufFile::get_floats(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return {};
  const auto* numbers = std::get_if<std::vector<double>>(value);
  if (numbers == nullptr) wrong_kind(path_, key, *value, "an array of floats");
  std::vector<float> floats;
  floats.reserve(numbers->size());
  for (const double number : *numbers) floats.push_back(static_cast<float>(number));
  return floats;
}

std::vector<std::int64_t> GgufFile::get_ints(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return {};
  if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(value)) return *numbers;
  const auto* numbers = std::get_if<std::vector<std::uint64_t>>(value);
  if (numbers == nullptr) wrong_kind(path_, key, *value, "an array of integers");
  std::vector<std::int64_t> ints;
  ints.reserve(numbers->size());
  for (const std::uint64_t number : *numbers) {
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      fail(ErrorKind::kBadFile, "{}: {} holds {}, which is out of range", path_.filename().string(), key, number);
    }
    ints.push_back(static_cast<std::int64_t>(number));
  }
  return ints;
}

}  // namespace rbee::formats
