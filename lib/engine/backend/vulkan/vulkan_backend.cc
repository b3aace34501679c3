#include "engine/backend/vulkan/vulkan_backend.h"

#include "base/error.h"
#include "engine/backend/vulkan/vulkan_plan.h"

namespace rbee::engine {
namespace {

using vulkan::VulkanPlan;

class VulkanBackend final : public Backend {
 public:
  explicit VulkanBackend(const VulkanOptions& options)
      : device_(options.gpu, options.validation, options.binding_bytes_max),
        pipelines_(device_, options.cache_folder) {}

  BackendDescription describe() const override {
    const vulkan::DeviceMemory memory = device_.memory();
    return {.name = "vulkan",
            .device = device_.description(),
            .memory_bytes = bytes_,
            .memory_measured_bytes = memory.used,
            .memory_available_bytes = memory.available};
  }

  bool supports(const Op& op, formats::DType weight_dtype) const override {
    return vulkan::is_supported(op, weight_dtype);
  }

  std::unique_ptr<Plan> compile(const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                                const StepLimits& limits) override {
    for (const Op& op : graph.ops) {
      const bool has_weight = op.weight != kNoWeight;
      if (supports(op, has_weight ? weights[op.weight].dtype : formats::DType::kF32)) continue;
      if (!has_weight) fail(ErrorKind::kUnsupported, "the vulkan backend has no {} like the model's", op_name(op.kind));
      fail(ErrorKind::kUnsupported, "the vulkan backend has no {} with weights of type {} ('{}')", op_name(op.kind),
           formats::dtype_info(weights[op.weight].dtype).name, weights[op.weight].name);
    }
    auto plan = std::make_unique<VulkanPlan>(device_, pipelines_, graph, weights, kv, limits);
    bytes_ = plan->bytes();
    pipelines_.save_cache();
    return plan;
  }

  void run(Plan& plan, const Step& step, std::span<float> output) override {
    dynamic_cast<VulkanPlan&>(plan).run(step, output);
  }

 private:
  const vulkan::Device device_;
  vulkan::Pipelines pipelines_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<Backend> make_vulkan_backend(const VulkanOptions& options) {
  return std::make_unique<VulkanBackend>(options);
}

std::string why_no_vulkan() {
  try {
    const vulkan::Device device(0, nullptr);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

bool has_vulkan_validation() {
  return vulkan::Instance::has_validation_layer();
}

}  // namespace rbee::engine
