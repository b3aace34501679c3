#include "pool/catalog_store.h"

#include <csignal>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "pool/known_models.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

class CatalogStoreTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  CatalogStore store() { return CatalogStore(folder_ / "catalog.json", "pool", clock_); }
  static void add(wire::Catalog& catalog, const std::string& id) {
    wire::CatalogModel model;
    model.id = id;
    catalog.models.push_back(model);
  }
  fs::path folder_ = fs::temp_directory_path() / ("rbee_catalog_" + random_hex(6));
  SystemClock clock_;
};

TEST_F(CatalogStoreTest, a_fresh_pool_knows_the_named_models_as_not_downloaded) {
  const wire::Catalog catalog = store().load();
  EXPECT_EQ(catalog.models.size(), 7u);
  for (const char* id : {"qwen-0.5b", "tinyllama", "phi3", "mistral", "llama3-8b", "gemma-2b", "codellama-7b"}) {
    ASSERT_NE(catalog.find(id), nullptr) << id;
    EXPECT_FALSE(catalog.find(id)->downloaded);
  }
  EXPECT_FALSE(fs::exists(folder_ / "catalog.json"));
}

TEST_F(CatalogStoreTest, every_update_is_one_generation) {
  CatalogStore catalog_store = store();
  catalog_store.update([](wire::Catalog& catalog) { add(catalog, "a"); });
  const wire::Catalog catalog = catalog_store.update([](wire::Catalog& newest) { add(newest, "b"); });
  EXPECT_EQ(catalog.generation, 2u);
  EXPECT_EQ(catalog_store.load().models.size(), 9u);
}

TEST_F(CatalogStoreTest, a_change_that_fails_writes_nothing) {
  CatalogStore catalog_store = store();
  EXPECT_THROW(catalog_store.update([](wire::Catalog&) { fail(ErrorKind::kBadRequest, "no"); }), Error);
  EXPECT_FALSE(fs::exists(folder_ / "catalog.json"));
}

TEST_F(CatalogStoreTest, a_stale_write_is_refused_and_the_change_applied_to_the_newest) {
  CatalogStore paused = store();
  int calls = 0;
  paused.update([&](wire::Catalog& catalog) {
    if (++calls == 1) {  // while this holder is paused, its lock is lost and another process writes
      fs::remove(folder_ / "catalog.json.lock");
      store().update([](wire::Catalog& newest) { add(newest, "other"); });
    }
    add(catalog, "mine");
  });
  EXPECT_EQ(calls, 2);
  EXPECT_NE(store().load().find("other"), nullptr);
  EXPECT_NE(store().load().find("mine"), nullptr);
}

TEST_F(CatalogStoreTest, a_damaged_catalog_is_an_error_and_stays_as_it_is) {
  write_file_atomically(folder_ / "catalog.json", "{broken");
  CatalogStore catalog_store = store();
  EXPECT_THROW(catalog_store.update([](wire::Catalog&) {}), Error);
  EXPECT_EQ(read_file(folder_ / "catalog.json", 100), "{broken");
}

TEST_F(CatalogStoreTest, leftovers_of_a_killed_writer_go) {
  write_file_atomically(folder_ / "catalog.json.abc123", "half");
  CatalogStore catalog_store = store();
  catalog_store.update([](wire::Catalog&) {});
  EXPECT_FALSE(fs::exists(folder_ / "catalog.json.abc123"));
}

TEST_F(CatalogStoreTest, fifty_processes_at_once_lose_no_entry) {
  constexpr int kProcesses = 50, kEntries = 4;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      CatalogStore mine = store();
      for (int entry = 0; entry < kEntries; ++entry) {
        mine.update([&](wire::Catalog& catalog) {
          add(catalog, "p" + std::to_string(process) + "-" + std::to_string(entry));
          if (entry > 0) {  // and take the one before out again
            std::erase_if(catalog.models, [&](const wire::CatalogModel& model) {
              return model.id == "p" + std::to_string(process) + "-" + std::to_string(entry - 1);
            });
          }
        });
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const wire::Catalog catalog = store().load();
  EXPECT_EQ(catalog.generation, static_cast<std::uint64_t>(kProcesses * kEntries));
  EXPECT_EQ(catalog.models.size(), known_models().size() + kProcesses);
  for (int process = 0; process < kProcesses; ++process) {
    EXPECT_NE(catalog.find("p" + std::to_string(process) + "-" + std::to_string(kEntries - 1)), nullptr);
  }
}

TEST_F(CatalogStoreTest, writers_killed_at_random_moments_leave_a_whole_catalog) {
  constexpr int kRounds = 40;
  store().update([](wire::Catalog&) {});
  std::uint64_t generation = 1;
  for (int round = 0; round < kRounds; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      CatalogStore mine = store();
      while (true) mine.update([](wire::Catalog& catalog) { catalog.pool_id = random_hex(1000); });
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500 + 700 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const wire::Catalog catalog = store().load();  // throws when it is not whole
    EXPECT_EQ(catalog.models.size(), known_models().size());
    EXPECT_GE(catalog.generation, generation);
    generation = catalog.generation;
  }
  store().update([](wire::Catalog&) {});  // the lock is free
}

TEST_F(CatalogStoreTest, paths_in_the_models_folder_are_stored_relative) {
  const CatalogStore catalog_store = store();
  EXPECT_EQ(catalog_store.stored_path(folder_ / "a"), "a");
  EXPECT_EQ(catalog_store.stored_path("/elsewhere/b"), "/elsewhere/b");
  EXPECT_EQ(catalog_store.stored_path(folder_ / ".." / "c"), (folder_.parent_path() / "c").string());
  wire::CatalogModel model;
  model.path = "a";
  EXPECT_EQ(catalog_store.model_path(model), folder_ / "a");
}

}  // namespace
}  // namespace rbee::pool
