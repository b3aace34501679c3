#include "engine/weights/weight_cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "base/checksum.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/file_lock.h"
#include "base/file_space.h"
#include "base/log.h"
#include "engine/weights/limits.h"
#include "engine/weights/parallel_pieces.h"
#include "formats/gguf.h"

namespace rbee::engine {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_errno(const fs::path& path, const char* action, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  fail(full ? ErrorKind::kExhausted : ErrorKind::kIo, "{}: cannot {}: {}", path.string(), action, std::strerror(error));
}

constexpr std::size_t kNone = SIZE_MAX;

std::size_t first_damaged_piece(const formats::MappedFile& file, const WeightCacheLayout& layout, std::uint32_t threads,
                                const QuantizeProgress& progress) {
  std::atomic<std::uint64_t> done = 0;
  std::atomic<std::size_t> damaged = kNone;
  const auto check = [&](std::size_t piece) {
    if (damaged == kNone && !layout.is_piece_whole(file.bytes(), piece)) damaged = piece;
    // A backend that packs weights reads a piece of the file at a time: the whole of it must not be in memory before.
    file.drop_pages(file.bytes().subspan(layout.pieces()[piece].offset, layout.pieces()[piece].bytes));
    done += layout.pieces()[piece].bytes;
  };
  for_each_piece(layout.pieces().size(), threads, check, [&] { progress(done, layout.file_bytes()); });
  return damaged;
}

struct Opened {
  std::unique_ptr<formats::MappedFile> file;  // null where there is none that can be used
  std::string problem;                        // why; empty when there is none at all
};

Opened open_checked(const fs::path& path, const WeightCacheLayout& layout, std::uint32_t threads,
                    const QuantizeProgress& progress) {
  try {
    auto file = std::make_unique<formats::MappedFile>(path);
    if (std::string problem = layout.problem_of(file->bytes()); !problem.empty()) return {nullptr, std::move(problem)};
    const std::size_t damaged = first_damaged_piece(*file, layout, threads, progress);
    if (damaged == kNone) return {std::move(file), ""};
    const WeightPiece& piece = layout.pieces()[damaged];
    return {nullptr,
            fmt::format("its bytes from {} to {} are not what was written", piece.offset, piece.offset + piece.bytes)};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    return {nullptr, error.kind() == ErrorKind::kNotFound ? "" : error.what()};
  }
}

// Waits for another process that makes the same file; `progress` hears of the wait.
FileLock wait_for_lock(const fs::path& path, const QuantizeProgress& progress) {
  const SystemClock clock;
  const SteadyTime deadline = clock.now() + kCacheWaitMax;
  bool said = false;
  for (;;) {
    try {
      return FileLock(path, kCacheWaitStep, clock);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kUnavailable || clock.now() >= deadline) throw;
      if (!std::exchange(said, true))
        log_info("waiting for the worker that quantizes the same model: {}", error.what());
      progress(0, 0);
    }
  }
}

// A file that is being written, and goes unless it got its name.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path)
      : path_(std::move(path)),
        descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644)) {
    if (!descriptor_.valid()) fail_errno(path_, "create", errno);
  }
  ~TemporaryFile() {
    if (!named_) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  // The disk is found full before the work, and the file lies in few extents. Where the file system cannot reserve, the
  // writes will tell.
  void reserve(std::uint64_t bytes) const {
    const int error = reserve_file_space(descriptor_.get(), bytes);
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) fail_errno(path_, "reserve", error);
    if (::ftruncate(descriptor_.get(), static_cast<off_t>(bytes)) != 0) fail_errno(path_, "grow", errno);
  }

  // Any thread.
  void write(std::span<const std::byte> bytes, std::uint64_t offset) const {
    const std::uint64_t begin = offset, count = bytes.size();
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) fail_errno(path_, "write", n < 0 ? errno : ENOSPC);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    start_writeback(descriptor_.get(), begin, count);  // the disk works while the next rows are quantized
  }

  // On disk before it has the name, and the name on disk before it counts.
  void rename_to(const fs::path& target) {
    if (::fsync(descriptor_.get()) != 0) fail_errno(path_, "fsync", errno);
    if (::rename(path_.c_str(), target.c_str()) != 0) fail_errno(target, "rename", errno);
    named_ = true;
    const FileDescriptor folder(::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid() || ::fsync(folder.get()) != 0) fail_errno(target.parent_path(), "fsync", errno);
  }

 private:
  const fs::path path_;
  const FileDescriptor descriptor_;
  bool named_ = false;
};

}  // namespace

std::vector<fs::path> weight_cache_places(const formats::ModelFiles& files, formats::DType type,
                                          const fs::path& cache_folder) {
  const bool is_gguf = files.gguf() != nullptr;
  const std::string name = formats::quantized_file_name(is_gguf ? files.gguf()->path().stem().string() : "", type);
  std::vector<fs::path> places = {files.folder() / formats::kQuantizedFolder / name};
  if (cache_folder.empty()) return places;
  std::error_code ignored;
  const fs::path model = fs::canonical(is_gguf ? files.gguf()->path() : files.folder(), ignored);
  places.push_back(cache_folder / "weights" / fmt::format("{:016x}-{}", checksum64(model.string()), name));
  return places;
}

std::unique_ptr<formats::MappedFile> open_weight_cache(const fs::path& path, const WeightCacheLayout& layout,
                                                       std::uint32_t threads, const QuantizeProgress& progress) {
  Opened opened = open_checked(path, layout, threads, progress);
  if (!opened.problem.empty()) {
    log_warning("the quantized weights of {} are not used: {}", path.string(), opened.problem);
  }
  return std::move(opened.file);
}

std::unique_ptr<formats::MappedFile> make_weight_cache(const fs::path& path, const formats::ModelFiles& files,
                                                       const formats::WeightRecipe& recipe,
                                                       const WeightCacheLayout& layout, std::uint32_t threads,
                                                       const QuantizeProgress& progress) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) fail_errno(path.parent_path(), "create", error.value());
  const fs::path lock_path = path.string() + ".lock";
  const FileLock lock = wait_for_lock(lock_path, progress);
  Opened made_meanwhile = open_checked(path, layout, threads, progress);
  if (made_meanwhile.file) return std::move(made_meanwhile.file);
  TemporaryFile file(path.string() + ".tmp");
  file.reserve(layout.file_bytes());
  const auto write = [&file](std::span<const std::byte> bytes, std::uint64_t offset) { file.write(bytes, offset); };
  quantize_weights(files, recipe, layout, write, threads, progress);
  file.rename_to(path);
  Opened made = open_checked(path, layout, threads, progress);
  if (!made.file) fail(ErrorKind::kIo, "{}: was written, and cannot be used: {}", path.string(), made.problem);
  return std::move(made.file);
}

std::unique_ptr<WeightMemory> quantize_into_memory(const formats::ModelFiles& files,
                                                   const formats::WeightRecipe& recipe, const WeightCacheLayout& layout,
                                                   std::uint32_t threads, const QuantizeProgress& progress) {
  auto memory = std::make_unique<WeightMemory>(layout.file_bytes(), "the quantized weights");
  const auto write = [&memory](std::span<const std::byte> bytes, std::uint64_t offset) {
    std::memcpy(memory->bytes().data() + offset, bytes.data(), bytes.size());
  };
  quantize_weights(files, recipe, layout, write, threads, progress);
  return memory;
}

}  // namespace rbee::engine
