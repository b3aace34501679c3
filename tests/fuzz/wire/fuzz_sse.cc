// The event stream parser: any split of the bytes gives the same events.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/sse_parser.h"

namespace {

std::string parsed(std::string_view stream, std::size_t piece) {
  std::string out;
  rbee::net::SseParser parser(4096);
  try {
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      parser.feed(stream.substr(at, piece), [&out](const rbee::net::SseEvent& event) {
        out.append(event.type).append(1, '\0').append(event.data).append(1, '\0');
      });
    }
  } catch (const rbee::Error&) {
    out += "too large";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (parsed(bytes, 1) != parsed(bytes, 1 + data[0] % 16)) std::abort();
  return 0;
}
