#include "engine/backend/cpu/schedule.h"

#include <utility>
#include <vector>

namespace rbee::engine::cpu {

Graph group_matmuls(Graph graph) {
  std::vector<Op> ordered;
  ordered.reserve(graph.ops.size());
  std::vector<bool> placed(graph.ops.size(), false);
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    if (placed[i]) continue;
    ordered.push_back(graph.ops[i]);
    if (graph.ops[i].kind != OpKind::kMatmul) continue;
    for (std::size_t j = i + 1; j < graph.ops.size(); ++j) {
      // A matmul depends on its input alone, which is there by now: values are written once.
      if (placed[j] || graph.ops[j].kind != OpKind::kMatmul || graph.ops[j].inputs[0] != graph.ops[i].inputs[0])
        continue;
      ordered.push_back(graph.ops[j]);
      placed[j] = true;
    }
  }
  graph.ops = std::move(ordered);
  return graph;
}

}  // namespace rbee::engine::cpu
