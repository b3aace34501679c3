#pragma once
// What a run is about: one model on one backend of one pool, and how that can turn out.

#include <string>
#include <string_view>
#include <tuple>

namespace rbee::matrix {

struct CellKey {
  std::string pool, backend, model;

  friend bool operator==(const CellKey&, const CellKey&) = default;
  friend bool operator<(const CellKey& a, const CellKey& b) {
    return std::tie(a.pool, a.backend, a.model) < std::tie(b.pool, b.backend, b.model);
  }
};

enum class CellState {
  kPass,         ///< every required check was made and is within its bounds
  kTolerated,    ///< works, and differs from the reference by no more than a near-tie or a rounding
  kFail,         ///< at least one check says that it does not work
  kRegression,   ///< fails, and worked in the run before
  kUnsupported,  ///< the worker program of the pool cannot do it
  kUnavailable,  ///< the pool has no such device, or cannot get the model
  kNotRun,       ///< no verdict: interrupted, or evidence is missing
};

/// "pass", "tolerated drift", "fail", "regression", "unsupported", "unavailable", "not run".
std::string_view state_name(CellState state);
/// The state of a name. Throws Error{kBadFile}.
CellState state_of_name(std::string_view name);
/// One symbol for tables: ✅ 🟡 ❌ 🔻 ⬜ ➖ ❔.
std::string_view state_symbol(CellState state);

bool works(CellState state);   ///< pass or tolerated drift
bool failed(CellState state);  ///< fail or regression; what is neither was skipped

/// "tinyllama on cpu @ workstation"
std::string cell_title(const CellKey& key);

}  // namespace rbee::matrix
