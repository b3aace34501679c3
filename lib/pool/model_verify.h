#pragma once
// Whether a model's files are still those that the catalog knows.

#include <string>
#include <vector>

#include "pool/model_facts.h"
#include "wire/pool/catalog_model.h"

namespace rbee::pool {

struct FileVerdict {
  enum class State {
    kGood,
    kMissing,
    kWrongSize,
    kWrongHash,
    kNotRecorded,  ///< the catalog has no hash for it: only its size was compared
    kUnreadable,
  } state = State::kGood;
  std::string path;
  std::string expected, found;  ///< hashes, or sizes in bytes, or the reason

  bool good() const { return state == State::kGood || state == State::kNotRecorded; }
  /// "model.safetensors: sha256 is …, expected …".
  std::string text() const;
};

/// One verdict per recorded file, in the catalog's order; every byte is read. `folder` holds the files.
/// Throws only what `progress` throws.
std::vector<FileVerdict> verify_model_files(const wire::CatalogModel& model, const std::filesystem::path& folder,
                                            const FilesProgress& progress);

}  // namespace rbee::pool
