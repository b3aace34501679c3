#pragma once
// What a model's config.json or GGUF metadata says of its architecture, in one form.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::formats {

enum class Architecture : std::uint8_t { kLlama, kMistral, kQwen2, kQwen3, kPhi3, kGemma, kGemma2 };

/// The word used in messages and records: "llama", "mistral", "qwen2", "qwen3", "phi3", "gemma", "gemma2".
std::string_view architecture_name(Architecture architecture);

enum class Activation : std::uint8_t { kSilu, kGeluTanh, kGeluErf };

/// Which channels of a head rotate together.
enum class RopeLayout : std::uint8_t {
  kHalves,       ///< channel i with i + n_rot/2 (Hugging Face checkpoints, "NEOX")
  kInterleaved,  ///< channel 2i with 2i+1 ("NORM": GGUF files of the llama architecture)
};

/// Rotary position embedding, before any table is computed.
struct RopeConfig {
  enum class Scaling : std::uint8_t { kNone, kLinear, kLlama3, kYarn, kLongRope } scaling = Scaling::kNone;
  RopeLayout layout = RopeLayout::kHalves;
  double theta = 10000.0;
  std::uint32_t rotary_dim = 0;  ///< channels per head that rotate; the rest are copied
  double factor = 1.0;           ///< linear, llama3, yarn
  double low_freq_factor = 1.0;  ///< llama3
  double high_freq_factor = 4.0;
  std::uint32_t original_context = 0;              ///< llama3, yarn, longrope: positions seen in training
  double beta_fast = 32.0, beta_slow = 1.0;        ///< yarn
  std::optional<double> attention_factor;          ///< yarn, longrope: on cos and sin; derived when absent
  std::vector<float> short_factors, long_factors;  ///< longrope: rotary_dim/2 divisors each
  std::vector<float> frequency_divisors;  ///< GGUF rope_freqs.weight: rotary_dim/2 divisors, already llama3-scaled
};

/// A decoder-only transformer's hyperparameters, checked: every count is at least 1 and within limits.h.
struct ModelConfig {
  Architecture architecture = Architecture::kLlama;
  std::string name;  ///< general.name, _name_or_path or the folder's name
  std::uint32_t vocab_size = 0;
  std::uint32_t hidden_size = 0;
  std::uint32_t intermediate_size = 0;
  std::uint32_t layers = 0;
  std::uint32_t heads = 0;
  std::uint32_t kv_heads = 0;
  std::uint32_t head_dim = 0;
  std::uint32_t context_length = 0;
  double rms_norm_eps = 1e-5;
  Activation activation = Activation::kSilu;
  RopeConfig rope;
  bool tied_embeddings = false;
  bool norm_weight_plus_one = false;  ///< Gemma safetensors store w - 1; GGUF files already hold w
  double embedding_scale = 1.0;       ///< Gemma: sqrt(hidden_size)
  double attention_scale = 0.0;       ///< factor on q·k
  double attention_softcap = 0.0;     ///< Gemma 2; 0: none
  double final_softcap = 0.0;         ///< Gemma 2; 0: none
  /// Per layer: how many positions back a query sees, itself included; 0: all.
  std::vector<std::uint32_t> sliding_windows;
};

/// Token ids and sampling defaults that generation uses.
struct GenerationConfig {
  std::vector<std::int32_t> eos_ids;  ///< any of them ends the answer
  std::optional<std::int32_t> bos_id;
  std::optional<std::int32_t> pad_id;
};

}  // namespace rbee::formats
