#pragma once
// SHA-256 and SHA-1, fed piece by piece.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rbee::pool {

/// One running digest. One thread.
class Digest {
 public:
  enum class Algorithm : std::uint8_t { kSha256, kSha1 };
  explicit Digest(Algorithm algorithm);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  void update(std::string_view bytes);
  /// The digest of all bytes so far as lower-case hex digits; more bytes may follow.
  std::string hex() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Called now and then with the bytes read so far.
using HashProgress = std::function<void(std::uint64_t bytes_done)>;

/// The SHA-256 of a regular file. Throws Error: kNotFound, kBadFile (not a regular file), kIo.
std::string sha256_of_file(const std::filesystem::path& path, const HashProgress& progress = {});

}  // namespace rbee::pool
