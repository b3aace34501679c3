#pragma once
// For tests: forged model files and the errors they cause.

#include <atomic>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "base/error.h"

namespace rbee::formats {

/// "bad_file: <message>" of the Error that `action` throws; "" when it throws none.
template <typename Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error_code(error.kind())) + ": " + error.what();
  }
  return "";
}

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The bytes of a plain value, as it lies in memory (little endian).
template <typename T>
std::string raw(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// A folder of its own that goes with the object.
class TestFolder {
 public:
  TestFolder() {
    static std::atomic<int> next = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("rbee_formats_" + std::to_string(::getpid()) + "_" + std::to_string(next++));
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// A safetensors file of this header and data.
inline std::string safetensors_file(std::string_view header, std::string_view data = "") {
  std::string file = raw<std::uint64_t>(header.size());
  file += header;
  file += data;
  return file;
}

/// Writes GGUF files, right and wrong ones.
class GgufWriter {
 public:
  std::uint32_t version = 3;
  std::uint64_t alignment = 32;  ///< that the writer pads to; says nothing in the metadata

  static std::string text(std::string_view value) { return raw<std::uint64_t>(value.size()) + std::string(value); }

  /// One metadata entry of kind `kind` with these bytes as its value.
  GgufWriter& entry(std::string_view key, std::uint32_t kind, std::string_view value) {
    metadata_ += text(key) + raw(kind) + std::string(value);
    ++metadata_count_;
    return *this;
  }
  GgufWriter& u32(std::string_view key, std::uint32_t value) { return entry(key, 4, raw(value)); }
  GgufWriter& f32(std::string_view key, float value) { return entry(key, 6, raw(value)); }
  GgufWriter& string(std::string_view key, std::string_view value) { return entry(key, 8, text(value)); }
  /// An array of elements of kind `kind` whose bytes are `elements`.
  GgufWriter& array(std::string_view key, std::uint32_t kind, std::uint64_t count, std::string_view elements) {
    return entry(key, 9, raw(kind) + raw(count) + std::string(elements));
  }
  GgufWriter& strings(std::string_view key, const std::vector<std::string>& values) {
    std::string elements;
    for (const std::string& value : values) elements += text(value);
    return array(key, 8, values.size(), elements);
  }

  /// A tensor of `bytes` bytes at the next offset.
  GgufWriter& tensor(std::string_view name, const std::vector<std::uint64_t>& ne, std::uint32_t type,
                     std::uint64_t bytes) {
    const std::uint64_t offset = data_.size();
    info(name, ne, type, offset);
    data_.resize(offset + (bytes + alignment - 1) / alignment * alignment, '\x01');
    return *this;
  }
  /// A tensor's description alone.
  GgufWriter& info(std::string_view name, const std::vector<std::uint64_t>& ne, std::uint32_t type,
                   std::uint64_t offset) {
    infos_ += text(name) + raw<std::uint32_t>(static_cast<std::uint32_t>(ne.size()));
    for (const std::uint64_t n : ne) infos_ += raw(n);
    infos_ += raw(type) + raw(offset);
    ++tensor_count_;
    return *this;
  }

  std::string header() const { return header(tensor_count_, metadata_count_); }
  /// The whole header, with other counts than the true ones.
  std::string header(std::uint64_t tensors, std::uint64_t metadata) const {
    return "GGUF" + raw(version) + raw(tensors) + raw(metadata) + metadata_ + infos_;
  }
  std::string file() const {
    std::string bytes = header();
    if (!data_.empty()) bytes.resize((bytes.size() + alignment - 1) / alignment * alignment, '\0');
    return bytes + data_;
  }

 private:
  std::string metadata_, infos_, data_;
  std::uint64_t metadata_count_ = 0, tensor_count_ = 0;
};

}  // namespace rbee::formats
