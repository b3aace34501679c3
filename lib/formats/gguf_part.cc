#include "formats/gguf_part.h"

#include <bit>
#include <unordered_set>

#include "base/checked.h"
#include "formats/gguf_cursor.h"
#include "formats/gguf_metadata.h"
#include "formats/gguf_types.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

static_assert(std::endian::native == std::endian::little, "model files are little endian and are read in place");

constexpr std::uint64_t kDefaultAlignment = 32;
constexpr std::uint64_t kMetadataEntryBytesMin = 8 + 1 + 4 + 1;       // key length, key, kind, value
constexpr std::uint64_t kTensorInfoBytesMin = 8 + 1 + 4 + 8 + 4 + 8;  // name length, name, rank, ne, type, offset

struct Counts {
  std::uint64_t tensors, metadata;
};

Counts read_file_header(GgufCursor& cursor) {
  if (cursor.read_text(4, "the magic") != "GGUF") cursor.refuse("not a GGUF file: it does not begin with 'GGUF'");
  const auto version = cursor.read<std::uint32_t>("the version");
  if (version != 0 && (version & 0xFFFFu) == 0) {
    fail(ErrorKind::kUnsupported, "{}: the GGUF file is big endian; only little endian is supported", cursor.source());
  }
  if (version == 1) {
    fail(ErrorKind::kUnsupported, "{}: GGUF version 1 is no longer supported; convert the model again",
         cursor.source());
  }
  if (version < 2 || version > 3) {
    fail(version == 0 ? ErrorKind::kBadFile : ErrorKind::kUnsupported,
         "{}: GGUF version {} is not known; supported: 2, 3", cursor.source(), version);
  }
  const auto tensors = cursor.read<std::uint64_t>("the tensor count");
  const auto metadata = cursor.read<std::uint64_t>("the metadata count");
  if (tensors > kGgufTensorCountMax) cursor.refuse("tensor count {} exceeds limit {}", tensors, kGgufTensorCountMax);
  if (metadata > kGgufMetadataCountMax) {
    cursor.refuse("metadata count {} exceeds limit {}", metadata, kGgufMetadataCountMax);
  }
  // Both limits are far below 2^32, so these products cannot wrap.
  if (metadata * kMetadataEntryBytesMin + tensors * kTensorInfoBytesMin > cursor.bytes_left()) {
    cursor.refuse("{} metadata entries and {} tensors do not fit into the file's {} bytes", metadata, tensors,
                  cursor.position() + cursor.bytes_left());
  }
  return {tensors, metadata};
}

// general.alignment: a power of two within the limits. ggml demands uint32; any unsigned width says the same.
std::uint64_t alignment_of(const GgufPart& part, const GgufCursor& cursor) {
  const auto found = part.metadata.find("general.alignment");
  if (found == part.metadata.end()) return kDefaultAlignment;
  const auto* alignment = std::get_if<std::uint64_t>(&found->second);
  if (alignment == nullptr) {
    cursor.refuse("general.alignment is {}, expected an unsigned integer", gguf_value_kind(found->second));
  }
  if (!std::has_single_bit(*alignment) || *alignment < kGgufAlignmentMin || *alignment > kGgufAlignmentMax) {
    cursor.refuse("general.alignment is {}, expected a power of two from {} to {}", *alignment, kGgufAlignmentMin,
                  kGgufAlignmentMax);
  }
  return *alignment;
}

struct TensorInfo {
  std::string name;
  std::vector<std::uint64_t> ne;  // innermost first
  std::uint32_t type_id = 0;
  GgufTensorType type;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

std::string read_tensor_name(GgufCursor& cursor, std::uint64_t index) {
  std::string name(cursor.read_string(fmt::format("the name of tensor {}", index), kGgufTensorNameBytesMax));
  if (name.empty()) cursor.refuse("tensor {} has no name", index);
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20) cursor.refuse("the name of tensor {} holds a control character", index);
  }
  return name;
}

GgufTensorType checked_type(const GgufCursor& cursor, const TensorInfo& info) {
  const std::optional<GgufTensorType> type = gguf_tensor_type(info.type_id);
  if (!type) cursor.refuse("tensor '{}': type {} is not known", info.name, info.type_id);
  if (type->removed) {
    fail(ErrorKind::kUnsupported, "{}: tensor '{}': type {} ({}) was removed from GGUF; convert the model again",
         cursor.source(), info.name, info.type_id, type->name);
  }
  return *type;
}

std::uint64_t tensor_bytes(const GgufCursor& cursor, const TensorInfo& info) {
  if (info.ne[0] % info.type.block_values != 0) {
    cursor.refuse("tensor '{}': rows of {} values are no whole blocks of {} ({} values)", info.name, info.ne[0],
                  info.type.name, info.type.block_values);
  }
  Checked values = 1;
  for (const std::uint64_t n : info.ne) values *= n;
  const std::uint64_t blocks =
      values.value_or_throw(fmt::format("{}: tensor '{}'", cursor.source(), info.name)) / info.type.block_values;
  return (Checked(blocks) * info.type.block_bytes)
      .value_or_throw(fmt::format("{}: tensor '{}'", cursor.source(), info.name));
}

TensorInfo read_tensor_info(GgufCursor& cursor, std::uint64_t index) {
  TensorInfo info;
  info.name = read_tensor_name(cursor, index);
  const auto rank = cursor.read<std::uint32_t>(info.name);
  if (rank < 1 || rank > kGgufDimensionsMax) {
    cursor.refuse("tensor '{}' has {} dimensions, expected 1 to {}", info.name, rank, kGgufDimensionsMax);
  }
  for (std::uint32_t i = 0; i < rank; ++i) {
    const auto n = cursor.read<std::uint64_t>(info.name);
    if (n < 1 || n > kGgufDimensionMax) {
      cursor.refuse("tensor '{}': dimension {} is {}, expected 1 to {}", info.name, i, n, kGgufDimensionMax);
    }
    info.ne.push_back(n);
  }
  info.type_id = cursor.read<std::uint32_t>(info.name);
  info.offset = cursor.read<std::uint64_t>(info.name);
  info.type = checked_type(cursor, info);
  info.bytes = tensor_bytes(cursor, info);
  return info;
}

std::vector<TensorInfo> read_tensor_infos(GgufCursor& cursor, std::uint64_t count) {
  std::vector<TensorInfo> infos;
  std::unordered_set<std::string> names;
  for (std::uint64_t i = 0; i < count; ++i) {
    infos.push_back(read_tensor_info(cursor, i));
    if (!names.insert(infos.back().name).second) cursor.refuse("duplicate tensor '{}'", infos.back().name);
  }
  return infos;
}

// Places each tensor: offsets are the running sum of the padded sizes, and every end lies within the file.
std::vector<TensorView> place_tensors(std::vector<TensorInfo> infos, const GgufCursor& cursor,
                                      std::span<const std::byte> bytes, std::uint64_t alignment) {
  const Checked data_begin = Checked(cursor.position()).padded_to(alignment);
  std::vector<TensorView> tensors;
  Checked expected = 0;
  for (TensorInfo& info : infos) {
    const std::string what = fmt::format("{}: tensor '{}'", cursor.source(), info.name);
    if (info.offset != expected.value_or_throw(what)) {
      cursor.refuse("tensor '{}' has offset {}, expected {}", info.name, info.offset, expected.value_or_throw(what));
    }
    const std::uint64_t begin = (data_begin + info.offset).value_or_throw(what);
    const std::uint64_t end = (Checked(begin) + info.bytes).value_or_throw(what);
    if (end > bytes.size()) {
      cursor.refuse("tensor '{}' ends at {}, the file has {} bytes", info.name, end, bytes.size());
    }
    if (!info.type.dtype) {
      fail(ErrorKind::kUnsupported,
           "{}: type {} is not supported; supported: F32, F16, BF16, Q8_0, Q4_0, Q5_0, Q4_K, Q5_K, Q6_K, IQ4_NL", what,
           info.type.name);
    }
    expected = (Checked(info.offset) + info.bytes).padded_to(alignment);
    tensors.push_back(
        {std::move(info.name), *info.type.dtype, {info.ne.rbegin(), info.ne.rend()}, bytes.data() + begin, info.bytes});
  }
  return tensors;
}

}  // namespace

GgufPart parse_gguf_part(std::span<const std::byte> bytes, std::string_view source) {
  GgufCursor cursor(bytes, source);
  const Counts counts = read_file_header(cursor);
  GgufPart part;
  part.metadata = read_gguf_metadata(cursor, counts.metadata);
  const std::uint64_t alignment = alignment_of(part, cursor);
  part.tensors = place_tensors(read_tensor_infos(cursor, counts.tensors), cursor, bytes, alignment);
  return part;
}

}  // namespace rbee::formats
