// A parser with a planted out-of-bounds read: the harness must find it, or its silence about the others means nothing.

#include <cstddef>
#include <cstdint>
#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // "bee" and a length byte that is believed.
  if (size < 4 || std::memcmp(data, "bee", 3) != 0) return 0;
  unsigned sum = 0;
  for (unsigned i = 0; i < data[3]; ++i) sum += data[4 + i];
  return sum == 0xFFFFFFFF ? 1 : 0;
}
