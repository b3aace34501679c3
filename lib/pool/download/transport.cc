#include "pool/download/transport.h"

#include <algorithm>

namespace rbee::pool::download {

std::optional<std::string> HttpHead::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [=](const auto& field) { return field.first == name; });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

}  // namespace rbee::pool::download
