#include "base/random.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace rbee {

std::string random_hex(std::size_t bytes) {
  const FileDescriptor source(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
  std::string raw(bytes, '\0');
  if (!source.valid() || ::read(source.get(), raw.data(), raw.size()) != static_cast<ssize_t>(raw.size())) {
    fail(ErrorKind::kIo, "/dev/urandom: cannot read {} bytes", bytes);
  }
  std::string hex;
  hex.reserve(bytes * 2);
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace rbee
