#pragma once
// A line from a person at a terminal: with editing, and history over sessions.

#include <filesystem>
#include <memory>
#include <string>

namespace rbee::keeper {

/// What ended the reading of a line.
struct EditedLine {
  enum class End { kEntered, kGivenUp, kEndOfInput } end;  ///< Return, Ctrl-C, Ctrl-D on an empty line
  std::string text;                                        ///< without the line feed
};

/// On libedit; one per process, on standard input and output. UTF-8 where the locale is.
class LineEditor {
 public:
  /// History is read from `history_file`, and written back line by line with mode 0600; a file that cannot be read or
  /// written costs the history only.
  explicit LineEditor(std::filesystem::path history_file);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// `prompt` stands before the line; Ctrl-C is a key here, not a signal.
  EditedLine read_line(const std::string& prompt);

 private:
  class Terminal;
  std::unique_ptr<Terminal> terminal_;
};

}  // namespace rbee::keeper
