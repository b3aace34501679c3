#include "matrix/cell.h"

#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/printable.h"

namespace rbee::matrix {
namespace {

struct StateText {
  CellState state;
  std::string_view name, symbol;
};

constexpr std::array kStates = {
    StateText{CellState::kPass, "pass", "✅"},
    StateText{CellState::kTolerated, "tolerated drift", "🟡"},
    StateText{CellState::kFail, "fail", "❌"},
    StateText{CellState::kRegression, "regression", "🔻"},
    StateText{CellState::kUnsupported, "unsupported", "⬜"},
    StateText{CellState::kUnavailable, "unavailable", "➖"},
    StateText{CellState::kNotRun, "not run", "❔"},
};

}  // namespace

std::string_view state_name(CellState state) {
  return kStates[static_cast<std::size_t>(state)].name;
}

CellState state_of_name(std::string_view name) {
  for (const StateText& one : kStates) {
    if (one.name == name) return one.state;
  }
  fail(ErrorKind::kBadFile, "'{}' is no state of a cell", printable(name, 40));
}

std::string_view state_symbol(CellState state) {
  return kStates[static_cast<std::size_t>(state)].symbol;
}

bool works(CellState state) {
  return state == CellState::kPass || state == CellState::kTolerated;
}

bool failed(CellState state) {
  return state == CellState::kFail || state == CellState::kRegression;
}

std::string cell_title(const CellKey& key) {
  return fmt::format("{} on {} @ {}", printable(key.model), printable(key.backend), printable(key.pool));
}

}  // namespace rbee::matrix
