#pragma once
// A model whose matrices are quantized while it is loaded.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/weights/weight_quantizer.h"
#include "formats/model_files.h"

namespace rbee::engine {

struct QuantizeOptions {
  formats::DType type = formats::DType::kQ8_0;
  std::uint32_t threads = 1;
  std::filesystem::path cache_folder;  ///< where the model's own folder cannot be written; empty: nowhere
};

struct QuantizedModel {
  /// As the model it was made of, with other types and bytes for the matrices; it owns that one.
  std::unique_ptr<formats::ModelFiles> files;
  std::string text;                ///< what became of the matrices, for people
  std::filesystem::path cache;     ///< the file on disk that holds them; empty: they are in memory alone
  std::uint64_t memory_bytes = 0;  ///< taken where there is no such file
};

/// Finds the quantized weights on disk or makes them. Neither a full disk nor a folder that cannot be written nor a
/// damaged file keeps a model from loading: each is said in the log. Throws Error: kUnsupported (nothing to quantize),
/// kBadFile (a value that cannot be quantized), kExhausted (memory), and what `progress` throws.
QuantizedModel quantize_model(std::unique_ptr<formats::ModelFiles> source, const QuantizeOptions& options,
                              const QuantizeProgress& progress);

}  // namespace rbee::engine
