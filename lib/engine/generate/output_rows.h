#pragma once
// What a step computed.

#include <cstddef>
#include <span>

#include "engine/candidate.h"

namespace rbee::engine {

/// Rows of a step's output: all their logits or their first candidates, the other is empty. Borrows.
struct OutputRows {
  std::span<const float> logits;          ///< [count(), width]
  std::span<const Candidate> candidates;  ///< [count(), width]
  std::size_t width = 0;                  ///< of a row; not 0

  std::size_t count() const { return (logits.size() + candidates.size()) / width; }
  OutputRows part(std::size_t first, std::size_t rows) const {
    const auto cut = [&](auto span) { return span.empty() ? span : span.subspan(first * width, rows * width); };
    return {cut(logits), cut(candidates), width};
  }
};

}  // namespace rbee::engine
