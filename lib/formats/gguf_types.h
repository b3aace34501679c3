#pragma once
// The numbers by which GGUF names metadata kinds and tensor types.
// Source: ggml's docs/gguf.md (enum gguf_metadata_value_type) and ggml.h (enum ggml_type).

#include <cstdint>
#include <optional>
#include <string_view>

#include "formats/dtype.h"

namespace rbee::formats {

enum class GgufKind : std::uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};
constexpr std::uint32_t kGgufKinds = 13;

/// Bytes of one value in the file; for strings and arrays the least that one takes.
std::uint64_t gguf_kind_bytes(GgufKind kind);

/// A tensor type that GGUF knows, whether or not this program computes with it.
struct GgufTensorType {
  std::string_view name;
  std::uint32_t block_values = 0, block_bytes = 0;
  std::optional<DType> dtype;  ///< none: known, but not supported
  bool removed = false;        ///< existed once; the layout is gone
};

/// The number of a type that this program computes with.
std::uint32_t gguf_type_id(DType dtype);

/// None when `id` was never a type.
std::optional<GgufTensorType> gguf_tensor_type(std::uint32_t id);

}  // namespace rbee::formats
