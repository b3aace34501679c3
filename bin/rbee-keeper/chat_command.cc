// chat: a conversation with a running worker.

#include <memory>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/error.h"
#include "base/interrupts.h"
#include "base/near_match.h"
#include "command_line.h"
#include "conversation.h"
#include "generation_flags.h"
#include "line_editor.h"
#include "sessions.h"
#include "standard_input.h"

namespace rbee::keeper {
namespace {

struct ChatFlags {
  GenerationFlags generation;
  std::string system;
};

constexpr const char* kChatHelp = R"(/reset  forget what was said
/exit   leave (also Ctrl-D)
/help   this list
Ctrl-C cancels an answer, or the line that is being typed.)";

// Where the questions come from: a person with a line editor, or a pipe.
class QuestionSource {
 public:
  QuestionSource(const Keeper& keeper, Interrupts& interrupts) : interrupts_(interrupts) {
    if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1) return;
    std::error_code ignored;  // no home: no history
    std::filesystem::create_directories(keeper.home, ignored);
    editor_ = std::make_unique<LineEditor>(keeper.home / "chat_history");
  }
  bool interactive() const { return editor_ != nullptr; }

  // Nothing when there is no more.
  std::optional<std::string> next() {
    if (!editor_) return lines_.next([this] { return interrupts_.asked(); });
    const EditedLine line = editor_->read_line("> ");
    if (line.end == EditedLine::End::kEndOfInput) return std::nullopt;
    return line.text;  // empty after Ctrl-C
  }

 private:
  Interrupts& interrupts_;
  std::unique_ptr<LineEditor> editor_;
  InputLines lines_;
};

class Chat {
 public:
  Chat(Keeper& keeper, const ChatFlags& flags, Interrupts& interrupts, ChosenWorker worker)
      : keeper_(keeper), flags_(flags), interrupts_(interrupts), worker_(std::move(worker)), talk_(flags.system) {}

  // False when it says to leave.
  bool take_command(const std::string& line) {
    const std::string word = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (word == "/exit" || word == "/quit") return false;
    if (word == "/reset") {
      talk_.reset();
      keeper_.terminal.note("Forgotten.");
    } else if (word == "/help") {
      keeper_.terminal.note(kChatHelp);
    } else {
      keeper_.terminal.note(fmt::format("{} is no command here{}; /help lists them", word,
                                        suggestion(word, {"/reset", "/exit", "/help"})));
    }
    return true;
  }

  // The exit code so far: an answer that fails does not end the conversation.
  int answer(const std::string& question) {
    wire::ExecuteRequest request = make_request(flags_.generation);
    request.messages = talk_.with_question(question);
    const bool on_terminal = ::isatty(STDOUT_FILENO) == 1;
    ExecutionWatch watch;
    watch.on_text = [&](std::string_view piece) { keeper_.terminal.raw(on_terminal ? terminal_text(piece) : piece); };
    watch.stops_now = [this] { return interrupts_.asked(); };
    try {
      const ExecutionOutcome outcome = execute(worker_.endpoint, request, watch);
      if (!outcome.text.ends_with('\n')) keeper_.terminal.raw("\n");
      if (!outcome.cancelled || !outcome.text.empty()) talk_.add(question, outcome.text);
      keeper_.terminal.note(outcome.cancelled ? "[cancelled]" : fmt::format("[{}]", metrics_text(outcome)));
      return kDone;
    } catch (const Error& error) {
      keeper_.terminal.note(fmt::format("rbee: {}", error.what()));
      return kFailed;
    }
  }

 private:
  Keeper& keeper_;
  const ChatFlags& flags_;
  Interrupts& interrupts_;
  const ChosenWorker worker_;
  Conversation talk_;
};

int chat(Keeper& keeper, const ChatFlags& flags) {
  if (keeper.flags.json) fail(ErrorKind::kBadRequest, "chat prints no JSON: 'rbee infer --chat --json' answers once");
  wire::ExecuteRequest trial = make_request(flags.generation);
  trial.prompt = "a";
  check_request(trial);
  Interrupts interrupts({SIGINT});  // before the tunnel's thread starts
  const auto link = open_link(keeper, keeper.flags.host);
  ChosenWorker worker = reach_worker(keeper, *link, flags.generation);
  QuestionSource questions(keeper, interrupts);
  if (questions.interactive()) {
    keeper.terminal.note(fmt::format("{} ({} on {}); /help lists commands, Ctrl-D leaves", worker.listed.model,
                                     worker.listed.id, link->name()));
  }
  Chat session(keeper, flags, interrupts, std::move(worker));
  int code = kDone;
  while (const std::optional<std::string> line = questions.next()) {
    if (line->find_first_not_of(" \t\r") == std::string::npos) continue;
    if (line->starts_with('/')) {
      if (!session.take_command(*line)) break;
      continue;
    }
    code = std::max(code, session.answer(*line));
    if (interrupts.asked() && !questions.interactive()) break;
    interrupts.take();
  }
  if (const int signal = interrupts.take()) return 128 + signal;
  if (questions.interactive()) keeper.terminal.line("");
  return questions.interactive() ? kDone : code;
}

constexpr const char* kChatFooter = R"(
Examples:
  rbee chat --model qwen-0.5b
  rbee chat --model tinyllama --host workstation --system "Answer in one sentence." --temperature 0.7
  printf 'What is a bee?\nAnd a wasp?\n' | rbee chat --model demo-qwen --temperature 0

Each line is a question; the whole conversation goes with it. /reset forgets it, /exit or Ctrl-D leaves, /help lists the
commands. Ctrl-C cancels the answer and stays. At a terminal, lines are kept in chat_history under RBEE_HOME.
Exit codes: 0 done, 1 failed (from a pipe: an answer failed), 2 wrong use, 130 interrupted while reading a pipe.)";

}  // namespace

void add_chat_command(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("chat", "Talk with a running worker");
  auto flags = std::make_shared<ChatFlags>();  // shared by parser and command
  command->add_option("--system", flags->system, "A system message that stands before the conversation");
  add_generation_flags(*command, flags->generation);
  command->footer(kChatFooter);
  command->callback(
      [&invocation, flags] { invocation.command = [flags](Keeper& keeper) { return chat(keeper, *flags); }; });
}

}  // namespace rbee::keeper
