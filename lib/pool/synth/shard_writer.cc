#include "pool/synth/shard_writer.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>
#include <thread>

#include <fcntl.h>
#include <unistd.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/file_space.h"
#include "base/units.h"

namespace rbee::pool::synth {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kPieceBytes = 4_MiB;
constexpr std::chrono::milliseconds kProgressInterval{100};

// A run of one tensor's bytes that a thread draws and writes at once.
struct Piece {
  const PlacedTensor* tensor;
  std::uint64_t offset, bytes;
};

std::vector<Piece> pieces_of(const Shard& shard) {
  std::vector<Piece> pieces;
  for (const PlacedTensor& tensor : shard.tensors) {
    for (std::uint64_t offset = 0; offset < tensor.bytes; offset += kPieceBytes) {
      pieces.push_back({&tensor, offset, std::min<std::uint64_t>(kPieceBytes, tensor.bytes - offset)});
    }
  }
  return pieces;
}

// 0, or the errno of the failure.
int write_at(int file, std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return 0;
}

[[noreturn]] void fail_errno(const std::filesystem::path& path, const char* action, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  fail(full ? ErrorKind::kExhausted : ErrorKind::kIo, "{}: cannot {}: {}", path.string(), action, std::strerror(error));
}

// What the threads of one file share.
struct Work {
  std::atomic<std::size_t> next_piece{0};
  std::atomic<std::uint64_t> bytes_done{0};
  std::atomic<int> error{0};
  std::atomic<unsigned> running{0};
};

}  // namespace

ShardWriter::ShardWriter(const SynthRequest& request, std::filesystem::path folder)
    : type_(request.type),
      seed_(request.seed),
      hollow_(request.hollow),
      threads_(request.threads != 0 ? request.threads : std::max(1U, std::thread::hardware_concurrency())),
      folder_(std::move(folder)),
      weights_(0, 0.02, request.type),
      biases_(0, 0.05, request.type),
      norms_(request.shape.model_type == "gemma" ? 0 : 1, 0.02, request.type) {}

const NormalTable& ShardWriter::table_for(Draw draw) const {
  return draw == Draw::kWeight ? weights_ : draw == Draw::kBias ? biases_ : norms_;
}

std::string ShardWriter::header(const Shard& shard) const {
  const char* type = type_ == ElementType::kBF16 ? "BF16" : type_ == ElementType::kF16 ? "F16" : "F32";
  json::object entries{{"__metadata__", {{"format", "pt"}}}};
  for (const PlacedTensor& tensor : shard.tensors) {
    json::array shape;
    for (const std::uint64_t dimension : tensor.tensor.shape) shape.push_back(dimension);
    entries.emplace(tensor.tensor.name,
                    json::object{{"dtype", type},
                                 {"shape", std::move(shape)},
                                 {"data_offsets", json::array{tensor.begin, tensor.begin + tensor.bytes}}});
  }
  std::string text = json::serialize(entries);
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string header(sizeof length, '\0');
  std::memcpy(header.data(), &length, sizeof length);
  return header + text;
}

void ShardWriter::write(const Shard& shard, const std::function<void(std::uint64_t)>& progress) const {
  const std::filesystem::path path = folder_ / shard.file;
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file.valid()) fail_errno(path, "create", errno);
  const std::string head = header(shard);
  if (hollow_) {
    if (const int error = write_at(file.get(), std::as_bytes(std::span(head)), 0)) fail_errno(path, "write", error);
    if (::ftruncate(file.get(), static_cast<off_t>(head.size() + shard.data_bytes)) != 0) {
      fail_errno(path, "extend", errno);
    }
    return;
  }
  // Reserving the blocks first keeps the file in few extents and finds a full disk before the work.
  const int reserved = reserve_file_space(file.get(), head.size() + shard.data_bytes);
  if (reserved == ENOSPC) fail_errno(path, "reserve", reserved);
  if (const int error = write_at(file.get(), std::as_bytes(std::span(head)), 0)) fail_errno(path, "write", error);

  const std::vector<Piece> pieces = pieces_of(shard);
  Work work;
  work.running = threads_;
  const auto draw_and_write = [&] {
    std::vector<std::byte> buffer(kPieceBytes);
    for (std::size_t i = work.next_piece++; i < pieces.size() && work.error == 0; i = work.next_piece++) {
      const Piece& piece = pieces[i];
      const std::span<std::byte> out(buffer.data(), piece.bytes);
      table_for(piece.tensor->tensor.draw).draw(seed_, piece.tensor->number, piece.offset / element_bytes(type_), out);
      const std::uint64_t place = head.size() + piece.tensor->begin + piece.offset;
      if (const int error = write_at(file.get(), out, place)) work.error = error;
      start_writeback(file.get(), place, piece.bytes);
      work.bytes_done += piece.bytes;
    }
    --work.running;
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < threads_; ++i) threads.emplace_back(draw_and_write);
  while (work.running > 0) {
    std::this_thread::sleep_for(kProgressInterval / 10);
    progress(work.bytes_done);
  }
  for (std::thread& thread : threads) thread.join();
  if (work.error != 0) fail_errno(path, "write", work.error);
  if (::fsync(file.get()) != 0) fail_errno(path, "fsync", errno);
}

}  // namespace rbee::pool::synth
