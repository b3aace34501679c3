#include "pool/download/model_download.h"

#include <atomic>
#include <map>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "pool/download/file_hasher.h"
#include "pool/download/limits.h"

namespace rbee::pool::download {
namespace {

namespace fs = std::filesystem;

const std::string kModel = std::string(RBEE_TEST_DATA) + "/models/tiny-qwen2";
const std::string kCommit(40, 'c');
constexpr std::size_t kPiece = 10'000;

// A hub in memory, shared by the transports of a download. Any thread.
struct MemoryHub {
  std::map<std::string, std::string> files;
  std::atomic<std::size_t> requests{0}, bytes_sent{0};
  std::size_t break_every = 0;  ///< every so many pieces the connection breaks; 0: never
  std::atomic<std::size_t> pieces{0};

  explicit MemoryHub(const fs::path& folder) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      files[entry.path().filename().string()] = read_file(entry.path(), 64 << 20);
    }
  }
  std::string tree() const {
    std::string text = "[";
    for (const auto& [name, content] : files) {
      FileHasher hasher(*FileDigest::git_sha1(std::string(40, 'a')), content.size());
      hasher.update(content);
      text += fmt::format(R"({}{{"type":"file","path":"{}","size":{},"oid":"{}"}})", text.size() > 1 ? "," : "", name,
                          content.size(), hasher.found());
    }
    return text + "]";
  }
};

class MemoryTransport final : public Transport {
 public:
  explicit MemoryTransport(MemoryHub& hub) : hub_(hub) {}

  HttpHead get(const HttpRequest& request, const HttpReceiver& receiver) override {
    ++hub_.requests;
    if (request.url.find("/revision/") != std::string::npos)
      return send(200, R"({"sha":")" + kCommit + "\"}", receiver);
    if (request.url.find("/tree/") != std::string::npos) return send(200, hub_.tree(), receiver);
    const auto file = hub_.files.find(request.url.substr(request.url.rfind('/') + 1));
    if (file == hub_.files.end()) return send(404, "", receiver);
    for (const auto& [name, value] : request.headers) {
      if (name == "Range") return send_from(file->second, std::stoull(value.substr(6)), receiver);
    }
    return send(200, file->second, receiver);
  }

 private:
  HttpHead send_from(const std::string& content, std::size_t first, const HttpReceiver& receiver) {
    const HttpHead head{206,
                        {{"content-range", fmt::format("bytes {}-{}/{}", first, content.size() - 1, content.size())}}};
    return send_body(head, std::string_view(content).substr(first), receiver);
  }
  HttpHead send(int status, const std::string& body, const HttpReceiver& receiver) {
    return send_body({status, {}}, body, receiver);
  }
  HttpHead send_body(const HttpHead& head, std::string_view body, const HttpReceiver& receiver) {
    check(receiver.on_head(head));
    for (; !body.empty(); body.remove_prefix(std::min(kPiece, body.size()))) {
      check(receiver.on_wait());
      if (hub_.break_every != 0 && ++hub_.pieces % hub_.break_every == 0) fail(ErrorKind::kIo, "the connection broke");
      check(receiver.on_body(body.substr(0, kPiece)));
      hub_.bytes_sent += std::min(kPiece, body.size());
    }
    return head;
  }
  static void check(Flow said) {
    if (said == Flow::kStop) fail(ErrorKind::kCancelled, "stopped");
  }
  MemoryHub& hub_;
};

class QuietWatcher final : public DownloadWatcher {
 public:
  std::vector<DownloadEvent> events;
  std::function<bool()> stop = [] { return false; };
  void on_event(const DownloadEvent& event) override { events.push_back(event); }
  void on_progress(const DownloadProgress& progress) override {
    EXPECT_LE(progress.bytes_done, progress.bytes_total + kReadBytes);
    EXPECT_LE(progress.files_done, progress.files_total);
  }
  bool wants_stop() override { return stop(); }
};

class ModelDownloadTest : public testing::Test {
 protected:
  ~ModelDownloadTest() override { fs::remove_all(models_); }

  DownloadOutcome download(unsigned jobs = 4) {
    const DownloadWorld world{
        catalog_,           models_, clock_, access_, [this] { return std::make_unique<MemoryTransport>(hub_); },
        [] { return 0.0; }, {}};
    const DownloadRequest request{resolve_target(parse_model_reference("org/tiny"), "", catalog_, models_), jobs, {}};
    return download_model(request, world, watcher_);
  }

  const SystemClock clock_{};
  const fs::path models_ = fs::temp_directory_path() / ("rbee_download_" + random_hex(6));
  CatalogStore catalog_{models_ / "catalog.json", "pool", clock_};
  MemoryHub hub_{kModel};
  HubAccess access_{*Url::parse("https://hub.example"), ""};
  QuietWatcher watcher_;
};

TEST_F(ModelDownloadTest, files_come_on_several_threads) {
  const DownloadOutcome outcome = download();
  EXPECT_EQ(outcome.state, DownloadOutcome::State::kComplete);
  EXPECT_EQ(outcome.received, outcome.bytes_total);
  EXPECT_EQ(outcome.model.metadata.revision, kCommit);
  EXPECT_EQ(outcome.files_fetched, hub_.files.size());
  for (const auto& [name, content] : hub_.files) EXPECT_EQ(read_file(models_ / "tiny" / name, 64 << 20), content);
  const DownloadOutcome again = download(1);
  EXPECT_EQ(again.files_fetched, 0u);
  EXPECT_EQ(again.received, 0u);
}

TEST_F(ModelDownloadTest, no_byte_is_sent_twice_over_a_connection_that_breaks) {
  hub_.break_every = 40;
  const DownloadOutcome outcome = download(3);
  EXPECT_EQ(hub_.bytes_sent,
            outcome.bytes_total + hub_.tree().size() + std::string_view(R"({"sha":""})").size() + kCommit.size());
}

TEST_F(ModelDownloadTest, a_model_that_does_not_open_is_not_entered_as_downloaded) {
  hub_.files["config.json"] = "{}";  // opens as no model
  EXPECT_THROW(download(), Error);
  EXPECT_FALSE(catalog_.load().find("tiny")->downloaded);
  EXPECT_LT(hub_.bytes_sent, hub_.files["model.safetensors"].size()) << "refused before the weights come";
}

TEST_F(ModelDownloadTest, a_stop_is_an_outcome) {
  watcher_.stop = [] { return true; };
  hub_.break_every = 2;  // so that it takes longer than the first look at the watcher
  const DownloadOutcome outcome = download(1);
  EXPECT_EQ(outcome.state, DownloadOutcome::State::kStopped);
  watcher_.stop = [] { return false; };
  hub_.break_every = 0;
  EXPECT_EQ(download().state, DownloadOutcome::State::kComplete);
}

}  // namespace
}  // namespace rbee::pool::download
