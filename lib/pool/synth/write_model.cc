#include "pool/synth/write_model.h"

#include <algorithm>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/random.h"
#include "base/units.h"
#include "formats/model_folder.h"
#include "pool/synth/shard_writer.h"
#include "pool/synth/synth_tokenizer.h"

namespace rbee::pool::synth {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::uint64_t kOtherFilesBytes = 32_MiB;  // the largest tokenizer has 8 MB

std::vector<Shard> plan_shards(const SynthRequest& request) {
  std::vector<Shard> shards(1);
  std::uint64_t number = 0;
  for (SynthTensor& tensor : tensors_of(request.shape)) {
    const std::uint64_t bytes = tensor.elements() * element_bytes(request.type);
    if (!shards.back().tensors.empty() && shards.back().data_bytes + bytes > request.shard_bytes) shards.emplace_back();
    Shard& shard = shards.back();
    shard.tensors.push_back({std::move(tensor), number++, shard.data_bytes, bytes});
    shard.data_bytes += bytes;
  }
  for (std::size_t i = 0; i < shards.size(); ++i) {
    shards[i].file = shards.size() == 1 ? "model.safetensors"
                                        : fmt::format("model-{:05}-of-{:05}.safetensors", i + 1, shards.size());
  }
  return shards;
}

json::object index_json(const std::vector<Shard>& shards, std::uint64_t total) {
  json::object weight_map;
  for (const Shard& shard : shards) {
    for (const PlacedTensor& tensor : shard.tensors) weight_map.emplace(tensor.tensor.name, shard.file);
  }
  return {{"metadata", {{"total_size", total}}}, {"weight_map", std::move(weight_map)}};
}

void write_small_files(const SynthRequest& request, const fs::path& folder) {
  write_file_atomically(folder / "config.json", json_text(config_json(request.shape, request.type)));
  write_file_atomically(folder / "generation_config.json", json_text(generation_config_json(request.shape)));
  write_file_atomically(folder / "tokenizer_config.json", json_text(tokenizer_config_json(request.shape)));
  write_file_atomically(folder / "tokenizer.json", tokenizer_json(request.shape));
}

SynthReport write_all(const SynthRequest& request, const fs::path& folder, const SynthProgress& progress) {
  const std::vector<Shard> shards = plan_shards(request);
  SynthReport report;
  report.shards = shards.size();
  for (const Shard& shard : shards) report.weight_bytes += shard.data_bytes;
  report.parameters = report.weight_bytes / element_bytes(request.type);
  const std::uint64_t needed = (request.hollow ? 0 : report.weight_bytes) + kOtherFilesBytes;
  if (const std::uint64_t available = fs::space(folder).available; needed > available) {
    fail(ErrorKind::kExhausted, "{}: the model needs {}, {} are free", folder.parent_path().string(),
         human_bytes(needed), human_bytes(available));
  }
  write_small_files(request, folder);
  if (request.hollow) {
    write_file_atomically(
        folder / formats::kHollowMarkerName,
        "The files beside this one hold no weights: rbee draws random ones when it loads the model.\n");
  }
  ShardWriter writer(request, folder);
  std::uint64_t before = 0;
  for (const Shard& shard : shards) {
    writer.write(shard, [&](std::uint64_t done) { progress(before + done, report.weight_bytes); });
    before += shard.data_bytes;
  }
  if (shards.size() > 1) {
    write_file_atomically(folder / "model.safetensors.index.json", json_text(index_json(shards, report.weight_bytes)));
  }
  return report;
}

}  // namespace

SynthReport write_model(const SynthRequest& request, const fs::path& target, const SynthProgress& progress) {
  const fs::path folder = fs::absolute(target).lexically_normal();
  if (fs::exists(folder)) fail(ErrorKind::kBadRequest, "{}: exists already", folder.string());
  const fs::path partial = folder.parent_path() / fmt::format(".{}.{}", folder.filename().string(), random_hex(4));
  try {
    fs::create_directories(partial);
    const SynthReport report = write_all(request, partial, progress);
    fs::rename(partial, folder);
    return report;
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    fail(ErrorKind::kIo, "{}: {}", folder.string(), error.code().message());
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    throw;
  }
}

}  // namespace rbee::pool::synth
