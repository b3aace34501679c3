#include "style/word_check.h"

#include <array>
#include <string_view>

#include "style/code_lines.h"

namespace rbee::style {

namespace {

/// Where a word is allowed.
enum class Scope {
  kNowhere,     ///< not even in tests
  kBase,        ///< lib/base and test code
  kPrograms,    ///< bin/, lib/base and test code
  kOutsideNet,  ///< everywhere but lib/net
  kSystem,      ///< lib/base, lib/pool/device and test code
};

struct Word {
  std::string_view text;
  Scope scope;
  std::string_view why;
};

constexpr std::string_view kOnlyBase = "only lib/base touches processes, the environment and the wall clock";
constexpr std::string_view kNoPrint = "libraries do not print or exit";
constexpr std::string_view kLinux =
    "what only Linux has stands in lib/base or lib/pool/device, with its macOS counterpart";
constexpr std::string_view kNetNouns = "lib/net knows no rbee noun";

constexpr std::array kWords = {
    Word{"std::regex", Scope::kNowhere, "std::regex is slow and recursive; use PCRE2 or a small matcher"},
    Word{"system(", Scope::kNowhere, "no shell"},
    Word{"popen(", Scope::kNowhere, "no shell"},
    Word{"assert(", Scope::kNowhere, "use RBEE_CHECK"},
    Word{"strcpy(", Scope::kNowhere, "unbounded copy"},
    Word{"sprintf(", Scope::kNowhere, "use fmt"},
    Word{"atoi(", Scope::kNowhere, "use std::from_chars"},
    Word{"atof(", Scope::kNowhere, "use std::from_chars"},
    Word{"rand(", Scope::kNowhere, "randomness is a parameter"},
    Word{"std::random_device", Scope::kPrograms, "randomness is a parameter"},
    Word{".detach()", Scope::kNowhere, "every thread is joined"},
    Word{"using namespace std;", Scope::kNowhere, "names say where they come from"},
    Word{"getenv(", Scope::kBase, kOnlyBase},
    Word{"setenv(", Scope::kBase, kOnlyBase},
    Word{"secure_getenv(", Scope::kBase, kOnlyBase},
    Word{"fork(", Scope::kBase, kOnlyBase},
    Word{"vfork(", Scope::kBase, kOnlyBase},
    Word{"posix_spawn(", Scope::kBase, kOnlyBase},
    Word{"execv(", Scope::kBase, kOnlyBase},
    Word{"execvp(", Scope::kBase, kOnlyBase},
    Word{"execve(", Scope::kBase, kOnlyBase},
    Word{"system_clock::now", Scope::kBase, kOnlyBase},
    Word{"gettimeofday(", Scope::kBase, kOnlyBase},
    Word{"time(nullptr)", Scope::kBase, kOnlyBase},
    Word{"std::cout", Scope::kPrograms, kNoPrint},
    Word{"std::cerr", Scope::kPrograms, kNoPrint},
    Word{"printf(", Scope::kPrograms, kNoPrint},
    Word{"fmt::print(", Scope::kPrograms, kNoPrint},
    Word{"puts(", Scope::kPrograms, kNoPrint},
    Word{"exit(", Scope::kPrograms, kNoPrint},
    Word{"_exit(", Scope::kPrograms, kNoPrint},
    Word{"abort(", Scope::kPrograms, kNoPrint},
    Word{"model", Scope::kOutsideNet, kNetNouns},
    Word{"prompt", Scope::kOutsideNet, kNetNouns},
    Word{"tokenizer", Scope::kOutsideNet, kNetNouns},
    Word{"inference", Scope::kOutsideNet, kNetNouns},
    Word{"__linux__", Scope::kSystem, kLinux},
    Word{"<linux/", Scope::kSystem, kLinux},
    Word{"<sched.h>", Scope::kSystem, kLinux},
    Word{"<sys/auxv.h>", Scope::kSystem, kLinux},
    Word{"<sys/epoll.h>", Scope::kSystem, kLinux},
    Word{"<sys/eventfd.h>", Scope::kSystem, kLinux},
    Word{"<sys/inotify.h>", Scope::kSystem, kLinux},
    Word{"<sys/prctl.h>", Scope::kSystem, kLinux},
    Word{"<sys/sendfile.h>", Scope::kSystem, kLinux},
    Word{"<sys/signalfd.h>", Scope::kSystem, kLinux},
    Word{"<sys/timerfd.h>", Scope::kSystem, kLinux},
    Word{"accept4(", Scope::kSystem, kLinux},
    Word{"getauxval(", Scope::kSystem, kLinux},
    Word{"pipe2(", Scope::kSystem, kLinux},
    Word{"posix_fallocate(", Scope::kSystem, kLinux},
    Word{"sched_getaffinity(", Scope::kSystem, kLinux},
    Word{"sigtimedwait(", Scope::kSystem, kLinux},
    Word{"syscall(", Scope::kSystem, kLinux},
    Word{"sync_file_range(", Scope::kSystem, kLinux},
    Word{"SOCK_CLOEXEC", Scope::kSystem, kLinux},
    Word{"SOCK_NONBLOCK", Scope::kSystem, kLinux},
    Word{"std::jthread", Scope::kNowhere, "libc++ before 18 lacks it; use base/joined_threads.h"},
};

bool is_allowed(Scope scope, std::string_view path) {
  switch (scope) {
    case Scope::kNowhere:
      return false;
    case Scope::kBase:
      return path.starts_with("lib/base/") || is_test_code(path);
    case Scope::kPrograms:
      return path.starts_with("lib/base/") || path.starts_with("bin/") || is_test_code(path);
    case Scope::kOutsideNet:
      return !path.starts_with("lib/net/") || is_test_code(path);
    case Scope::kSystem:
      return path.starts_with("lib/base/") || path.starts_with("lib/pool/device/") || is_test_code(path);
  }
  return true;
}

/// A path of Linux's own file systems, which stands inside a string.
bool names_linux_path(std::string_view line) {
  return line.find("\"/proc/") != std::string_view::npos || line.find("\"/sys/") != std::string_view::npos;
}

/// `new T`; but not operator new, the <new> header, nor a unique_ptr made of a class whose constructor is private.
bool has_new_expression(std::string_view line) {
  if (find_word(line, "new") == std::string_view::npos) return false;
  return line.find("operator new") == std::string_view::npos && line.find('#') == std::string_view::npos &&
         line.find("std::unique_ptr<") == std::string_view::npos;
}

}  // namespace

Findings check_words(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (!is_cpp(file.path)) continue;
    const std::vector<std::string> code = code_lines(file.lines);
    for (std::size_t i = 0; i < code.size(); ++i) {
      for (const Word& word : kWords) {
        if (is_allowed(word.scope, file.path) || find_word(code[i], word.text) == std::string_view::npos) continue;
        findings.push_back({file.path, i + 1, "'" + std::string(word.text) + "': " + std::string(word.why)});
      }
      if (!is_allowed(Scope::kSystem, file.path) && names_linux_path(file.lines[i])) {
        findings.push_back({file.path, i + 1, "a path of Linux: " + std::string(kLinux)});
      }
      if (!is_test_code(file.path) && has_new_expression(code[i])) {
        findings.push_back({file.path, i + 1, "'new': use a value or std::make_unique"});
      }
    }
  }
  return findings;
}

}  // namespace rbee::style
