// Any bytes as a GGUF file: an Error, or tensors that lie within the bytes and a checked configuration.

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/error.h"
#include "formats/gguf_config.h"
#include "formats/gguf_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  try {
    const auto file = rbee::formats::GgufReader::read(bytes, "input.gguf");
    for (const auto& [name, tensor] : file->tensors()) {
      RBEE_CHECK(tensor.data >= bytes.data() && tensor.data + tensor.bytes <= bytes.data() + size);
    }
    const rbee::formats::ModelConfig config = rbee::formats::gguf_model_config(*file);
    RBEE_CHECK(config.sliding_windows.size() == config.layers);
    rbee::formats::gguf_generation_config(*file, config.vocab_size);
  } catch (const rbee::Error&) {
  }
  return 0;
}
