// Any bytes as config.json.

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/error.h"
#include "formats/hf_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const rbee::formats::ModelConfig config =
        rbee::formats::parse_hf_config({reinterpret_cast<const char*>(data), size}, "config.json", "name").model;
    RBEE_CHECK(config.heads % config.kv_heads == 0 && config.rope.rotary_dim <= config.head_dim);
  } catch (const rbee::Error&) {
  }
  return 0;
}
