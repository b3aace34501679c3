#include "pool/digest.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/units.h"

namespace rbee::pool {
namespace {

constexpr std::size_t kReadBytes = 4_MiB;

}  // namespace

struct Digest::Context {
  struct Deleter {
    void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Deleter> evp{::EVP_MD_CTX_new()};
};

Digest::Digest(Algorithm algorithm) : context_(std::make_unique<Context>()) {
  const EVP_MD* method = algorithm == Algorithm::kSha256 ? ::EVP_sha256() : ::EVP_sha1();
  RBEE_CHECK(context_->evp != nullptr && ::EVP_DigestInit_ex(context_->evp.get(), method, nullptr) == 1);
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::update(std::string_view bytes) {
  RBEE_CHECK(::EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size()) == 1);
}

std::string Digest::hex() const {
  const Context copy;
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  RBEE_CHECK(copy.evp != nullptr && ::EVP_MD_CTX_copy_ex(copy.evp.get(), context_->evp.get()) == 1 &&
             ::EVP_DigestFinal_ex(copy.evp.get(), bytes, &length) == 1);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", bytes[i]);
  return hex;
}

std::string sha256_of_file(const std::filesystem::path& path, const HashProgress& progress) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) {
    fail(errno == ENOENT ? ErrorKind::kNotFound : ErrorKind::kIo, "{}: cannot open: {}", path.string(),
         std::strerror(errno));
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    fail(ErrorKind::kBadFile, "{}: not a regular file", path.string());
  }
  Digest digest(Digest::Algorithm::kSha256);
  std::string buffer(kReadBytes, '\0');
  std::uint64_t done = 0;
  while (true) {
    const ssize_t n = ::read(file.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(ErrorKind::kIo, "{}: cannot read: {}", path.string(), std::strerror(errno));
    if (n == 0) return digest.hex();
    digest.update(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
    done += static_cast<std::uint64_t>(n);
    if (progress) progress(done);
  }
}

}  // namespace rbee::pool
