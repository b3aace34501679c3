#include "hf_fetcher.h"

#include <chrono>
#include <csignal>

#include <unistd.h>

#include "base/child_process.h"
#include "base/error.h"
#include "pool/program_search.h"

namespace rbee::hive {
namespace {

namespace dl = pool::download;
namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPoll{50}, kStopNotice{500};
constexpr std::chrono::seconds kStopWait{10};

// What `hf` may see: where it finds itself and its cache, proxies and certificates, and what it is told of the hub.
std::vector<std::string> hf_environment(const Environment& environment, const dl::HubAccess& access) {
  std::vector<std::string> entries = environment.only({"PATH",
                                                       "HOME",
                                                       "LANG",
                                                       "LC_ALL",
                                                       "TERM",
                                                       "NO_COLOR",
                                                       "TMPDIR",
                                                       "VIRTUAL_ENV",
                                                       "PYTHONPATH",
                                                       "XDG_CACHE_HOME",
                                                       "HF_HOME",
                                                       "HF_HUB_CACHE",
                                                       "HF_XET_CACHE",
                                                       "HF_HUB_DISABLE_XET",
                                                       "HF_XET_HIGH_PERFORMANCE",
                                                       "HF_HUB_ETAG_TIMEOUT",
                                                       "HF_HUB_DOWNLOAD_TIMEOUT",
                                                       "http_proxy",
                                                       "https_proxy",
                                                       "no_proxy",
                                                       "HTTP_PROXY",
                                                       "HTTPS_PROXY",
                                                       "NO_PROXY",
                                                       "SSL_CERT_FILE",
                                                       "SSL_CERT_DIR",
                                                       "REQUESTS_CA_BUNDLE",
                                                       "CURL_CA_BUNDLE"});
  entries.push_back("HF_ENDPOINT=" + access.endpoint.text());
  if (!access.token.empty()) entries.push_back("HF_TOKEN=" + access.token);
  entries.push_back("HF_HUB_DISABLE_UPDATE_CHECK=1");
  entries.push_back("HF_HUB_DISABLE_TELEMETRY=1");
  return entries;
}

std::vector<std::string> hf_arguments(const dl::RepoListing& listing, const std::vector<const dl::WantedFile*>& files,
                                      const fs::path& folder) {
  std::vector<std::string> arguments = {"download", listing.repo.text()};
  for (const dl::WantedFile* file : files) arguments.push_back(file->remote.text());  // never begins with '-'
  arguments.insert(arguments.end(), {"--revision", listing.commit.text(), "--local-dir", folder.string()});
  return arguments;
}

ExitStatus wait_for(const ProcessIdentity& hf, const dl::Cancellation& cancellation) {
  while (true) {
    if (const auto status = poll_child(hf.pid)) return *status;
    if (!cancellation.wait(kPoll)) continue;
    signal_process(hf, SIGTERM);
    if (!wait_until_gone(hf, kStopWait)) signal_process(hf, SIGKILL);
    wait_child(hf.pid);
    fail(ErrorKind::kCancelled, "stopped");
  }
}

}  // namespace

dl::Fetcher hf_fetcher(const Environment& environment, const dl::HubAccess& access) {
  const std::optional<fs::path> hf = pool::find_in_path("hf", environment);
  if (!hf) {
    fail(ErrorKind::kNotFound,
         "--via hf: there is no 'hf' command in PATH: install it ('pip install huggingface_hub'), or leave --via away: "
         "rbee-hive downloads by itself");
  }
  return [&environment, &access, program = *hf](const dl::RepoListing& listing,
                                                const std::vector<const dl::WantedFile*>& files, const fs::path& folder,
                                                const dl::Cancellation& cancellation) {
    fs::create_directories(folder);
    ProcessSpec spec{program.string(), hf_arguments(listing, files, folder), hf_environment(environment, access)};
    spec.output = spec.errors = STDERR_FILENO;
    const ExitStatus status = wait_for(start_process(spec), cancellation);
    if (!status.success()) {
      // Ctrl-C reaches both; who was asked to stop did not fail.
      if (cancellation.wait(kStopNotice)) fail(ErrorKind::kCancelled, "stopped");
      fail(ErrorKind::kIo, "'hf download {}' failed with {}; what it said is above", listing.repo.text(),
           status.text());
    }
  };
}

}  // namespace rbee::hive
