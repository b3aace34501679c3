#pragma once
// Finds a model's weights by role and binds them into a WeightTable.

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "engine/models/weight_names.h"
#include "engine/tensor/weight_table.h"
#include "formats/model_files.h"

namespace rbee::engine {

/// Rows [begin, begin + count) of a fused tensor.
struct RowRange {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

/// Binds in the order that the model is built. Remembers what was used, so that nothing in the file is left out
/// unnoticed.
class WeightBinder {
 public:
  /// Both must outlive the binder, and `files` the table.
  WeightBinder(const formats::ModelFiles& files, WeightTable& table);

  bool has(WeightRole role, std::uint32_t layer = 0) const;

  /// The matrix [rows, columns] of the role, in place in the file. Throws Error{kBadFile}: missing, or another shape.
  WeightId matrix(WeightRole role, std::uint32_t layer, std::uint32_t rows, std::uint32_t columns);
  /// `range` of the fused matrix [fused_rows, columns].
  WeightId matrix_rows(WeightRole role, std::uint32_t layer, std::uint32_t fused_rows, std::uint32_t columns,
                       RowRange range);
  /// The norm weight [columns] as float32, `plus` added to each element.
  WeightId norm(WeightRole role, std::uint32_t layer, std::uint32_t columns, float plus);
  /// The bias of the role: all of [total], or the range of it; nothing when the model has none.
  std::optional<WeightId> bias(WeightRole role, std::uint32_t layer, std::uint32_t total, RowRange range);

  /// Throws Error{kUnsupported} naming the first tensor that no call asked for and that is not ignorable.
  void require_all_used() const;
  /// Counts a tensor as used though it is not bound (a tied output).
  void mark_used(WeightRole role);

 private:
  std::string name(WeightRole role, std::uint32_t layer, std::string_view suffix) const;
  const formats::TensorView& require(WeightRole role, std::uint32_t layer, std::string_view suffix);

  const formats::ModelFiles& files_;
  WeightTable& table_;
  const NameScheme scheme_;
  std::set<std::string, std::less<>> used_;
};

}  // namespace rbee::engine
