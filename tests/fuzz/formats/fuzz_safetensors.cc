// Any bytes as a safetensors file: an Error, or tensors that lie within the bytes.

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/error.h"
#include "formats/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  try {
    for (const rbee::formats::TensorView& tensor : rbee::formats::read_safetensors(bytes, "input")) {
      RBEE_CHECK(tensor.data >= bytes.data() && tensor.data + tensor.bytes <= bytes.data() + size);
    }
  } catch (const rbee::Error&) {
  }
  return 0;
}
