#pragma once
// What a model file may hold. Every count that a file states is compared with its limit before memory is asked for.

#include <cstdint>

#include "base/units.h"

namespace rbee::formats {

// Hyperparameters, whatever file they come from. The largest published models stay well below.
constexpr std::uint32_t kVocabSizeMax = 1u << 20;
constexpr std::uint32_t kHiddenSizeMax = 1u << 17;
constexpr std::uint32_t kIntermediateSizeMax = 1u << 20;
constexpr std::uint32_t kLayersMax = 512;
constexpr std::uint32_t kHeadsMax = 1024;
constexpr std::uint32_t kHeadDimMax = 1024;
constexpr std::uint32_t kContextLengthMax = 1u << 24;
constexpr std::uint32_t kEosIdsMax = 256;

// JSON files of a model folder.
constexpr std::uint64_t kConfigJsonBytesMax = 4_MiB;
constexpr std::uint64_t kIndexJsonBytesMax = 32_MiB;  // 100,000 tensors take about 10 MB
constexpr std::uint32_t kShardsMax = 4096;
constexpr std::uint32_t kFolderEntriesMax = 65'536;

// safetensors. The header limit is the format's own (safetensors, tensor.rs: MAX_HEADER_SIZE).
constexpr std::uint64_t kSafetensorsHeaderBytesMax = 100'000'000;
constexpr std::uint32_t kSafetensorsTensorsMax = 1u << 19;
constexpr std::uint32_t kSafetensorsRankMax = 8;
constexpr std::uint32_t kSafetensorsNameBytesMax = 1024;
constexpr std::uint32_t kSafetensorsMetadataEntriesMax = 10'000;
constexpr std::uint64_t kSafetensorsMetadataValueBytesMax = 1_MiB;

// GGUF. Key length, dimensions and name length are the format's own (ggml, docs/gguf.md).
constexpr std::uint64_t kGgufMetadataCountMax = 65'536;
constexpr std::uint64_t kGgufTensorCountMax = 131'072;
constexpr std::uint64_t kGgufKeyBytesMax = 65'535;
constexpr std::uint64_t kGgufStringBytesMax = 16_MiB;
constexpr std::uint64_t kGgufArrayElementsMax = 1u << 22;  // the largest vocabularies have about 2^18 entries
constexpr std::uint64_t kGgufMetadataBytesMax = 256_MiB;   // as held in memory
constexpr std::uint64_t kGgufTensorNameBytesMax = 64;
constexpr std::uint32_t kGgufDimensionsMax = 4;
constexpr std::uint64_t kGgufDimensionMax = std::uint64_t{1} << 32;
constexpr std::uint64_t kGgufAlignmentMin = 8;
constexpr std::uint64_t kGgufAlignmentMax = 65'536;
constexpr std::uint64_t kGgufPartsMax = 1000;

static_assert(kVocabSizeMax <= kGgufArrayElementsMax, "a vocabulary of the largest size fits a GGUF array");
static_assert(kGgufStringBytesMax <= kGgufMetadataBytesMax);

}  // namespace rbee::formats
