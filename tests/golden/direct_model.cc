#include "direct_model.h"

#include <bit>

#include "base/error.h"
#if defined(RBEE_HAS_CUDA_EMULATION)
#include "engine/backend/cuda/emulation/emulated_cuda.h"
#endif

namespace rbee::golden {

using engine::TokenId;

namespace {

// To nearest, ties to even.
float round_to_bfloat16(float value) {
  auto bits = std::bit_cast<std::uint32_t>(value);
  bits += 0x7FFF + ((bits >> 16) & 1);
  return std::bit_cast<float>(bits & 0xFFFF0000);
}

std::unique_ptr<engine::Backend> make(const std::string& name) {
#if defined(RBEE_HAS_CUDA_EMULATION)
  if (name == kEmulatedCuda) return engine::cuda::make_emulated_cuda_backend();
#endif
  return engine::make_backend(name, {.threads = 2, .module_folder = RBEE_MODULE_FOLDER});
}

}  // namespace

std::string why_absent(const std::string& backend) {
  try {
    make(backend);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

DirectModel::DirectModel(const std::filesystem::path& path, const std::string& backend, std::uint32_t positions_max,
                         RopePrecision rope_precision, std::optional<formats::DType> cache)
    : files_(formats::open_model(path)), built_(engine::build_model(*files_)), backend_(make(backend)) {
  for (engine::RopeTable& table : built_.graph.rope_tables) {
    if (rope_precision == RopePrecision::kFloat32) break;
    for (float& frequency : table.inverse_frequencies) frequency = round_to_bfloat16(frequency);
  }
  engine::KvLayout kv = built_.kv;
  kv.dtype = cache.value_or(kv.dtype);
  kv.blocks = (positions_max + kv.block_tokens - 1) / kv.block_tokens;
  // Not in order, so that a backend that ignores the block table is seen.
  for (std::uint32_t block = kv.blocks; block > 0; --block) blocks_.emplace_back(block - 1);
  plan_ = backend_->compile(built_.graph, built_.weights, kv,
                            {.tokens_max = positions_max, .outputs_max = 1, .sequences_max = 1});
}

std::vector<float> DirectModel::prefill(std::span<const TokenId> ids) {
  position_ = 0;
  prompt_tokens_ = static_cast<std::uint32_t>(ids.size());
  return run(ids);
}

std::vector<float> DirectModel::append(TokenId id) {
  return run({&id, 1});
}

std::vector<float> DirectModel::run(std::span<const TokenId> ids) {
  const auto tokens = static_cast<std::uint32_t>(ids.size());
  const engine::StepSequence sequence{
      .tokens = tokens, .position = position_, .prompt_tokens = prompt_tokens_, .blocks = blocks_};
  const std::uint32_t last = tokens - 1;
  std::vector<float> logits(files_->config().vocab_size);
  backend_->run(*plan_, {.tokens = ids, .sequences = {&sequence, 1}, .output_rows = {&last, 1}}, logits);
  position_ += tokens;
  return logits;
}

bool DirectModel::is_float32() const {
  for (const auto& [name, tensor] : files_->tensors()) {
    if (tensor.dtype != formats::DType::kF32) return false;
  }
  return true;
}

}  // namespace rbee::golden
