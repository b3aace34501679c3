#include "formats/gguf_types.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace rbee::formats {
namespace {

struct Row {
  std::uint32_t id;
  std::string_view name;
  std::uint32_t block_values, block_bytes;
  std::optional<DType> dtype;
};

// Block sizes as in ggml-common.h; of the last three the layout is not needed to say that they are not supported.
constexpr std::array kTypes = {
    Row{0, "F32", 1, 4, DType::kF32},
    Row{1, "F16", 1, 2, DType::kF16},
    Row{2, "Q4_0", 32, 18, DType::kQ4_0},
    Row{3, "Q4_1", 32, 20, {}},
    Row{6, "Q5_0", 32, 22, DType::kQ5_0},
    Row{7, "Q5_1", 32, 24, {}},
    Row{8, "Q8_0", 32, 34, DType::kQ8_0},
    Row{9, "Q8_1", 32, 36, {}},
    Row{10, "Q2_K", 256, 84, {}},
    Row{11, "Q3_K", 256, 110, {}},
    Row{12, "Q4_K", 256, 144, DType::kQ4_K},
    Row{13, "Q5_K", 256, 176, DType::kQ5_K},
    Row{14, "Q6_K", 256, 210, DType::kQ6_K},
    Row{15, "Q8_K", 256, 292, {}},
    Row{16, "IQ2_XXS", 256, 66, {}},
    Row{17, "IQ2_XS", 256, 74, {}},
    Row{18, "IQ3_XXS", 256, 98, {}},
    Row{19, "IQ1_S", 256, 50, {}},
    Row{20, "IQ4_NL", 32, 18, DType::kIQ4_NL},
    Row{21, "IQ3_S", 256, 110, {}},
    Row{22, "IQ2_S", 256, 82, {}},
    Row{23, "IQ4_XS", 256, 136, {}},
    Row{24, "I8", 1, 1, {}},
    Row{25, "I16", 1, 2, {}},
    Row{26, "I32", 1, 4, {}},
    Row{27, "I64", 1, 8, {}},
    Row{28, "F64", 1, 8, {}},
    Row{29, "IQ1_M", 256, 56, {}},
    Row{30, "BF16", 1, 2, DType::kBF16},
    Row{34, "TQ1_0", 256, 54, {}},
    Row{35, "TQ2_0", 256, 66, {}},
    Row{39, "MXFP4", 32, 17, {}},
    Row{40, "NVFP4", 1, 0, {}},
    Row{41, "Q1_0", 1, 0, {}},
    Row{42, "Q2_0", 1, 0, {}},
};

struct RemovedRow {
  std::uint32_t id;
  std::string_view name;
};

constexpr std::array kRemoved = {
    RemovedRow{4, "Q4_2"},        RemovedRow{5, "Q4_3"},        RemovedRow{31, "Q4_0_4_4"},
    RemovedRow{32, "Q4_0_4_8"},   RemovedRow{33, "Q4_0_8_8"},   RemovedRow{36, "IQ4_NL_4_4"},
    RemovedRow{37, "IQ4_NL_4_8"}, RemovedRow{38, "IQ4_NL_8_8"},
};

}  // namespace

std::uint64_t gguf_kind_bytes(GgufKind kind) {
  switch (kind) {
    case GgufKind::kUint8:
    case GgufKind::kInt8:
    case GgufKind::kBool:
      return 1;
    case GgufKind::kUint16:
    case GgufKind::kInt16:
      return 2;
    case GgufKind::kUint32:
    case GgufKind::kInt32:
    case GgufKind::kFloat32:
      return 4;
    case GgufKind::kUint64:
    case GgufKind::kInt64:
    case GgufKind::kFloat64:
    case GgufKind::kString:
      return 8;
    case GgufKind::kArray:
      return 12;
  }
  RBEE_CHECK(false);
}

std::uint32_t gguf_type_id(DType dtype) {
  const auto* row = std::find_if(kTypes.begin(), kTypes.end(), [dtype](const Row& r) { return r.dtype == dtype; });
  RBEE_CHECK(row != kTypes.end());
  return row->id;
}

std::optional<GgufTensorType> gguf_tensor_type(std::uint32_t id) {
  const auto* row = std::find_if(kTypes.begin(), kTypes.end(), [id](const Row& r) { return r.id == id; });
  if (row != kTypes.end()) return GgufTensorType{row->name, row->block_values, row->block_bytes, row->dtype, false};
  const auto* removed =
      std::find_if(kRemoved.begin(), kRemoved.end(), [id](const RemovedRow& r) { return r.id == id; });
  if (removed != kRemoved.end()) return GgufTensorType{removed->name, 0, 0, {}, true};
  return {};
}

}  // namespace rbee::formats
