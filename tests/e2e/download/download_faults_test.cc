// What downloads do when the hub, the network or somebody hostile breaks them.

#include <fstream>

#include <gmock/gmock.h>

#include "base/file.h"
#include "hub_process.h"

namespace rbee::e2e {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DownloadFaultsTest : public DownloadTest {
 protected:
  std::vector<HubRequest> storage_requests() const { return hub_.requests_for("/storage/tiny/qwen/model.safetensors"); }
  void expect_failure(const std::string& faults, const std::string& message) {
    hub_.break_by(faults);
    const HiveResult result = download();
    EXPECT_EQ(result.code, 1) << faults;
    EXPECT_THAT(result.err, HasSubstr(message)) << faults;
    EXPECT_FALSE(is_downloaded("qwen"));
  }
};

TEST_F(DownloadFaultsTest, a_broken_connection_goes_on_at_the_next_byte) {
  hub_.break_by(R"([{"do":"drop","on":"cdn","at":100000,"times":1}])");
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
  ASSERT_EQ(storage_requests().size(), 2u);
  EXPECT_EQ(storage_requests()[1].range, "bytes=100000-");
}

TEST_F(DownloadFaultsTest, an_answer_that_is_too_short_goes_on_at_the_next_byte) {
  hub_.break_by(R"([{"do":"truncate","on":"cdn","at":5000,"times":1}])");
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
}

TEST_F(DownloadFaultsTest, a_server_that_sends_all_of_it_is_taken_from_the_start) {
  hub_.break_by(R"([{"do":"drop","on":"cdn","at":100000,"times":1},{"do":"ignore_range","on":"cdn"}])");
  const HiveResult result = download();
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("starting from its first byte"));
  EXPECT_TRUE(is_whole());
}

TEST_F(DownloadFaultsTest, wrong_content_is_fetched_once_more) {
  hub_.break_by(R"([{"do":"corrupt","on":"cdn","at":7,"times":1}])");
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
}

TEST_F(DownloadFaultsTest, wrong_content_again_is_an_error_with_both_digests) {
  hub_.break_by(R"([{"do":"corrupt","on":"cdn","at":7}])");
  const HiveResult result = download();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(
      result.err,
      testing::ContainsRegex("model.safetensors: sha256 is [0-9a-f]{64}, the hub lists [0-9a-f]{64}; fetched 2 times"));
  EXPECT_FALSE(fs::exists(model_file()));
  EXPECT_LT(part_bytes(), fs::file_size(hub_.folder("tiny/qwen") / "model.safetensors"));
}

TEST_F(DownloadFaultsTest, small_files_are_verified_as_git_does) {
  expect_failure(R"([{"do":"corrupt","on":"resolve","path":"config.json","at":7}])", "config.json: git sha1 is");
}

TEST_F(DownloadFaultsTest, a_changed_tag_starts_the_file_anew) {
  const RunningHive running = start_slow_download();
  signal_process(running.process, SIGKILL);
  pool_.finish(running);
  hub_.break_by(R"([{"do":"etag","on":"resolve","path":"model.safetensors","value":"another"}])");
  hub_.forget();
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
  ASSERT_EQ(storage_requests().size(), 2u);
  EXPECT_EQ(storage_requests()[1].range, "");
}

TEST_F(DownloadFaultsTest, a_file_that_changed_at_the_hub_starts_anew) {
  const RunningHive running = start_slow_download();
  signal_process(running.process, SIGKILL);
  pool_.finish(running);
  std::fstream(hub_.folder("tiny/qwen") / "model.safetensors").seekp(-1, std::ios::end).put('!');
  hub_.heal();
  hub_.forget();
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(storage_requests()[0].range, "");
}

TEST_F(DownloadFaultsTest, passing_refusals_are_waited_for) {
  hub_.break_by(R"([{"do":"status","on":"info","status":429,"retry_after":"1","times":1},
                    {"do":"status","on":"tree","status":503,"times":1},
                    {"do":"status","on":"resolve","status":408,"times":1},
                    {"do":"status","on":"cdn","status":500,"times":1},
                    {"do":"hang_up","on":"cdn","skip":1,"times":1}])");
  const HiveResult result = download();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(is_whole());
}

TEST_F(DownloadFaultsTest, a_wait_that_is_too_long_is_refused) {
  expect_failure(R"([{"do":"status","on":"info","status":429,"retry_after":"999999"}])", "too many requests");
}

TEST_F(DownloadFaultsTest, refusals_say_what_to_do) {
  expect_failure(R"([{"do":"status","on":"info","status":403,"code":"GatedRepo","message":"Ask first"}])",
                 "gated: its owner must grant you access");
  expect_failure(R"([{"do":"status","on":"resolve","status":403,"code":"GatedRepo"}])", "gated");
  expect_failure(R"([{"do":"status","on":"info","status":404,"code":"RevisionNotFound"}])", "has no such revision");
  expect_failure(R"([{"do":"status","on":"resolve","status":404,"code":"EntryNotFound"}])", "has no such file");
  expect_failure(R"([{"do":"status","on":"info","status":401}])", "refuses the token");
  pool_.set("HF_TOKEN=");
  expect_failure(R"([{"do":"status","on":"info","status":401,"code":"RepoNotFound"}])", "set HF_TOKEN");
}

TEST_F(DownloadFaultsTest, without_a_network_the_words_are_plain) {
  pool_.set("HF_HUB_OFFLINE=1");
  EXPECT_THAT(download().err, HasSubstr("HF_HUB_OFFLINE is set"));
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(DownloadFaultsTest, a_hub_that_is_not_there_is_named) {
  pool_.set("HF_ENDPOINT=http://127.0.0.1:1");
  const HiveResult result = download();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("http://127.0.0.1:1 does not answer"));
  pool_.set("HF_ENDPOINT=ftp://x");
  EXPECT_EQ(download().code, 2);
}

TEST_F(DownloadFaultsTest, redirects_are_bounded) {
  expect_failure(R"([{"do":"redirect","on":"info"}])", "more than 5 redirects");
  expect_failure(R"([{"do":"redirect","on":"info","location":"file:///etc/passwd"}])", "no address");
}

TEST_F(DownloadFaultsTest, hostile_lists_leave_nothing_behind) {
  const std::string sha(64, 'a'), oid(40, 'a');
  for (const std::string name :
       {"../evil.safetensors", "/tmp/evil", "a/../../evil", "a\\\\evil", "a//evil", "e\\u0000vil"}) {
    expect_failure(
        R"([{"do":"tree_entry","entry":{"type":"file","path":")" + name + R"(","size":1,"oid":")" + oid + R"("}}])",
        "an odd name");
  }
  expect_failure(R"([{"do":"tree_entry","entry":{"type":"file","path":"x.json","size":1,"oid":"../../x"}}])",
                 "not a git sha1 digest");
  expect_failure(R"([{"do":"tree_entry","entry":{"type":"file","path":"x.gguf","size":1,"oid":")" + oid +
                     R"(","lfs":{"oid":"sha256:../x","size":1}}}])",
                 "not a sha256 digest");
  expect_failure(
      R"([{"do":"tree_entry","entry":{"type":"file","path":"config.json","size":1,"oid":")" + oid + R"("}}])", "twice");
  expect_failure(
      R"([{"do":"tree_entry","entry":{"type":"file","path":"vocab.json","size":9000000000000000000,"oid":")" + oid +
          R"("}}])",
      "are needed");
  EXPECT_FALSE(fs::exists(pool_.home() / "evil.safetensors"));
  EXPECT_FALSE(fs::exists(model_file()));
}

TEST_F(DownloadFaultsTest, endless_answers_are_cut) {
  expect_failure(R"([{"do":"oversize","on":"info","bytes":10000000000}])", "longer than");
  expect_failure(R"([{"do":"oversize","on":"tree","bytes":10000000000}])", "longer than");
  expect_failure(R"([{"do":"oversize","on":"cdn","bytes":10000000000}])", "more bytes come");
  expect_failure(R"([{"do":"body","on":"info","text":"<html>"}])", "the hub on tiny/qwen");
  expect_failure(R"([{"do":"body","on":"tree","text":"{}"}])", "no list");
}

TEST_F(DownloadFaultsTest, links_are_never_followed) {
  const fs::path outside = pool_.home() / "outside";
  fs::create_directories(outside);
  std::ofstream(outside / "victim") << "untouched";
  fs::create_directories(models() / "qwen");
  fs::create_symlink(outside / "victim", model_file());
  EXPECT_EQ(download().code, 0);
  EXPECT_FALSE(fs::is_symlink(model_file()));
  EXPECT_EQ(read_file(outside / "victim", 100), "untouched");
  fs::remove_all(models() / "qwen");
  fs::create_directories(models() / "qwen");
  fs::create_directory_symlink(outside, models() / "qwen" / ".download");
  EXPECT_THAT(download().err, HasSubstr("a symbolic link"));
  EXPECT_EQ(std::distance(fs::directory_iterator(outside), fs::directory_iterator()), 1);
}

TEST(DownloadPagesTest, a_list_in_pages_is_read_to_its_end) {
  HubProcess hub({"--page", "2"});
  hub.add("tiny/qwen", std::string(RBEE_TEST_DATA) + "/models/tiny-qwen2");
  TestPool pool("/bin/false");
  pool.set("HF_ENDPOINT=" + hub.url());
  const HiveResult result = pool.run({"models", "download", "tiny/qwen"});
  EXPECT_EQ(result.code, 0) << result.err;
}

}  // namespace
}  // namespace rbee::e2e
