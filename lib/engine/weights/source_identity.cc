#include "engine/weights/source_identity.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/checksum.h"
#include "engine/weights/limits.h"

namespace rbee::engine {
namespace {

// Where in the model's files the tensor begins: "1:4096".
std::string place_of(const formats::TensorView& tensor, const std::vector<const formats::MappedFile*>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::span<const std::byte> bytes = files[i]->bytes();
    if (tensor.data < bytes.data() || tensor.data > bytes.data() + bytes.size()) continue;
    return fmt::format("{}:{}", i, tensor.data - bytes.data());
  }
  return "-";
}

std::uint64_t sampled_sum(std::span<const std::byte> bytes, std::uint64_t seed) {
  std::uint64_t sum = checksum64(bytes.first(std::min<std::uint64_t>(bytes.size(), kIdentityHeadBytes)), seed);
  if (bytes.size() <= kIdentitySampleBytes) return sum;
  const std::uint64_t last = bytes.size() - kIdentitySampleBytes;
  for (std::uint64_t i = 0; i < kIdentitySamples; ++i) {
    // The last sample ends with the file; dividing first keeps the product small.
    const std::uint64_t at = i + 1 == kIdentitySamples ? last : last / (kIdentitySamples - 1) * i;
    sum = checksum64(bytes.subspan(at, kIdentitySampleBytes), sum);
  }
  return sum;
}

}  // namespace

std::string source_identity(const formats::ModelFiles& files) {
  const std::vector<const formats::MappedFile*> mapped = files.files();
  std::string text;
  for (const auto& [name, tensor] : files.tensors()) {
    text += fmt::format("{} {} {} {}\n", name, formats::dtype_info(tensor.dtype).name, fmt::join(tensor.shape, "x"),
                        place_of(tensor, mapped));
  }
  for (const formats::MappedFile* file : mapped) {
    text += fmt::format("{} {} {} {:016x} {:016x}\n", file->path().filename().string(), file->bytes().size(),
                        file->changed_ns(), sampled_sum(file->bytes(), 1), sampled_sum(file->bytes(), 2));
  }
  return fmt::format("{:016x}{:016x}", checksum64(text, 1), checksum64(text, 2));
}

}  // namespace rbee::engine
