#include "pool/known_models.h"

#include <array>

namespace rbee::pool {
namespace {

constexpr std::array kModels = {
    KnownModel{"qwen-0.5b", "Qwen2.5 0.5B Instruct", "Qwen/Qwen2.5-0.5B-Instruct", 1.0, "qwen2"},
    KnownModel{"tinyllama", "TinyLlama 1.1B Chat", "TinyLlama/TinyLlama-1.1B-Chat-v1.0", 2.2, "llama"},
    KnownModel{"phi3", "Phi-3 Mini 4K Instruct", "microsoft/Phi-3-mini-4k-instruct", 7.6, "phi3"},
    KnownModel{"mistral", "Mistral 7B Instruct v0.2", "mistralai/Mistral-7B-Instruct-v0.2", 14.5, "mistral"},
    KnownModel{"llama3-8b", "Llama 3 8B Instruct", "meta-llama/Meta-Llama-3-8B-Instruct", 16.1, "llama"},
    KnownModel{"gemma-2b", "Gemma 2B Instruct", "google/gemma-2b-it", 5.0, "gemma"},
    KnownModel{"codellama-7b", "CodeLlama 7B Instruct", "codellama/CodeLlama-7b-Instruct-hf", 13.5, "llama"},
};

}  // namespace

std::span<const KnownModel> known_models() {
  return kModels;
}

const KnownModel* find_known_model(std::string_view id) {
  for (const KnownModel& model : kModels) {
    if (model.id == id) return &model;
  }
  return nullptr;
}

wire::CatalogModel catalog_entry(const KnownModel& model) {
  wire::CatalogModel entry;
  entry.id = model.id;
  entry.name = model.name;
  entry.path = model.id;
  entry.size_gb = model.size_gb;
  entry.architecture = model.architecture;
  entry.metadata.repo = model.repo;
  return entry;
}

}  // namespace rbee::pool
