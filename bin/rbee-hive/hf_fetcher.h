#pragma once
// Downloads by the `hf` command of huggingface_hub, where it is installed.

#include "base/environment.h"
#include "pool/download/hub_access.h"
#include "pool/download/model_download.h"

namespace rbee::hive {

/// Runs `hf download` for the files, at the pinned commit, into the given folder; its output goes to standard error.
/// Throws Error{kNotFound} at once when there is no `hf` in PATH; the fetcher throws Error{kIo} when it fails.
/// `environment` and `access` outlive the fetcher.
pool::download::Fetcher hf_fetcher(const Environment& environment, const pool::download::HubAccess& access);

}  // namespace rbee::hive
