#pragma once
// A model from the hub onto the disk and into the catalog.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pool/catalog_store.h"
#include "pool/download/download_target.h"
#include "pool/download/file_selection.h"
#include "pool/download/hub_access.h"
#include "pool/download/hub_client.h"
#include "pool/download/progress_board.h"
#include "pool/download/transport.h"

namespace rbee::pool::download {

/// Brings files in some other way than HTTP (the `hf` command): called with the listing, the files that are missing and
/// a folder of its own to put them in by their paths in the repository. Returns when they are there, good or not.
/// Throws Error. `cancellation` is watched.
using Fetcher = std::function<void(const RepoListing& listing, const std::vector<const WantedFile*>& files,
                                   const std::filesystem::path& folder, const Cancellation& cancellation)>;

/// What a download works with. The referenced things outlive it.
struct DownloadWorld {
  CatalogStore& catalog;
  const std::filesystem::path& models;  ///< the pool's models folder
  const Clock& clock;
  const HubAccess& access;
  TransportFactory transport;
  std::function<double()> jitter;  ///< from 0 to 1; any thread
  Fetcher fetcher;                 ///< empty: over HTTP
};

struct DownloadRequest {
  DownloadTarget target;
  unsigned jobs = 4;                    ///< files at once
  std::vector<std::string> only_files;  ///< local paths; not empty: a repair of just these
};

struct DownloadOutcome {
  enum class State {
    kComplete,  ///< in the catalog, every file verified
    kStopped,   ///< the watcher wanted so; what came is kept
  } state = State::kComplete;
  wire::CatalogModel model;    ///< of a complete one
  std::uint64_t received = 0;  ///< bytes over the network
  std::size_t files_fetched = 0, files_total = 0;
  std::uint64_t bytes_total = 0, bytes_kept = 0;  ///< kept: good on disk, parts of files too
};

/// Throws Error{kUnavailable} with the pid when a process downloads the model `id`.
void refuse_while_downloading(const std::filesystem::path& models, const std::string& id, const Clock& clock);

/// Pins the revision to its commit, selects the files, checks what is there and the free space, fetches what is missing
/// several files at once, verifies all, puts the files in their places and completes the catalog's entry. Nothing is
/// transferred of a model that is whole at that commit. The watcher is called on this thread. Throws Error: as
/// list_repo(), select_files() and FileFetch::run(); kExhausted (too little space, with both numbers; the disk is
/// full); kUnavailable (another process downloads this model, with its pid).
DownloadOutcome download_model(const DownloadRequest& request, const DownloadWorld& world, DownloadWatcher& watcher);

}  // namespace rbee::pool::download
