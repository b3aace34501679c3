// The catalog and worker record files: any bytes either read or fail with an Error, and what was read is written so
// that it reads as the same again.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "base/json_text.h"
#include "wire/pool/catalog.h"
#include "wire/pool/worker_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const std::string written = rbee::json_text(to_json(rbee::wire::parse_catalog(text, "catalog.json")));
    RBEE_CHECK(rbee::json_text(to_json(rbee::wire::parse_catalog(written, "catalog.json"))) == written);
  } catch (const rbee::Error&) {
  }
  try {
    const std::string written = rbee::json_text(to_json(rbee::wire::parse_worker_record(text, "w.json")));
    RBEE_CHECK(rbee::json_text(to_json(rbee::wire::parse_worker_record(written, "w.json"))) == written);
  } catch (const rbee::Error&) {
  }
  return 0;
}
