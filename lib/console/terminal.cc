#include "console/terminal.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json_text.h"
#include "base/utf8.h"

namespace rbee::console {
namespace {

struct CodepointRange {
  char32_t first, last;
};

// Unicode 15, EastAsianWidth.txt: W and F, in the ranges that names and symbols use.
constexpr std::array kWide = {
    CodepointRange{0x1100, 0x115F},   CodepointRange{0x231A, 0x231B},   CodepointRange{0x23E9, 0x23EC},
    CodepointRange{0x2705, 0x2705},   CodepointRange{0x274C, 0x274C},   CodepointRange{0x2E80, 0x303E},
    CodepointRange{0x3041, 0xA4CF},   CodepointRange{0xA960, 0xA97C},   CodepointRange{0xAC00, 0xD7A3},
    CodepointRange{0xF900, 0xFAFF},   CodepointRange{0xFE30, 0xFE6F},   CodepointRange{0xFF00, 0xFF60},
    CodepointRange{0xFFE0, 0xFFE6},   CodepointRange{0x1F300, 0x1F64F}, CodepointRange{0x1F680, 0x1F6FF},
    CodepointRange{0x1F900, 0x1FAFF}, CodepointRange{0x20000, 0x3FFFD}};
constexpr std::array kZeroWidth = {CodepointRange{0x0300, 0x036F}, CodepointRange{0x200B, 0x200F},
                                   CodepointRange{0x20D0, 0x20FF}, CodepointRange{0xFE00, 0xFE0F}};

template <typename Ranges>
bool contains(const Ranges& ranges, char32_t codepoint) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [=](const CodepointRange& range) { return codepoint >= range.first && codepoint <= range.last; });
}

std::size_t terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const DecodedCodepoint next = decode_utf8(text);
    columns += contains(kWide, next.codepoint) ? 2 : contains(kZeroWidth, next.codepoint) ? 0 : 1;
    text.remove_prefix(next.bytes);
  }
  return columns;
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out(text);
  const std::size_t width = display_width(text);
  if (width < columns) out.append(columns - width, ' ');
  return out;
}

Terminal::Terminal(Mode mode, const Environment& environment)
    : mode_(mode),
      colours_(::isatty(STDOUT_FILENO) == 1 && !environment.get("NO_COLOR") && environment.get("TERM") != "dumb"),
      shows_progress_(mode == Mode::kText && ::isatty(STDERR_FILENO) == 1 && environment.get("TERM") != "dumb"),
      redraws_(mode == Mode::kText && ::isatty(STDOUT_FILENO) == 1 && environment.get("TERM") &&
               environment.get("TERM") != "dumb") {}

Terminal::Size Terminal::size() const {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {24, 80};
  return {size.ws_row, size.ws_col};
}

void Terminal::line(std::string_view text) {
  raw(text);
  raw("\n");
}

void Terminal::raw(std::string_view bytes) {
  if (json()) return;
  clear_progress();
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  std::fflush(stdout);
}

void Terminal::document(const boost::json::value& value) {
  if (!json()) return;
  const std::string text = json_text(value);
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Terminal::note(std::string_view text) {
  clear_progress();
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

void Terminal::progress(std::string_view text) {
  if (!shows_progress_) return;
  const std::string cut(text.substr(0, terminal_columns() - 1));
  std::fputs(("\r\x1b[K" + cut).c_str(), stderr);
  std::fflush(stderr);
  progress_shown_ = true;
}

void Terminal::clear_progress() {
  if (progress_shown_) std::fputs("\r\x1b[K", stderr);
  progress_shown_ = false;
}

std::string Terminal::coloured(std::string_view text, Colour colour) const {
  if (!colours_ || colour == Colour::kNone) return std::string(text);
  const std::string_view code = colour == Colour::kGreen    ? "32"
                                : colour == Colour::kYellow ? "33"
                                : colour == Colour::kRed    ? "31"
                                                            : "2";
  std::string out = "\x1b[";
  out.append(code).append("m").append(text).append("\x1b[0m");
  return out;
}

}  // namespace rbee::console
