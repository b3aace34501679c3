#pragma once
// Downloads as commands run them: for `models download`, and for repairs by `models verify`.

#include <string>
#include <vector>

#include "hive.h"
#include "pool/download/hub_access.h"
#include "pool/download/model_download.h"

namespace rbee::hive {

/// What a download command ended with.
struct DownloadRun {
  pool::download::DownloadOutcome outcome;
  int exit_code = kDone;  ///< 130 or 143 when a signal stopped it
};

/// Runs a download with progress on the terminal. `fetcher` empty: over HTTP. Throws as download_model().
DownloadRun run_download(Hive& hive, const pool::download::DownloadRequest& request,
                         const pool::download::HubAccess& access, pool::download::Fetcher fetcher);

/// Fetches the files of a downloaded model again, at its recorded commit, and puts them in place. Throws Error:
/// kBadRequest when the model came from no hub; as download_model().
DownloadRun repair_files(Hive& hive, const wire::CatalogModel& model, const std::vector<std::string>& paths);

}  // namespace rbee::hive
