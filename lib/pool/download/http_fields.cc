#include "pool/download/http_fields.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace rbee::pool::download {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kSecondsMax = 1'000'000'000;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// All of `digits`, decimal.
std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// The number behind "name=" among the parameters of a structured field: `"api";r=0;t=55`.
std::optional<std::uint64_t> parameter(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    const std::size_t end = std::min(field.find_first_of(";,"), field.size());
    const std::string_view part = trimmed(field.substr(0, end));
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=') {
      return number(part.substr(name.size() + 1));
    }
    field.remove_prefix(std::min(end + 1, field.size()));
  }
  return std::nullopt;
}

std::chrono::seconds bounded(std::int64_t seconds) {
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kSecondsMax));
}

// True for parameters (";rel=\"next\"; …") of a link whose relation is "next".
bool is_next(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find(';'), parameters.size());
    std::string_view part = trimmed(parameters.substr(0, end));
    if (part == "rel=next" || part == "rel=\"next\"") return true;
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return false;
}

}  // namespace

std::optional<std::string> next_link(std::string_view link) {
  while (true) {
    const std::size_t open = link.find('<');
    const std::size_t close = link.find('>', open == std::string_view::npos ? link.size() : open);
    if (close == std::string_view::npos) return std::nullopt;
    const std::size_t next = std::min(link.find(",", close), link.size());
    if (is_next(link.substr(close + 1, next - close - 1))) return std::string(link.substr(open + 1, close - open - 1));
    link.remove_prefix(std::min(next + 1, link.size()));
  }
}

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  constexpr std::string_view kForm = "Sun, 06 Nov 1994 08:49:37 GMT";
  if (text.size() != kForm.size() || text.substr(3, 2) != ", " || text.substr(25) != " GMT" || text[19] != ':' ||
      text[22] != ':' || text[7] != ' ' || text[11] != ' ' || text[16] != ' ') {
    return std::nullopt;
  }
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const auto day = number(text.substr(5, 2)), year = number(text.substr(12, 4)), hour = number(text.substr(17, 2)),
             minute = number(text.substr(20, 2)), second = number(text.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::optional<std::chrono::seconds> asked_wait(const HttpHead& head, WallTime now) {
  if (const auto field = head.header("retry-after")) {
    const std::string_view text = trimmed(*field);
    if (const auto seconds = number(text)) {
      return bounded(static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, kSecondsMax)));
    }
    if (const auto date = parse_http_date(text)) {
      // Seconds, because nanoseconds end in the year 2262.
      return bounded((*date - std::chrono::floor<std::chrono::seconds>(now)).count());
    }
  }
  if (const auto field = head.header("ratelimit")) {
    const auto reset = parameter(*field, "t");
    if (reset && parameter(*field, "r") == std::uint64_t{0}) {
      return bounded(static_cast<std::int64_t>(std::min<std::uint64_t>(*reset, kSecondsMax)));
    }
  }
  return std::nullopt;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  const std::size_t dash = text.find('-'), slash = text.find('/');
  if (!text.starts_with(kUnit) || dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) {
    return std::nullopt;
  }
  const auto first = number(text.substr(kUnit.size(), dash - kUnit.size()));
  const auto last = number(text.substr(dash + 1, slash - dash - 1));
  const std::string_view total_text = text.substr(slash + 1);
  const auto total = number(total_text);
  if (!first || !last || *first > *last || (!total && total_text != "*") || (total && *last >= *total)) {
    return std::nullopt;
  }
  return ContentRange{*first, *last, total};
}

std::string bare_etag(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

}  // namespace rbee::pool::download
