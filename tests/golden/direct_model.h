#pragma once
// A model on a backend without the engine around it: tokens in, logits out.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/models/build_model.h"
#include "formats/model_files.h"
#include "golden_model.h"

namespace rbee::golden {

/// How exactly rotation frequencies are kept. A PyTorch model that was cast to bfloat16 as a whole has rounded them
/// too; models that are loaded in bfloat16 have not.
enum class RopePrecision { kFloat32, kBFloat16 };

/// The cuda backend over the emulated driver: no name that a program knows.
constexpr const char* kEmulatedCuda = "cuda-emulated";

/// Why the backend cannot be used on this machine; empty when it can.
std::string why_absent(const std::string& backend);

/// One sequence at a time, in a cache of its own.
class DirectModel {
 public:
  /// Room for `positions_max` positions, in a cache of the model's type or of another.
  DirectModel(const std::filesystem::path& path, const std::string& backend, std::uint32_t positions_max,
              RopePrecision rope_precision = RopePrecision::kFloat32,
              std::optional<formats::DType> cache = std::nullopt);

  /// Starts over with `ids`, in one step; the logits of the last position, [vocab].
  std::vector<float> prefill(std::span<const engine::TokenId> ids);
  /// Appends one token; its logits.
  std::vector<float> append(engine::TokenId id);

  /// True when every matrix is float32.
  bool is_float32() const;

 private:
  std::vector<float> run(std::span<const engine::TokenId> ids);

  std::unique_ptr<formats::ModelFiles> files_;
  engine::BuiltModel built_;
  std::unique_ptr<engine::Backend> backend_;
  std::unique_ptr<engine::Plan> plan_;
  std::vector<engine::BlockId> blocks_;
  std::uint32_t position_ = 0, prompt_tokens_ = 0;
};

}  // namespace rbee::golden
