#include "formats/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "formats/limits.h"
#include "formats/safetensors_header.h"

namespace rbee::formats {
namespace {

struct KnownDType {
  std::string_view name;
  std::uint32_t bits;
  std::optional<DType> dtype;  // none: of the format, but not for this program
};

constexpr std::array kKnownDTypes = {
    KnownDType{"F32", 32, DType::kF32},
    KnownDType{"F16", 16, DType::kF16},
    KnownDType{"BF16", 16, DType::kBF16},
    KnownDType{"BOOL", 8, {}},
    KnownDType{"U8", 8, {}},
    KnownDType{"I8", 8, {}},
    KnownDType{"F8_E5M2", 8, {}},
    KnownDType{"F8_E4M3", 8, {}},
    KnownDType{"F8_E8M0", 8, {}},
    KnownDType{"F8_E4M3FNUZ", 8, {}},
    KnownDType{"F8_E5M2FNUZ", 8, {}},
    KnownDType{"F4", 4, {}},
    KnownDType{"F6_E2M3", 6, {}},
    KnownDType{"F6_E3M2", 6, {}},
    KnownDType{"I16", 16, {}},
    KnownDType{"U16", 16, {}},
    KnownDType{"I32", 32, {}},
    KnownDType{"U32", 32, {}},
    KnownDType{"C64", 64, {}},
    KnownDType{"F64", 64, {}},
    KnownDType{"I64", 64, {}},
    KnownDType{"U64", 64, {}},
};

const KnownDType& known_dtype(const SafetensorsEntry& entry, std::string_view source) {
  const auto* found = std::find_if(kKnownDTypes.begin(), kKnownDTypes.end(),
                                   [&entry](const KnownDType& known) { return known.name == entry.dtype; });
  if (found == kKnownDTypes.end()) {
    fail(ErrorKind::kBadFile, "{}: tensor '{}': dtype '{}' is not known", source, entry.name, entry.dtype);
  }
  return *found;
}

std::string_view header_of(std::span<const std::byte> bytes, std::string_view source) {
  if (bytes.size() < 8) {
    fail(ErrorKind::kBadFile, "{}: the file has {} bytes, a safetensors file has at least 8", source, bytes.size());
  }
  std::uint64_t length = 0;
  for (int i = 7; i >= 0; --i)
    length = length << 8 | std::to_integer<std::uint64_t>(bytes[static_cast<std::size_t>(i)]);
  if (length > kSafetensorsHeaderBytesMax) {
    fail(ErrorKind::kBadFile, "{}: the header has {} bytes, the limit is {}", source, length,
         kSafetensorsHeaderBytesMax);
  }
  if (length > bytes.size() - 8) {
    fail(ErrorKind::kBadFile, "{}: the header ends at {}, the file has {} bytes", source, length + 8, bytes.size());
  }
  return {reinterpret_cast<const char*>(bytes.data()) + 8, static_cast<std::size_t>(length)};
}

// That the entry's range has the size of its shape and dtype.
void check_size(const SafetensorsEntry& entry, const KnownDType& known, std::string_view source) {
  Checked values = 1;
  for (const std::uint64_t dimension : entry.shape) values *= dimension;
  const std::uint64_t bits = (values * known.bits).value_or_throw(fmt::format("{}: tensor '{}'", source, entry.name));
  if (bits % 8 != 0) {
    fail(ErrorKind::kBadFile, "{}: tensor '{}': {} values of {} do not fill whole bytes", source, entry.name,
         bits / known.bits, known.name);
  }
  if (entry.end < entry.begin) {
    fail(ErrorKind::kBadFile, "{}: tensor '{}': data_offsets [{}, {}] are reversed", source, entry.name, entry.begin,
         entry.end);
  }
  if (entry.end - entry.begin != bits / 8) {
    fail(ErrorKind::kBadFile, "{}: tensor '{}': data_offsets hold {} bytes, shape and dtype need {}", source,
         entry.name, entry.end - entry.begin, bits / 8);
  }
}

// That the ranges, sorted, follow one another from 0 to the file's end.
void check_contiguous(const std::vector<SafetensorsEntry>& entries, std::uint64_t data_begin, std::uint64_t data_bytes,
                      std::string_view source) {
  std::uint64_t expected = 0;
  for (const SafetensorsEntry& entry : entries) {
    if (entry.end > data_bytes) {
      const std::uint64_t end =
          (Checked(entry.end) + data_begin).value_or_throw(fmt::format("{}: tensor '{}'", source, entry.name));
      fail(ErrorKind::kBadFile, "{}: tensor '{}' ends at {}, the file has {} bytes", source, entry.name, end,
           data_begin + data_bytes);
    }
    if (entry.begin != expected) {
      fail(ErrorKind::kBadFile, "{}: tensor '{}' begins at data offset {}, expected {}: {}", source, entry.name,
           entry.begin, expected, entry.begin > expected ? "a hole before it" : "it overlaps the tensor before it");
    }
    expected = entry.end;
  }
  if (expected != data_bytes) {
    fail(ErrorKind::kBadFile, "{}: the tensors end at {}, the file has {} bytes", source, data_begin + expected,
         data_begin + data_bytes);
  }
}

}  // namespace

std::vector<TensorView> read_safetensors(std::span<const std::byte> bytes, std::string_view source) {
  const std::string_view header = header_of(bytes, source);
  std::vector<SafetensorsEntry> entries = parse_safetensors_header(header, source);
  std::sort(entries.begin(), entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::unordered_set<std::string_view> names;
  for (const SafetensorsEntry& entry : entries) {
    if (!names.insert(entry.name).second) {
      fail(ErrorKind::kBadFile, "{}: duplicate tensor '{}'", source, entry.name);
    }
    check_size(entry, known_dtype(entry, source), source);
  }
  const std::uint64_t data_begin = 8 + header.size();
  check_contiguous(entries, data_begin, bytes.size() - data_begin, source);
  std::vector<TensorView> tensors;
  tensors.reserve(entries.size());
  for (SafetensorsEntry& entry : entries) {
    const KnownDType& known = known_dtype(entry, source);
    if (!known.dtype) {
      fail(ErrorKind::kUnsupported, "{}: tensor '{}': dtype {} is not supported; supported: F32, F16, BF16", source,
           entry.name, known.name);
    }
    tensors.push_back({std::move(entry.name), *known.dtype, std::move(entry.shape),
                       bytes.data() + data_begin + entry.begin, entry.end - entry.begin});
  }
  return tensors;
}

}  // namespace rbee::formats
