#pragma once
// The hub's stand-in with a folder of its own, and a pool that downloads from it.

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/object.hpp>

#include "base/process_info.h"
#include "hive_runner.h"

namespace rbee::e2e {

/// What the hub saw.
struct HubRequest {
  std::string path, range;
  bool authorized = false;
};

/// Ends with the object.
class HubProcess {
 public:
  explicit HubProcess(std::vector<std::string> more_arguments = {});
  ~HubProcess();
  HubProcess(const HubProcess&) = delete;
  HubProcess& operator=(const HubProcess&) = delete;

  /// "http://127.0.0.1:40123".
  const std::string& url() const { return url_; }
  std::filesystem::path folder(const std::string& repo) const { return root_ / repo; }
  /// Copies a folder, or a file, into the repository.
  void add(const std::string& repo, const std::filesystem::path& source) const;
  /// `faults`: a JSON list; tests/hub/README.md has the words.
  void break_by(const std::string& faults) const;
  void heal() const { break_by("[]"); }
  /// Since the start, or the last forget().
  std::vector<HubRequest> requests() const;
  /// The requests whose path ends with `ending`.
  std::vector<HubRequest> requests_for(const std::string& ending) const;
  void forget() const;

 private:
  std::filesystem::path root_, out_;
  ProcessIdentity process_;
  std::string url_;
};

/// A hub with a tiny model as "tiny/qwen", and a pool with a token for it.
class DownloadTest : public testing::Test {
 protected:
  DownloadTest();

  HiveResult hive(std::vector<std::string> arguments) const { return pool_.run(std::move(arguments)); }
  HiveResult download(std::vector<std::string> arguments = {"tiny/qwen"}) const;
  std::filesystem::path models() const { return pool_.home() / "models"; }
  std::filesystem::path model_file() const { return models() / "qwen" / "model.safetensors"; }
  /// True when every file of the model's folder is the hub's.
  bool is_whole() const;
  bool is_downloaded(const std::string& id) const;
  /// Bytes of the unfinished model.safetensors; 0 when there is none.
  std::uint64_t part_bytes() const;
  /// Starts a download of a slow model.safetensors and waits until some of it is on the disk.
  RunningHive start_slow_download() const;

  HubProcess hub_;
  TestPool pool_{"/bin/false"};
};

}  // namespace rbee::e2e
