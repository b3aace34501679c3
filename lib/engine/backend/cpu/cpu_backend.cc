#include "engine/backend/cpu/cpu_backend.h"

#include "base/check.h"
#include "base/error.h"
#include "base/usable_cpus.h"
#include "engine/backend/cpu/cpu_plan.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/limits.h"
#include "engine/backend/cpu/step_run.h"
#include "engine/backend/cpu/thread_pool.h"

namespace rbee::engine {
namespace {

using cpu::CpuPlan;
using cpu::Isa;

// A step of one token reads the weights, more tokens share them: `step_bench` with 1 to 16 tokens.
constexpr double kTokenCost = 0.15;

class CpuBackend final : public Backend {
 public:
  CpuBackend(Isa isa, std::uint32_t threads, cpu::ActivationBits bits)
      : isa_(isa), kernels_(cpu::kernels_for(isa)), bits_(bits), pool_(threads) {}

  BackendDescription describe() const override {
    return {.name = "cpu",
            .device = fmt::format("{}, {}, {} thread{}", cpu::processor_name(), cpu::isa_name(isa_), pool_.size(),
                                  pool_.size() == 1 ? "" : "s"),
            .packs_weights = true,
            .token_cost = kTokenCost};
  }

  bool supports(const Op& op, formats::DType weight_dtype) const override {
    if (op.kind == OpKind::kKvAppend) return cpu::is_cache_type(weight_dtype);
    const bool vector = op.kind == OpKind::kRmsNorm || op.kind == OpKind::kAddBias;
    return !vector || weight_dtype == formats::DType::kF32;
  }

  std::unique_ptr<Plan> compile(const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                                const StepLimits& limits) override {
    for (const Op& op : graph.ops) {
      if (op.weight == kNoWeight || supports(op, weights[op.weight].dtype)) continue;
      fail(ErrorKind::kUnsupported, "the cpu backend has no {} with weights of type {} ('{}')", op_name(op.kind),
           formats::dtype_info(weights[op.weight].dtype).name, weights[op.weight].name);
    }
    return std::make_unique<CpuPlan>(graph, weights, kv, limits, bits_, kernels_.round_bf16_row != nullptr, pool_);
  }

  void run(Plan& plan, const Step& step, std::span<float> output) override {
    cpu::run_step(dynamic_cast<CpuPlan&>(plan), step, output, kernels_, pool_);
  }

 private:
  const Isa isa_;
  const cpu::Kernels& kernels_;
  const cpu::ActivationBits bits_;
  cpu::ThreadPool pool_;
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(const CpuOptions& options) {
  const Isa isa = cpu::choose_isa(options.isa, options.isa ? cpu::usable_isas() : cpu::available_isas());
  if (options.threads > cpu::kThreadsMax) {
    fail(ErrorKind::kBadRequest, "{} threads asked for, at most {} are possible", options.threads, cpu::kThreadsMax);
  }
  return std::make_unique<CpuBackend>(isa, options.threads == 0 ? usable_cpus() : options.threads, options.activations);
}

std::unique_ptr<Backend> make_cpu_backend(std::uint32_t threads) {
  return make_cpu_backend(
      CpuOptions{.threads = threads, .isa = std::nullopt, .activations = cpu::ActivationBits::kAuto});
}

}  // namespace rbee::engine
