#include "pool/download/part_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <unistd.h>

#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_text.h"
#include "pool/download/limits.h"

namespace rbee::pool::download {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "" : std::string(text->data(), text->size());
}

[[noreturn]] void fail_errno(const std::string& path, const char* action, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  fail(full ? ErrorKind::kExhausted : ErrorKind::kIo, "{}: cannot {}: {}{}", path, action, std::strerror(error),
       full ? "; what came so far is kept: free space and run it again" : "");
}

void write_state(const DownloadFolder& folder, const WantedFile& file, const PartState& state) {
  const json::object object{{"path", state.path},          {"commit", state.commit}, {"size", file.size},
                            {"digest", file.digest.hex()}, {"etag", state.etag},     {"synced", state.synced},
                            {"boot", state.boot}};
  write_file_atomically(folder.parts_path() / (part_name(file) + ".json"), json_text(object));
}

}  // namespace

std::optional<PartState> parse_part_state(std::string_view text) {
  try {
    const json::value document = parse_json(text, "state");
    const json::object* object = document.if_object();
    const json::value* synced = object == nullptr ? nullptr : object->if_contains("synced");
    if (synced == nullptr || !synced->is_int64() || synced->get_int64() < 0) return std::nullopt;
    return PartState{text_of(*object, "path"), text_of(*object, "commit"), text_of(*object, "etag"),
                     text_of(*object, "boot"), static_cast<std::uint64_t>(synced->get_int64())};
  } catch (const Error&) {
    return std::nullopt;  // written half, or by another version: the part starts anew
  }
}

PartFile::PartFile(const DownloadFolder& folder, const WantedFile& file, const CommitId& commit, std::string boot,
                   const std::function<bool(std::uint64_t)>& on_hashed)
    : folder_(folder),
      file_(file),
      name_(part_name(file)),
      fd_(folder.open_part(name_)),
      hasher_(file.digest, file.size) {
  load_state();
  const std::uint64_t there = folder_.part_size(name_);
  // After a power cut the end of a file may be there in length only.
  const std::uint64_t good = state_.boot == boot && !boot.empty() ? there : std::min(there, state_.synced);
  hash_prefix(std::min(good, file_.size), on_hashed);
  state_.path = file_.remote.text();
  state_.commit = commit.text();
  state_.boot = std::move(boot);
  state_.synced = std::min(state_.synced, hasher_.bytes());
  save_state();
}

void PartFile::load_state() {
  try {
    const auto state = parse_part_state(read_file(folder_.parts_path() / (name_ + ".json"), kStateBytesMax));
    if (state) state_ = *state;
  } catch (const Error&) {
    state_ = {};  // none, or not readable: nothing is known of the bytes
  }
}

void PartFile::save_state() {
  write_state(folder_, file_, state_);
}

void PartFile::hash_prefix(std::uint64_t bytes, const std::function<bool(std::uint64_t)>& on_hashed) {
  std::string buffer(kReadBytes, '\0');
  while (hasher_.bytes() < bytes) {
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), bytes - hasher_.bytes());
    const ssize_t n = ::pread(fd_.get(), buffer.data(), wanted, static_cast<off_t>(hasher_.bytes()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno((folder_.parts_path() / name_).string(), "read", errno);
    if (n == 0) break;
    hasher_.update(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
    // A run that is asked to stop leaves the file as it is.
    if (!on_hashed(static_cast<std::uint64_t>(n))) fail(ErrorKind::kCancelled, "stopped");
  }
  if (::ftruncate(fd_.get(), static_cast<off_t>(hasher_.bytes())) != 0) {
    fail_errno((folder_.parts_path() / name_).string(), "cut", errno);
  }
}

void PartFile::set_etag(std::string etag) {
  if (etag == state_.etag) return;
  state_.etag = std::move(etag);
  save_state();
}

void PartFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(hasher_.bytes()));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail_errno((folder_.path() / file_.local.text()).string(), "write", n == 0 ? ENOSPC : errno);
    hasher_.update(bytes.substr(0, static_cast<std::size_t>(n)));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  if (hasher_.bytes() - state_.synced >= kCheckpointBytes) sync();
}

void PartFile::restart() {
  hasher_.restart();
  if (::ftruncate(fd_.get(), 0) != 0) fail_errno((folder_.parts_path() / name_).string(), "cut", errno);
  state_.synced = 0;
  state_.etag.clear();
  save_state();
}

void PartFile::sync() {
  if (::fsync(fd_.get()) != 0) fail_errno((folder_.path() / file_.local.text()).string(), "fsync", errno);
  state_.synced = hasher_.bytes();
  save_state();
}

void PartFile::keep() noexcept {
  try {
    sync();
  } catch (const std::exception&) {
    // the failure that led here is the one to report; at worst the last bytes come again
  }
}

void adopt_part(const DownloadFolder& folder, const WantedFile& file, const std::filesystem::path& from,
                const CommitId& commit, const std::string& boot) {
  const std::string name = part_name(file);
  if (::rename(from.c_str(), (folder.parts_path() / name).c_str()) != 0) fail_errno(from.string(), "move", errno);
  if (::fsync(folder.open_part(name).get()) != 0) fail_errno(from.string(), "fsync", errno);
  write_state(folder, file, {file.remote.text(), commit.text(), "", boot, file.size});
}

}  // namespace rbee::pool::download
