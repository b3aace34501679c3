#pragma once
// The boundary between the engine and what computes.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "engine/backend/step.h"
#include "engine/candidate.h"
#include "engine/graph/graph.h"
#include "engine/kv/kv_layout.h"
#include "engine/tensor/weight_table.h"

namespace rbee::engine {

struct BackendDescription {
  std::string name;    ///< "reference", "cpu", ...
  std::string device;  ///< what it really runs on, for people: "Intel Xeon, avx512-vnni, 2 threads"
  std::uint64_t memory_bytes =
      0;  ///< of the device, asked for by this backend; 0 where weights stay in the mapped file
  std::uint64_t memory_measured_bytes = 0;  ///< of the device, held by this process, as its driver says; 0: it does not
  std::uint64_t memory_available_bytes = 0;  ///< of the device, for weights and cache; 0 where it is the machine's
  bool packs_weights = false;  ///< compile() copies every matrix to memory of this process and releases it in the table
  /// Time of one more token in a small step, as a share of a step of one token. 1: company gains nothing, so that the
  /// engine never speculates.
  double token_cost = 1;
  std::uint32_t candidates_max = 0;  ///< of a row, that run_candidates() gives; 0: there is no run_candidates()
};

/// The largest step that a plan must be able to run.
struct StepLimits {
  std::uint32_t tokens_max = 0;
  std::uint32_t outputs_max = 0;
  std::uint32_t sequences_max = 0;
};

/// A graph made ready by a backend, with its activations and its KV cache. Belongs to the backend that compiled it.
class Plan {
 public:
  virtual ~Plan() = default;
};

/// One device. Calls come one at a time (while it loads, from the loading thread or one of its own; then from the
/// engine's); a backend may use threads of its own inside a call.
/// For one build, backend and device, each output row of run() depends only on its own sequence's tokens and cache,
/// bit for bit: not on the rest of the step, the number of threads, nor on how a prompt was cut into steps.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual BackendDescription describe() const = 0;

  /// Whether the op runs here with weights of this dtype; for kKvAppend it is the cache's dtype, for other ops without
  /// a weight it is ignored.
  virtual bool supports(const Op& op, formats::DType weight_dtype) const = 0;

  /// Makes the graph runnable. `weights` and the bytes that they point to outlive the plan; they are held in their own
  /// precision (a packed copy replaces the original's pages, it does not add to them). The cache starts empty.
  /// Throws Error: kUnsupported (names op and dtype), kExhausted (needed and available bytes).
  virtual std::unique_ptr<Plan> compile(const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                                        const StepLimits& limits) = 0;

  /// Runs one step and writes the graph's output, [R, columns] (or [T, columns] when the output has a row per token),
  /// to `output` as float32. Returns when it is there. `step` is within the plan's limits; token ids, block ids and
  /// rows are in range: the caller has checked. Throws Error{kIo} when the device is lost.
  virtual void run(Plan& plan, const Step& step, std::span<float> output) = 0;

  /// Runs one step as run() does, and writes of each output row its first `count` columns in the order of
  /// ranks_before() with their values, [R, count]. NaN counts as +infinity, so that a damaged row begins with its first
  /// damaged column; a row of fewer columns ends with the id -1 and -infinity. `count` is from 1 to candidates_max, and
  /// the graph's output has a row per output.
  virtual void run_candidates(Plan& /*plan*/, const Step& /*step*/, std::uint32_t /*count*/,
                              std::span<Candidate> /*output*/) {
    RBEE_CHECK(false && "candidates_max is 0");
  }
};

/// What a backend is made with; each takes what concerns it.
struct BackendOptions {
  std::uint32_t gpu = 0;                ///< which device of the backend
  std::uint32_t threads = 0;            ///< 0: from affinity and cgroup limits
  std::string cpu_isa;                  ///< of cpu::isa_name(), for the cpu backend alone; empty: the best there is
  std::filesystem::path module_folder;  ///< where backends that are modules lie; empty: beside the program
  std::filesystem::path cache_folder;   ///< for what may be kept from run to run; empty: nothing is kept
};

/// How many threads a program with these options computes with: those asked for, or as many as affinity and cgroup
/// leave it.
std::uint32_t compute_threads(const BackendOptions& options);

/// Makes a backend by name: "reference", "cpu", "cuda", "vulkan" ("metal" on Apple's systems).
/// Throws Error{kUnsupported}: unknown or not on this machine, with what was looked for and found.
std::unique_ptr<Backend> make_backend(std::string_view name, const BackendOptions& options);

}  // namespace rbee::engine
