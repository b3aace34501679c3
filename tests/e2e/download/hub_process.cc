#include "hub_process.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <boost/json/parse.hpp>

#include "base/child_process.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/random.h"
#include "net/client/http_client.h"

namespace rbee::e2e {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kFileMax = 64 << 20;

// Waits until `found` is true; the limit is for machines that are much slower than any.
template <typename Found>
bool wait_until(const Found& found) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!found()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

}  // namespace

HubProcess::HubProcess(std::vector<std::string> more_arguments)
    : root_(fs::temp_directory_path() / ("rbee_hub_" + random_hex(6))), out_(root_ / ".out") {
  fs::create_directories(root_);
  std::vector<std::string> arguments = {"--root", root_.string(), "--with-parent"};
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  const FileDescriptor out(::open(out_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  process_ = start_process({RBEE_HUB_STAND_IN, arguments, {}, -1, out.get(), -1});
  const bool listens = wait_until([&] { return read_file(out_, kFileMax).ends_with("\n"); });
  EXPECT_TRUE(listens) << "the hub's stand-in does not start";
  const std::string said = read_file(out_, kFileMax);
  url_ = listens ? said.substr(said.find("http://"), said.size() - said.find("http://") - 1) : "";
}

HubProcess::~HubProcess() {
  signal_process(process_, SIGKILL);
  wait_child(process_.pid);
  fs::remove_all(root_);
}

void HubProcess::add(const std::string& repo, const fs::path& source) const {
  fs::create_directories(folder(repo));
  if (!fs::is_directory(source)) {
    fs::copy_file(source, folder(repo) / source.filename());
  } else {
    fs::copy(source, folder(repo), fs::copy_options::recursive);
  }
}

void HubProcess::break_by(const std::string& faults) const {
  const net::ClientResponse answer =
      net::HttpClient().fetch({.method = "PUT", .url = url_ + "/_control/faults", .body = faults});
  EXPECT_EQ(answer.head.status, 200) << answer.body;
}

std::vector<HubRequest> HubProcess::requests() const {
  std::string log = net::HttpClient().fetch({.url = url_ + "/_control/log"}).body;
  std::vector<HubRequest> requests;
  while (!log.empty()) {
    const std::size_t end = log.find('\n');
    const boost::json::value line = boost::json::parse(log.substr(0, end));
    requests.push_back({std::string(line.at("path").as_string()), std::string(line.at("range").as_string()),
                        line.at("authorized").as_bool()});
    log.erase(0, end + 1);
  }
  return requests;
}

std::vector<HubRequest> HubProcess::requests_for(const std::string& ending) const {
  std::vector<HubRequest> all = requests();
  std::erase_if(all, [&](const HubRequest& request) { return !request.path.ends_with(ending); });
  return all;
}

void HubProcess::forget() const {
  net::HttpClient().fetch({.method = "DELETE", .url = url_ + "/_control/log"});
}

DownloadTest::DownloadTest() {
  hub_.add("tiny/qwen", std::string(RBEE_TEST_DATA) + "/models/tiny-qwen2");
  pool_.set("HF_ENDPOINT=" + hub_.url());
}

HiveResult DownloadTest::download(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"models", "download"});
  return hive(std::move(arguments));
}

bool DownloadTest::is_whole() const {
  for (const fs::directory_entry& entry : fs::directory_iterator(hub_.folder("tiny/qwen"))) {
    const fs::path mine = models() / "qwen" / entry.path().filename();
    if (entry.path().filename().string().starts_with('.')) continue;
    if (!fs::exists(mine) || read_file(mine, kFileMax) != read_file(entry.path(), kFileMax)) return false;
  }
  return !fs::exists(models() / "qwen" / ".download");
}

bool DownloadTest::is_downloaded(const std::string& id) const {
  const boost::json::value catalog = hive({"models", "catalog", "--json"}).json();
  for (const boost::json::value& model : catalog.at("models").as_array()) {
    if (model.at("id").as_string() == id) return model.at("downloaded").as_bool();
  }
  return false;
}

std::uint64_t DownloadTest::part_bytes() const {
  std::uint64_t most = 0;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(models() / "qwen" / ".download", ignored)) {
    const std::uint64_t size = entry.path().extension() == ".part" ? fs::file_size(entry.path(), ignored) : 0;
    if (!ignored) most = std::max(most, size);
  }
  return most;
}

RunningHive DownloadTest::start_slow_download() const {
  hub_.break_by(R"([{"do":"slow","on":"cdn","bytes_per_second":100000}])");
  const RunningHive running = pool_.start({"models", "download", "tiny/qwen"});
  EXPECT_TRUE(wait_until([&] { return part_bytes() >= 100'000; }));
  return running;
}

}  // namespace rbee::e2e
