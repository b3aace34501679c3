#pragma once
// What people see: lines, colours and a progress line where there is a terminal, JSON where it was asked for.

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/environment.h"

namespace rbee::console {

/// Columns that `text` takes on a terminal: 2 for emoji and East Asian wide characters (Unicode, UAX #11), 0 for marks.
std::size_t display_width(std::string_view text);

/// `text` with spaces up to `columns`; longer text stays as it is.
std::string padded(std::string_view text, std::size_t columns);

enum class Colour { kNone, kGreen, kYellow, kRed, kFaint };

/// Writes to standard output and standard error. One thread.
class Terminal {
 public:
  enum class Mode { kText, kJson };
  /// Colours and progress only where the output is a terminal; NO_COLOR switches colours off.
  Terminal(Mode mode, const Environment& environment);
  ~Terminal() { clear_progress(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool json() const { return mode_ == Mode::kJson; }

  /// True where lines on standard output can be drawn again: a terminal, and text is asked for.
  bool redraws() const { return redraws_; }
  struct Size {
    std::size_t rows, columns;
  };
  /// Of standard output's terminal; 24 by 80 where it does not tell.
  Size size() const;

  /// One line on standard output; nothing in JSON mode.
  void line(std::string_view text);
  /// As it is, on standard output, at once; nothing in JSON mode.
  void raw(std::string_view bytes);
  /// The one document of JSON mode; nothing in text mode.
  void document(const boost::json::value& value);
  /// A line on standard error, in every mode.
  void note(std::string_view text);
  /// Replaces the progress line; nothing where standard error is no terminal.
  void progress(std::string_view text);
  void clear_progress();

  std::string coloured(std::string_view text, Colour colour) const;

 private:
  const Mode mode_;
  const bool colours_;
  const bool shows_progress_;
  const bool redraws_;
  bool progress_shown_ = false;
};

}  // namespace rbee::console
