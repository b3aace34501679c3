#pragma once
// The fixture models and what transformers computed for them.

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "engine/token_id.h"

namespace rbee::golden {

/// One prompt: last-position logits and the greedy continuation, with its top-1/top-2 margins.
struct GoldenCase {
  std::string prompt;
  std::string question;  ///< the user's message behind a chat prompt; empty for plain text
  std::vector<engine::TokenId> ids;
  std::vector<float> logits;  ///< [vocab]; empty where only tokens were kept
  std::vector<engine::TokenId> greedy;
  std::vector<float> margins;  ///< by greedy token; empty where not kept
  std::string text;
};

struct GoldenModel {
  std::string name;
  std::filesystem::path path;  ///< a folder, or a .gguf file
  std::vector<GoldenCase> cases;
};

/// How GoogleTest names the parameter of a failed test.
inline void PrintTo(const GoldenModel& model, std::ostream* out) {
  *out << model.name;
}

/// Every model in `folder` with its expectations: <model>/expected.json, or <file>.expected.json beside <file>.gguf.
/// Sorted by name.
std::vector<GoldenModel> golden_models_in(const std::filesystem::path& folder);

/// The models of tests/data: safetensors folders and GGUF files.
std::vector<GoldenModel> fixture_models();

}  // namespace rbee::golden
