#include "line_editor.h"

#include <clocale>
#include <cstdio>
#include <string_view>

#include <fcntl.h>
#include <histedit.h>
#include <langinfo.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace rbee::keeper {
namespace {

constexpr int kHistoryLines = 1000;

// libedit takes bytes apart by the locale's encoding.
void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::string_view(::nl_langinfo(CODESET)) != "UTF-8") std::setlocale(LC_CTYPE, "C.UTF-8");
}

}  // namespace

class LineEditor::Terminal {
 public:
  explicit Terminal(std::filesystem::path history_file) : history_file_(std::move(history_file)) {
    use_utf8();
    history_ = ::history_init();
    editor_ = ::el_init("rbee", stdin, stdout, stderr);
    if (history_ == nullptr || editor_ == nullptr) {
      close();
      fail(ErrorKind::kIo, "the terminal cannot be edited on");
    }
    HistEvent event;
    ::history(history_, &event, H_SETSIZE, kHistoryLines);
    ::history(history_, &event, H_SETUNIQUE, 1);
    ::history(history_, &event, H_LOAD, history_file_.c_str());
    ::el_set(editor_, EL_CLIENTDATA, this);
    ::el_set(editor_, EL_PROMPT, &Terminal::prompt_of);
    ::el_set(editor_, EL_EDITOR, "emacs");
    ::el_set(editor_, EL_HIST, &::history, history_);
    ::el_set(editor_, EL_ADDFN, "rbee-interrupt", "give the line up", &Terminal::on_interrupt);
    ::el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);
    ::el_source(editor_, nullptr);  // ~/.editrc
    ::el_set(editor_, EL_BIND, "^C", "rbee-interrupt", nullptr);
  }
  ~Terminal() { close(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  EditedLine read_line(const std::string& prompt) {
    prompt_ = prompt;
    interrupted_ = false;
    int count = 0;
    const char* line = ::el_gets(editor_, &count);
    if (interrupted_) return {EditedLine::End::kGivenUp, ""};
    if (line == nullptr || count <= 0) return {EditedLine::End::kEndOfInput, ""};
    std::string text(line, static_cast<std::size_t>(count));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (!text.empty()) remember(text);
    return {EditedLine::End::kEntered, text};
  }

 private:
  static Terminal& of(EditLine* editor) {
    void* data = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<Terminal*>(data);
  }
  static char* prompt_of(EditLine* editor) { return of(editor).prompt_.data(); }
  static unsigned char on_interrupt(EditLine* editor, int) {
    of(editor).interrupted_ = true;
    return CC_EOF;
  }

  void remember(const std::string& text) {
    HistEvent event;
    ::history(history_, &event, H_ENTER, text.c_str());
    // It holds what people asked: never readable for others, not even while it is written.
    const FileDescriptor file(::open(history_file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.valid() || ::fchmod(file.get(), 0600) != 0) return;
    ::history(history_, &event, H_SAVE, history_file_.c_str());
  }

  void close() {
    if (editor_ != nullptr) ::el_end(editor_);
    if (history_ != nullptr) ::history_end(history_);
  }

  const std::filesystem::path history_file_;
  History* history_ = nullptr;
  EditLine* editor_ = nullptr;
  std::string prompt_;
  bool interrupted_ = false;
};

LineEditor::LineEditor(std::filesystem::path history_file)
    : terminal_(std::make_unique<Terminal>(std::move(history_file))) {}

LineEditor::~LineEditor() = default;

EditedLine LineEditor::read_line(const std::string& prompt) {
  return terminal_->read_line(prompt);
}

}  // namespace rbee::keeper
