#pragma once
// GGUF, versions 2 and 3, little endian: metadata and tensors of one file, or of all parts of a split one.
// Source: ggml's docs/gguf.md and the reader in gguf.cpp.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "formats/mapped_file.h"
#include "formats/tensor_view.h"

namespace rbee::formats {

/// A metadata value. Integers of every width are held as int64 or uint64, floats as double; arrays hold one kind.
using GgufValue =
    std::variant<std::uint64_t, std::int64_t, double, bool, std::string, std::vector<std::uint64_t>,
                 std::vector<std::int64_t>, std::vector<double>, std::vector<bool>, std::vector<std::string>>;

/// An opened GGUF. Immutable after construction; any thread may read.
class GgufFile {
 public:
  /// Maps `path` and every other part of a split file (name-00001-of-00003.gguf, any part given) and checks every
  /// count, length and offset against limits.h and the file's end. Throws Error{kBadFile, kNotFound, kUnsupported}.
  static std::unique_ptr<GgufFile> open(const std::filesystem::path& path);

  /// Metadata by key; of the first part.
  const std::map<std::string, GgufValue, std::less<>>& metadata() const { return metadata_; }
  /// Null when the key is absent.
  const GgufValue* find(std::string_view key) const;

  /// Typed access. Required forms throw Error{kBadFile} naming the key, the type found and the type wanted.
  std::uint64_t get_uint(std::string_view key) const;
  std::uint64_t get_uint(std::string_view key, std::uint64_t fallback) const;
  double get_float(std::string_view key, double fallback) const;
  bool get_bool(std::string_view key, bool fallback) const;
  const std::string& get_string(std::string_view key) const;
  std::string get_string(std::string_view key, std::string_view fallback) const;
  /// Null when absent; throws Error{kBadFile} when present with another type.
  const std::vector<std::string>* find_strings(std::string_view key) const;
  std::vector<float> get_floats(std::string_view key) const;       ///< empty when absent
  std::vector<std::int64_t> get_ints(std::string_view key) const;  ///< signed or unsigned arrays; empty when absent

  /// By GGUF name ("blk.0.attn_q.weight"). Shapes are outermost first, the reverse of GGUF's ne.
  const std::map<std::string, TensorView, std::less<>>& tensors() const { return tensors_; }
  const std::filesystem::path& path() const { return path_; }
  /// The parts, each a file.
  std::vector<const MappedFile*> files() const;
  /// As MappedFile::still_whole(), of all parts.
  bool still_whole() const;

  /// A file without content, for GgufReader to fill.
  GgufFile() = default;

 private:
  friend class GgufReader;
  std::filesystem::path path_;
  std::vector<std::unique_ptr<MappedFile>> parts_;
  std::map<std::string, GgufValue, std::less<>> metadata_;
  std::map<std::string, TensorView, std::less<>> tensors_;
};

}  // namespace rbee::formats
