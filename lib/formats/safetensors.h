#pragma once
// safetensors: an 8-byte little-endian header length, a JSON header, then the tensors' bytes without gaps.
// Source: the format's README and safetensors/src/tensor.rs (huggingface/safetensors).

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "formats/mapped_file.h"
#include "formats/tensor_view.h"

namespace rbee::formats {

/// The tensors of the safetensors file whose whole content is `bytes`, in the order of their data. Only the header is
/// read. Checked: the header length; every rule of parse_safetensors_header(); that each dtype is known, each size is
/// that of shape and dtype, and that the data ranges follow one another without overlap, hole or rest up to the end.
/// Tensors may begin at odd addresses; shapes may have rank 0 or dimensions of 0. `source` names the file in errors.
/// Throws Error: kBadFile; kUnsupported for a dtype of the format other than F32, F16 and BF16.
std::vector<TensorView> read_safetensors(std::span<const std::byte> bytes, std::string_view source);

/// One mapped safetensors file. Immutable; any thread may read.
class SafetensorsFile {
 public:
  /// As MappedFile and read_safetensors().
  explicit SafetensorsFile(const std::filesystem::path& path)
      : file_(path), tensors_(read_safetensors(file_.bytes(), path.filename().string())) {}

  const MappedFile& file() const { return file_; }
  /// Their data lies in file().
  const std::vector<TensorView>& tensors() const { return tensors_; }

 private:
  MappedFile file_;
  std::vector<TensorView> tensors_;
};

}  // namespace rbee::formats
