// What downloads do when nothing breaks, and when the person behind them acts.

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "base/child_process.h"
#include "base/file.h"
#include "hub_process.h"

namespace rbee::e2e {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kData = RBEE_TEST_DATA;

TEST_F(DownloadTest, a_model_comes_whole_and_once) {
  std::ofstream(hub_.folder("tiny/qwen") / "pytorch_model.bin") << "pickle";
  std::ofstream(hub_.folder("tiny/qwen") / ".gitattributes") << "hidden";
  const HiveResult first = download({"tiny/qwen", "--json"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_FALSE(fs::exists(models() / "qwen" / "pytorch_model.bin"));
  fs::remove(hub_.folder("tiny/qwen") / "pytorch_model.bin");
  EXPECT_TRUE(is_whole());
  const boost::json::value model = first.json();
  EXPECT_EQ(model.at("id").as_string(), "qwen");
  EXPECT_EQ(model.at("architecture").as_string(), "qwen2");
  EXPECT_EQ(model.at("metadata").at("repo").as_string(), "tiny/qwen");
  EXPECT_EQ(model.at("metadata").at("revision").as_string().size(), 40u);
  for (const auto& file : model.at("metadata").at("files").as_array())
    EXPECT_EQ(file.at("sha256").as_string().size(), 64u);
  EXPECT_EQ(hive({"models", "verify", "qwen"}).code, 0);
}

TEST_F(DownloadTest, a_whole_model_is_not_transferred_again) {
  ASSERT_EQ(download().code, 0);
  hub_.forget();
  const HiveResult second = download();
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("nothing was transferred"));
  EXPECT_TRUE(hub_.requests_for("model.safetensors").empty());
}

TEST_F(DownloadTest, a_damaged_file_is_found_and_fetched_again_by_download) {
  ASSERT_EQ(download().code, 0);
  std::fstream(model_file()).seekp(5000).put('!');
  hub_.forget();
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
  EXPECT_TRUE(hub_.requests_for("tokenizer.json").empty());
}

TEST_F(DownloadTest, the_token_stays_with_the_hub) {
  ASSERT_EQ(download().code, 0);
  for (const HubRequest& request : hub_.requests()) {
    EXPECT_EQ(request.authorized, !request.path.starts_with("/storage/")) << request.path;
  }
}

TEST_F(DownloadTest, events_are_lines_of_json_beside_the_document) {
  const HiveResult result = download({"tiny/qwen", "--json"});
  std::istringstream lines(result.err);
  std::vector<std::string> events;
  for (std::string line; std::getline(lines, line);) {
    events.emplace_back(boost::json::parse(line).at("event").as_string());
  }
  EXPECT_THAT(events, testing::IsSupersetOf({"planned", "file", "progress"}));
}

TEST_F(DownloadTest, a_pipe_gets_a_line_per_file) {
  const HiveResult result = download();
  EXPECT_THAT(result.out, HasSubstr("model.safetensors ("));
  EXPECT_THAT(result.out, HasSubstr("config.json ("));
  EXPECT_THAT(result.out, testing::Not(HasSubstr("\r")));
}

TEST_F(DownloadTest, ctrl_c_keeps_what_came_and_the_next_run_goes_on) {
  const RunningHive running = start_slow_download();
  signal_process(running.process, SIGINT);
  const HiveResult stopped = pool_.finish(running);
  EXPECT_EQ(stopped.code, 130);
  EXPECT_THAT(stopped.err, HasSubstr("goes on from there"));
  const std::uint64_t kept = part_bytes();
  ASSERT_GE(kept, 100'000u);
  hub_.heal();
  hub_.forget();
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
  ASSERT_EQ(hub_.requests_for("storage/tiny/qwen/model.safetensors").size(), 1u);
  EXPECT_EQ(hub_.requests_for("storage/tiny/qwen/model.safetensors")[0].range, "bytes=" + std::to_string(kept) + "-");
}

TEST_F(DownloadTest, a_killed_download_goes_on_where_it_was) {
  const RunningHive running = start_slow_download();
  signal_process(running.process, SIGKILL);
  pool_.finish(running);
  const std::uint64_t kept = part_bytes();
  hub_.heal();
  hub_.forget();
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(hub_.requests_for("storage/tiny/qwen/model.safetensors")[0].range, "bytes=" + std::to_string(kept) + "-");
}

TEST_F(DownloadTest, two_at_once_do_not_meet) {
  const RunningHive running = start_slow_download();
  const HiveResult second = download();
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("downloaded already, by pid " + std::to_string(running.process.pid)));
  EXPECT_EQ(hive({"models", "delete", "qwen"}).code, 1);
  signal_process(running.process, SIGTERM);
  EXPECT_EQ(pool_.finish(running).code, 143);
  EXPECT_EQ(hive({"models", "delete", "qwen"}).code, 0);
  EXPECT_FALSE(fs::exists(models() / "qwen"));
}

TEST_F(DownloadTest, a_newer_commit_takes_the_place_of_the_older) {
  ASSERT_EQ(download().code, 0);
  std::ofstream(hub_.folder("tiny/qwen") / "chat_template.jinja") << "{{ messages }}";
  fs::remove(hub_.folder("tiny/qwen") / "generation_config.json");
  hub_.forget();
  EXPECT_EQ(download().code, 0);
  EXPECT_TRUE(is_whole());
  EXPECT_FALSE(fs::exists(models() / "qwen" / "generation_config.json"));
  EXPECT_TRUE(hub_.requests_for("model.safetensors").empty());
  EXPECT_EQ(hive({"models", "verify"}).code, 0);
}

TEST_F(DownloadTest, shards_come_by_their_index) {
  hub_.add("tiny/sharded", kData + "/more_models/mistral-f16-sharded");
  EXPECT_EQ(download({"tiny/sharded", "--id", "shards", "--jobs", "2"}).code, 0);
  EXPECT_TRUE(is_downloaded("shards"));
}

TEST_F(DownloadTest, a_gguf_file_is_named) {
  hub_.add("tiny/gguf", kData + "/more_gguf/codellama-F16.gguf");
  hub_.add("tiny/gguf", kData + "/more_gguf/qwen3-F16.gguf");
  const HiveResult unnamed = download({"tiny/gguf"});
  EXPECT_EQ(unnamed.code, 1);
  EXPECT_THAT(unnamed.err, HasSubstr("tiny/gguf:codellama-F16.gguf"));
  const HiveResult wrong = download({"tiny/gguf:qwen3-F61.gguf"});
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'qwen3-F16.gguf'?"));
  EXPECT_EQ(download({"tiny/gguf:qwen3-F16.gguf"}).code, 0);
  EXPECT_TRUE(is_downloaded("qwen3-f16"));
  EXPECT_THAT(download({"qwen3-f16"}).out, HasSubstr("nothing was transferred"));
  EXPECT_EQ(hive({"models", "delete", "qwen3-f16"}).code, 0);
}

TEST_F(DownloadTest, pickle_is_never_taken) {
  fs::create_directories(hub_.folder("tiny/pickle"));
  std::ofstream(hub_.folder("tiny/pickle") / "pytorch_model.bin") << "pickle";
  std::ofstream(hub_.folder("tiny/pickle") / "config.json") << "{}";
  const HiveResult result = download({"tiny/pickle"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("pickle files only"));
  EXPECT_FALSE(fs::exists(models() / "pickle"));
}

TEST_F(DownloadTest, verify_names_bad_files_and_fetches_just_those) {
  ASSERT_EQ(download().code, 0);
  std::fstream(model_file()).seekp(5000).put('!');
  fs::remove(models() / "qwen" / "config.json");
  hub_.forget();
  const HiveResult report = hive({"models", "verify", "--no-repair"});
  EXPECT_EQ(report.code, 1);
  EXPECT_THAT(report.err, testing::ContainsRegex("model.safetensors: sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}"));
  EXPECT_THAT(report.err, HasSubstr("config.json: missing"));
  EXPECT_TRUE(hub_.requests().empty());
  const HiveResult repaired = hive({"models", "verify", "qwen"});
  EXPECT_EQ(repaired.code, 0) << repaired.err;
  EXPECT_TRUE(is_whole());
  EXPECT_TRUE(hub_.requests_for("tokenizer.json").empty());
  EXPECT_EQ(hive({"models", "verify", "--no-repair"}).code, 0);
}

TEST_F(DownloadTest, an_imported_model_cannot_be_repaired) {
  fs::copy(kData + "/models/tiny-qwen2", pool_.home() / "mine");
  ASSERT_EQ(hive({"models", "import", (pool_.home() / "mine").string()}).code, 0);
  fs::remove(pool_.home() / "mine" / "config.json");
  const HiveResult result = hive({"models", "verify"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("came from no hub"));
  const HiveResult taken = download({"tiny/qwen", "--id", "mine"});
  EXPECT_THAT(taken.err, HasSubstr("was imported"));
}

TEST_F(DownloadTest, the_hf_command_brings_files_too) {
  const fs::path bin = pool_.home() / "bin";
  fs::create_directories(bin);
  EXPECT_THAT(download({"tiny/qwen", "--via", "hf"}).err, HasSubstr("no 'hf' command"));
  // Stands in for the command: copies the named files, and fails when it is not called as it should be.
  std::ofstream(bin / "hf")
      << "#!/bin/bash\nset -e\n[ \"$1 $2\" = 'download tiny/qwen' ]\nshift 2\n"
         "[ \"$HF_HUB_DISABLE_UPDATE_CHECK\" = 1 ]\nfiles=()\nwhile [ $# -gt 0 ]; do\ncase $1 in\n"
         "--revision) [ ${#2} = 40 ]; shift 2 ;;\n--local-dir) dir=$2; shift 2 ;;\n"
         "*) files+=(\"$1\"); shift ;;\nesac\ndone\n"
         "for file in \"${files[@]}\"; do cp '" +
             hub_.folder("tiny/qwen").string() + "'/\"$file\" \"$dir/\"; done\n";
  fs::permissions(bin / "hf", fs::perms::owner_all);
  pool_.set("PATH=" + bin.string() + ":/usr/bin:/bin");
  const HiveResult result = download({"tiny/qwen", "--via", "hf"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(is_whole());
  EXPECT_TRUE(hub_.requests_for("model.safetensors").empty());
}

TEST_F(DownloadTest, odd_names_are_refused_as_wrong_use) {
  for (const char* name : {"tiny/../etc", "-tiny/qwen", "tiny/qwen@../x", "tiny/qwen:../x.gguf", "tiny/qwen:x.bin",
                           "a/b/c", "tiny/", "nosuchmodel@", "$(id)/x"}) {
    EXPECT_EQ(download({"--", name}).code, 2) << name;
  }
  EXPECT_EQ(download({"tinylama"}).code, 1);
  EXPECT_THAT(download({"tinylama"}).err, HasSubstr("did you mean 'tinyllama'?"));
}

}  // namespace
}  // namespace rbee::e2e
