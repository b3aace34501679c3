#include "standard_input.h"

#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/units.h"

namespace rbee::keeper {
namespace {

constexpr std::size_t kReadBytes = 64_KiB;
constexpr std::uint64_t kLineBytesMax = 1_MiB;
constexpr int kWaitMs = 100;

// Empty at the end.
std::string read_piece() {
  std::string piece(kReadBytes, '\0');
  ssize_t n = 0;
  do {
    n = ::read(STDIN_FILENO, piece.data(), piece.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) fail(ErrorKind::kIo, "standard input: {}", std::strerror(errno));
  piece.resize(static_cast<std::size_t>(n));
  return piece;
}

}  // namespace

std::string read_standard_input(std::uint64_t bytes_max) {
  std::string text;
  for (std::string piece = read_piece(); !piece.empty(); piece = read_piece()) {
    if (text.size() + piece.size() > bytes_max) {
      fail(ErrorKind::kBadRequest, "standard input: more than {}", human_bytes(bytes_max));
    }
    text += piece;
  }
  return text;
}

std::optional<std::string> InputLines::next(const std::function<bool()>& stops_now) {
  while (true) {
    const std::size_t end = held_.find('\n');
    if (end != std::string::npos || (ended_ && !held_.empty())) {
      std::string line = held_.substr(0, end);
      held_.erase(0, end == std::string::npos ? end : end + 1);
      return line;
    }
    if (ended_ || stops_now()) return std::nullopt;
    if (held_.size() > kLineBytesMax)
      fail(ErrorKind::kBadRequest, "a line is longer than {}", human_bytes(kLineBytesMax));
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, kWaitMs) <= 0) continue;
    const std::string piece = read_piece();
    ended_ = piece.empty();
    held_ += piece;
  }
}

}  // namespace rbee::keeper
