#include "engine/backend/cuda/cuda_backend.h"

#include "base/error.h"
#include "engine/backend/cuda/cuda_plan.h"
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/process_memory.h"

namespace rbee::engine {
namespace {

using cuda::CudaPlan;

class CudaBackend final : public Backend {
 public:
  explicit CudaBackend(const CudaOptions& options)
      : device_(options), kernels_(device_, options.kernels), management_library_(options.management_library) {}

  BackendDescription describe() const override {
    return {.name = "cuda",
            .device = device_.description(),
            .memory_bytes = bytes_,
            .memory_measured_bytes = cuda::process_memory(management_library_, device_.identity().pci_address),
            .memory_available_bytes = device_.memory().available,
            .candidates_max = cuda::kCandidatesMax};
  }

  bool supports(const Op& op, formats::DType weight_dtype) const override {
    return cuda::is_supported(op, weight_dtype);
  }

  std::unique_ptr<Plan> compile(const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                                const StepLimits& limits) override {
    device_.use();
    for (const Op& op : graph.ops) {
      const bool has_weight = op.weight != kNoWeight;
      if (supports(op, has_weight ? weights[op.weight].dtype : formats::DType::kF32)) continue;
      if (!has_weight) fail(ErrorKind::kUnsupported, "the cuda backend has no {} like the model's", op_name(op.kind));
      fail(ErrorKind::kUnsupported, "the cuda backend has no {} with weights of type {} ('{}')", op_name(op.kind),
           formats::dtype_info(weights[op.weight].dtype).name, weights[op.weight].name);
    }
    auto plan = std::make_unique<CudaPlan>(device_, kernels_, graph, weights, kv, limits);
    bytes_ = plan->bytes();
    return plan;
  }

  void run(Plan& plan, const Step& step, std::span<float> output) override {
    device_.use();
    dynamic_cast<CudaPlan&>(plan).run(step, output);
  }

  void run_candidates(Plan& plan, const Step& step, std::uint32_t count, std::span<Candidate> output) override {
    device_.use();
    dynamic_cast<CudaPlan&>(plan).run_candidates(step, count, output);
  }

 private:
  const cuda::Device device_;
  cuda::KernelSet kernels_;
  const std::string management_library_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<Backend> make_cuda_backend(const CudaOptions& options) {
  return std::make_unique<CudaBackend>(options);
}

}  // namespace rbee::engine
