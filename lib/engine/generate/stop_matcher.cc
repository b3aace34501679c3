#include "engine/generate/stop_matcher.h"

#include <algorithm>

namespace rbee::engine {
namespace {

// What the stop strings make of a text from one of its positions on.
struct Fit {
  const std::string* complete = nullptr;  // the shortest one that is there
  bool partial = false;                   // the text ends inside one
};

Fit fit_stops(const std::vector<std::string>& stops, std::string_view text) {
  Fit fit;
  for (const std::string& stop : stops) {
    const std::size_t common = std::min(stop.size(), text.size());
    if (text.compare(0, common, stop, 0, common) != 0) continue;
    if (common < stop.size()) {
      fit.partial = true;
    } else if (fit.complete == nullptr || stop.size() < fit.complete->size()) {
      fit.complete = &stop;
    }
  }
  return fit;
}

}  // namespace

StopMatcher::Result StopMatcher::push(std::string_view piece) {
  held_.append(piece);
  return decide(MoreText::kYes);
}

StopMatcher::Result StopMatcher::finish() {
  return decide(MoreText::kNo);
}

StopMatcher::Result StopMatcher::decide(MoreText more_text) {
  std::size_t at = 0;
  Result result;
  for (; at < held_.size(); ++at) {
    const Fit fit = fit_stops(stops_, std::string_view(held_).substr(at));
    if (fit.complete != nullptr) {
      result.match = *fit.complete;
      break;
    }
    if (fit.partial && more_text == MoreText::kYes) break;
  }
  result.text = held_.substr(0, at);
  held_.erase(0, result.match ? std::string::npos : at);
  return result;
}

}  // namespace rbee::engine
