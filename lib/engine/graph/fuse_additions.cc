#include "engine/graph/fuse_additions.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace rbee::engine {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// Who writes and reads each value.
struct Uses {
  explicit Uses(const Graph& graph)
      : writer(graph.values.size(), kNone), reader(graph.values.size(), kNone), readers(graph.values.size(), 0) {
    for (std::size_t i = 0; i < graph.ops.size(); ++i) {
      const Op& op = graph.ops[i];
      if (op.output != kNoValue) writer[op.output.value()] = i;
      for (const ValueId input : op.inputs) {
        if (input == kNoValue) continue;
        reader[input.value()] = i;
        ++readers[input.value()];
      }
    }
    ++readers[graph.output.value()];
  }
  /// The one op that reads the value; kNone when there are others, or the value is the graph's output.
  std::size_t only_reader(ValueId value) const { return readers[value.value()] == 1 ? reader[value.value()] : kNone; }

  std::vector<std::size_t> writer, reader;
  std::vector<std::uint32_t> readers;
};

class Fuser {
 public:
  explicit Fuser(const Graph& graph) : uses_(graph), ops_(graph.ops), gone_(graph.ops.size(), false) {
    fused_.graph = graph;
    fused_.graph.ops.clear();
  }

  FusedGraph run() {
    for (std::size_t i = 0; i < ops_.size(); ++i) {
      if (gone_[i]) continue;
      Op op = ops_[i];
      WeightId bias = kNoWeight;
      if (op.kind == OpKind::kMatmul) {
        bias = take_bias(op);
        take_value(op, i);
      }
      fused_.graph.ops.push_back(op);
      fused_.biases.push_back(bias);
    }
    return std::move(fused_);
  }

 private:
  WeightId take_bias(Op& matmul) {
    const std::size_t next = uses_.only_reader(matmul.output);
    if (next == kNone || ops_[next].kind != OpKind::kAddBias) return kNoWeight;
    gone_[next] = true;
    matmul.output = ops_[next].output;
    return ops_[next].weight;
  }

  void take_value(Op& matmul, std::size_t at) {
    const std::size_t next = uses_.only_reader(matmul.output);
    if (next == kNone || ops_[next].kind != OpKind::kAdd) return;
    const auto& inputs = ops_[next].inputs;
    const ValueId other = inputs[0] == matmul.output ? inputs[1] : inputs[0];
    if (uses_.writer[other.value()] >= at) return;  // written later
    gone_[next] = true;
    matmul.inputs[1] = other;
    matmul.output = ops_[next].output;
  }

  const Uses uses_;
  const std::vector<Op> ops_;
  std::vector<bool> gone_;
  FusedGraph fused_;
};

}  // namespace

FusedGraph fuse_additions(const Graph& graph) {
  return Fuser(graph).run();
}

std::vector<WeightId> weights_of(const FusedGraph& fused) {
  std::vector<WeightId> used;
  const auto use = [&](WeightId id) {
    if (id != kNoWeight && std::find(used.begin(), used.end(), id) == used.end()) used.push_back(id);
  };
  for (std::size_t i = 0; i < fused.graph.ops.size(); ++i) {
    use(fused.graph.ops[i].weight);
    use(fused.biases[i]);
  }
  return used;
}

}  // namespace rbee::engine
