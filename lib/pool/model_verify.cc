#include "pool/model_verify.h"

#include "base/error.h"
#include "pool/digest.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;
using State = FileVerdict::State;

FileVerdict verify_file(const wire::ModelFile& file, const fs::path& path, const HashProgress& progress) {
  std::error_code error;
  if (!fs::exists(path, error)) return {State::kMissing, file.path, "", ""};
  if (!fs::is_regular_file(path, error)) return {State::kUnreadable, file.path, "", "not a regular file"};
  const std::uint64_t size = fs::file_size(path, error);
  if (error) return {State::kUnreadable, file.path, "", error.message()};
  if (size != file.size) return {State::kWrongSize, file.path, std::to_string(file.size), std::to_string(size)};
  if (file.sha256.empty()) return {State::kNotRecorded, file.path, "", ""};
  try {
    const std::string found = sha256_of_file(path, progress);
    return {found == file.sha256 ? State::kGood : State::kWrongHash, file.path, file.sha256, found};
  } catch (const Error& unreadable) {
    return {State::kUnreadable, file.path, "", unreadable.what()};
  }
}

}  // namespace

std::string FileVerdict::text() const {
  switch (state) {
    case State::kGood:
      return path + ": good";
    case State::kMissing:
      return path + ": missing";
    case State::kWrongSize:
      return path + ": has " + found + " bytes, expected " + expected;
    case State::kWrongHash:
      return path + ": sha256 is " + found + ", expected " + expected;
    case State::kNotRecorded:
      return path + ": right size; the catalog has no hash to compare with";
    case State::kUnreadable:
      return path + ": cannot be read: " + found;
  }
  return path;
}

std::vector<FileVerdict> verify_model_files(const wire::CatalogModel& model, const fs::path& folder,
                                            const FilesProgress& progress) {
  std::uint64_t total = 0, before = 0;
  for (const wire::ModelFile& file : model.metadata.files) total += file.size;
  std::vector<FileVerdict> verdicts;
  for (const wire::ModelFile& file : model.metadata.files) {
    verdicts.push_back(verify_file(file, folder / file.path, [&](std::uint64_t done) {
      if (progress) progress(file.path, before + done, total);
    }));
    before += file.size;
  }
  return verdicts;
}

}  // namespace rbee::pool
