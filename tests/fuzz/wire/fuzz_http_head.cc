// The checks of a raw request head. What scan_head calls complete must stay so whatever follows it.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/head_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rbee::net;
  const HttpLimits limits;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const HeadScan scan = scan_head(bytes, limits);
  if (scan.head_bytes > size || (scan.error && scan.head_bytes > 0)) std::abort();
  if (scan.head_bytes == 0) return 0;
  const std::string_view head = bytes.substr(0, scan.head_bytes);
  if (scan_head(std::string(head) + "\nmore", limits).head_bytes != scan.head_bytes) std::abort();
  const BodyLength length = body_length(head, limits);
  if (!length.error && length.bytes > limits.body_bytes_max) std::abort();
  return 0;
}
