// Any bytes as model.safetensors.index.json: an Error, or shard names that stay in their folder.

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/error.h"
#include "formats/safetensors_index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& [tensor, shard] : rbee::formats::parse_safetensors_index(text, "index.json")) {
      RBEE_CHECK(rbee::formats::is_plain_file_name(shard));
    }
  } catch (const rbee::Error&) {
  }
  return 0;
}
