#pragma once
// The published shapes of the known models, and the tensors that follow from them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace rbee::pool::synth {

/// What config.json of a known model says. Source: the models' repositories on the hub.
struct ModelShape {
  std::string_view id, class_name, model_type;
  std::uint32_t hidden, intermediate, layers, heads, kv_heads, head_dim, vocab, context;
  double rope_theta, rms_norm_eps;
  bool tied;  ///< the output projection is the embedding
  std::uint32_t bos, eos;
  std::uint32_t sliding_window;  ///< 0: none
};

/// Throws Error{kBadRequest} with the known ids.
const ModelShape& find_shape(std::string_view id);

/// The ids, for help and messages.
std::vector<std::string> shape_ids();

/// Element types that a model can be written in.
enum class ElementType : std::uint8_t { kBF16, kF16, kF32 };

/// How a tensor's values are drawn.
enum class Draw : std::uint8_t {
  kWeight,  ///< N(0, 0.02)
  kBias,    ///< N(0, 0.05)
  kNorm,    ///< N(1, 0.02), or N(0, 0.02) where the architecture adds 1 (Gemma)
};

struct SynthTensor {
  std::string name;                  ///< as the architecture's checkpoints name it
  std::vector<std::uint64_t> shape;  ///< outermost first
  Draw draw = Draw::kWeight;

  std::uint64_t elements() const;
};

/// All tensors in the order of checkpoints. `shape.layers` counts.
std::vector<SynthTensor> tensors_of(const ModelShape& shape);

/// config.json and generation_config.json.
boost::json::object config_json(const ModelShape& shape, ElementType type);
boost::json::object generation_config_json(const ModelShape& shape);

}  // namespace rbee::pool::synth
