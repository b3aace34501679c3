// Any bytes as generation_config.json.

#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "formats/hf_generation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    rbee::formats::parse_hf_generation({reinterpret_cast<const char*>(data), size}, "generation_config.json");
  } catch (const rbee::Error&) {
  }
  return 0;
}
