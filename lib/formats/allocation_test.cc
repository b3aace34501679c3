// A program of its own, since it replaces operator new: forged counts must be refused before memory is asked for.

#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "formats/gguf_part.h"
#include "formats/safetensors.h"
#include "formats/test_files.h"

namespace {

thread_local bool counting = false;
thread_local std::size_t counted_bytes = 0;

void* counted(std::size_t size) {
  if (counting) counted_bytes += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace rbee::formats {
namespace {

// Bytes allocated, freed or not, until the Error.
template <typename Parse>
std::size_t bytes_until_error(Parse&& parse) {
  counted_bytes = 0;
  counting = true;
  bool refused = false;
  try {
    parse();
  } catch (const Error&) {
    refused = true;
  }
  counting = false;
  EXPECT_TRUE(refused);
  return counted_bytes;
}

TEST(AllocationTest, forged_gguf_counts_cost_little_memory) {
  const std::string rest(1 << 20, '\0');  // a file large enough for some of the claims
  const std::vector<std::string> files = {
      GgufWriter().header(0, INT64_MAX) + rest,
      GgufWriter().header(std::uint64_t{1} << 61, 0) + rest,
      GgufWriter().header(131'072, 65'536) + rest,
      GgufWriter().header(1000, 0) + rest,
      GgufWriter().entry("s", 8, raw(~std::uint64_t{0})).header() + rest,
      GgufWriter().entry("s", 8, raw(std::uint64_t{1} << 63)).header() + rest,
      GgufWriter().entry("s", 8, raw<std::uint64_t>(rest.size() + 1)).header() + rest,
      GgufWriter().array("a", 12, ~std::uint64_t{0}, "").header() + rest,
      GgufWriter().array("a", 12, 1 << 22, "").header() + rest,
      GgufWriter().array("a", 8, 100'000, raw(~std::uint64_t{0})).header() + rest,
      GgufWriter().info("x", {std::uint64_t{1} << 32, std::uint64_t{1} << 32}, 0, 0).header() + rest,
  };
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& file = files[i];
    EXPECT_LT(bytes_until_error([&file] { parse_gguf_part(as_bytes(file), "m.gguf"); }), 65'536u) << "case " << i;
  }
}

TEST(AllocationTest, forged_safetensors_headers_cost_little_memory) {
  const std::string deep = safetensors_file(R"({"x":{"y":)" + std::string(1 << 20, '['));
  const std::string wide = safetensors_file(R"({"x":{"dtype":"F32","shape":[)" + std::string(1 << 20, '1'));
  const std::string big =
      safetensors_file(R"({"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", "1234");
  for (const std::string* file : {&deep, &wide, &big}) {
    EXPECT_LT(bytes_until_error([file] { read_safetensors(as_bytes(*file), "m"); }), 65'536u);
  }
}

}  // namespace
}  // namespace rbee::formats
