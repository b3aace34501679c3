#include "test/test_run.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "base/timestamp.h"
#include "matrix/history.h"
#include "test/cell_run.h"
#include "test/pool_run.h"
#include "test/run_folder.h"
#include "test/run_printer.h"

namespace rbee::keeper {

using matrix::CellKey;

namespace {

constexpr std::chrono::milliseconds kIdle{50};

/// What is known so far; written down after every cell.
class RunBook {
 public:
  RunBook(const TestRunInput& input, const TestWorld& world, RunPrinter& printer)
      : input_(input), world_(world), printer_(printer) {
    run_.head = input.head;
    run_.head.depth = world.plan.depth;
  }

  TestEvents events() {
    return {.pool_found = [this](const matrix::PoolRecord& pool) { add_pool(pool); },
            .cells_planned = [this](const std::vector<CellKey>& cells) { printer_.cells_planned(cells); },
            .cell_step = [this](const CellKey& key, std::string_view step) { printer_.cell_step(key, step); },
            .cell_done = [this](matrix::CellRecord cell) { add_cell(std::move(cell)); }};
  }

  matrix::Run finish() {
    const std::lock_guard lock(mutex_);
    run_.head.finished_at = timestamp(world_.clock.wall_now());
    run_.head.interrupted = world_.stop;
    // Pools finish cells in any order.
    std::stable_sort(run_.cells.begin(), run_.cells.end(),
                     [](const matrix::CellRecord& a, const matrix::CellRecord& b) { return a.key.pool < b.key.pool; });
    write();
    if (thrown_) std::rethrow_exception(thrown_);
    return run_;
  }

 private:
  void add_pool(const matrix::PoolRecord& pool) {
    printer_.pool_found(pool);
    const std::lock_guard lock(mutex_);
    const auto place = std::find_if(run_.head.pools.begin(), run_.head.pools.end(),
                                    [&](const matrix::PoolRecord& other) { return other.name > pool.name; });
    run_.head.pools.insert(place, pool);
  }

  void add_cell(matrix::CellRecord cell) {
    const std::lock_guard lock(mutex_);
    if (input_.before) {
      matrix::Run one{run_.head, {std::move(cell)}};
      matrix::mark_regressions(one, *input_.before);
      cell = std::move(one.cells.front());
    }
    printer_.cell_done(cell);
    run_.cells.push_back(std::move(cell));
    write();
  }

  // A full disk must not leave workers behind: the run goes on, and fails at its end.
  void write() {
    try {
      write_run(input_.folder, run_);
      thrown_ = nullptr;
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  const TestRunInput& input_;
  const TestWorld& world_;
  RunPrinter& printer_;
  std::mutex mutex_;
  matrix::Run run_;            // guarded by mutex_
  std::exception_ptr thrown_;  // guarded by mutex_; what the last writing threw
};

}  // namespace

matrix::Run run_test(const TestRunInput& input, const TestWorld& world, console::Terminal& terminal,
                     const std::function<void()>& idle) {
  RunPrinter printer(terminal, input.pools.size() > 1 ? RunPrinter::Pools::kSeveral : RunPrinter::Pools::kOne);
  RunBook book(input, world, printer);
  const TestEvents events = book.events();
  std::atomic<std::size_t> running = input.pools.size();
  std::vector<std::thread> threads;
  for (const std::unique_ptr<PoolSession>& pool : input.pools) {
    threads.emplace_back([&] {
      run_pool(*pool, world, events);
      --running;
    });
  }
  while (running > 0) {
    idle();
    std::this_thread::sleep_for(kIdle);
  }
  for (std::thread& thread : threads) thread.join();
  return book.finish();
}

}  // namespace rbee::keeper
