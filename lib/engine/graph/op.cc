#include "engine/graph/op.h"

namespace rbee::engine {

std::string_view op_name(OpKind kind) {
  switch (kind) {
    case OpKind::kInput:
      return "input";
    case OpKind::kEmbed:
      return "embed";
    case OpKind::kRmsNorm:
      return "rms_norm";
    case OpKind::kMatmul:
      return "matmul";
    case OpKind::kAddBias:
      return "add_bias";
    case OpKind::kRope:
      return "rope";
    case OpKind::kKvAppend:
      return "kv_append";
    case OpKind::kAttention:
      return "attention";
    case OpKind::kActivationMul:
      return "activation_mul";
    case OpKind::kAdd:
      return "add";
    case OpKind::kScale:
      return "scale";
    case OpKind::kSoftcap:
      return "softcap";
    case OpKind::kTakeRows:
      return "take_rows";
    case OpKind::kSliceColumns:
      return "slice_columns";
  }
  return "unknown";
}

}  // namespace rbee::engine
