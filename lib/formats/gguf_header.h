#pragma once
// Writing the header of a GGUF file: metadata and tensor descriptions, before the tensors' bytes.
// Source: ggml's docs/gguf.md.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/dtype.h"

namespace rbee::formats {

/// Puts a header together. Entries come out in the order in which they were added.
class GgufHeader {
 public:
  void add_uint32(std::string_view key, std::uint32_t value);
  void add_string(std::string_view key, std::string_view value);
  /// Returns where in bytes() the first of the values stands.
  std::size_t add_uint64s(std::string_view key, const std::vector<std::uint64_t>& values);
  /// `shape` outermost first, as TensorView has it; `offset` from the first tensor's first byte.
  void add_tensor(std::string_view name, const std::vector<std::uint64_t>& shape, DType dtype, std::uint64_t offset);

  /// The file's bytes up to the first tensor, padded to `alignment`, which the metadata must name.
  std::string bytes(std::uint64_t alignment) const;

 private:
  void add_key(std::string_view key, std::uint32_t kind);

  std::string metadata_, tensors_;
  std::uint64_t metadata_count_ = 0, tensor_count_ = 0;
};

}  // namespace rbee::formats
