#include "pool/worker_log.h"

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/units.h"
#include "pool/limits.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = 64_KiB;

std::uint64_t size_of(const fs::path& log) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(log, error);
  return error ? 0 : size;
}

// Up to `bytes_max` bytes from `offset`.
std::string read_piece(const fs::path& log, std::uint64_t offset, std::uint64_t bytes_max) {
  std::ifstream in(log, std::ios::binary);
  std::string piece(bytes_max, '\0');
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  piece.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return piece;
}

}  // namespace

std::vector<std::string> last_log_lines(const fs::path& log, std::size_t lines_max) {
  const std::uint64_t size = size_of(log);
  const std::uint64_t bytes = std::min<std::uint64_t>(size, kLogTailBytesMax);
  const std::string text = read_piece(log, size - bytes, bytes);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (lines.size() > lines_max) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(lines_max));
  return lines;
}

void follow_log(const fs::path& log, std::uint64_t offset, std::chrono::milliseconds poll,
                const std::function<bool()>& goes_on, const std::function<void(std::string_view)>& sink) {
  while (true) {
    const bool last_look = !goes_on();
    if (size_of(log) < offset) offset = 0;
    std::string piece = read_piece(log, offset, kPieceBytes);
    while (!piece.empty()) {
      sink(piece);
      offset += piece.size();
      piece = read_piece(log, offset, kPieceBytes);
    }
    if (last_look) return;
    std::this_thread::sleep_for(poll);
  }
}

}  // namespace rbee::pool
