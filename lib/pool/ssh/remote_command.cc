#include "pool/ssh/remote_command.h"

#include <algorithm>

#include "base/error.h"
#include "pool/ssh/limits.h"

namespace rbee::pool {
namespace {

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._-/:=@%+,~";

// In the script, as in everything that a login shell reads, there is no backslash, no ' and no newline.
// $1 is the folder, $2 the number of candidates, then they come, then the arguments; all of them escaped.
//  - each is unescaped; the x keeps newlines at its end
//  - the first candidate that can be run becomes rb_p
//  - the command runs in the background, because a shell waits for it and for the end of the input at once; what runs
//    in the background would get /dev/null as its input, so the input is kept as descriptor 3
//  - the reader of the input is a builtin in a subshell: it ends with one kill and leaves no process behind
constexpr std::string_view kScript =
    R"(rb_n=$#; while [ $rb_n -gt 0 ]; do rb_a=$(printf "%bx" "$1"); shift; set -- "$@" "${rb_a%x}"; )"
    R"(rb_n=$((rb_n-1)); done; rb_home() { case "$1" in "~/"*) rb_a="$HOME/${1#"~/"}";; *) rb_a=$1;; esac; }; )"
    R"(rb_home "$1"; if [ -n "$rb_a" ]; then cd -- "$rb_a" || exit 1; fi; rb_c=$2; shift 2; )"
    R"(rb_p=; while [ $rb_c -gt 0 ]; do rb_home "$1"; )"
    R"([ -z "$rb_p" ] && rb_p=$(command -v -- "$rb_a" 2>/dev/null); shift; rb_c=$((rb_c-1)); done; )"
    R"(if [ -z "$rb_p" ]; then echo "rbee-remote: program not found" >&2; exit 127; fi; )"
    R"(exec 3<&0; "$rb_p" "$@" </dev/null 3<&- & rb_c=$!; )"
    R"({ while read -r rb_a; do :; done; trap "" TERM; kill -TERM 0; } <&3 3<&- >/dev/null 2>&1 & rb_w=$!; )"
    R"(exec 3<&-; wait $rb_c; rb_r=$?; kill $rb_w 2>/dev/null; exit $rb_r)";

std::string escaped(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else if (c == '\0') {
      fail(ErrorKind::kBadRequest, "an argument of a program may not hold a NUL byte");
    } else {
      out += fmt::format("\\0{:03o}", static_cast<unsigned char>(c));
    }
  }
  return out + "'";
}

}  // namespace

std::string remote_command_line(const RemoteCommand& command) {
  std::string line =
      fmt::format("exec sh -c '{}' rbee {} {}", kScript, escaped(command.folder), command.programs.size());
  for (const std::string& program : command.programs) line += " " + escaped(program);
  for (const std::string& argument : command.arguments) line += " " + escaped(argument);
  if (line.size() > kRemoteLineBytesMax) {
    fail(ErrorKind::kBadRequest, "the command is too long for ssh: {} bytes, at most {} go over", line.size(),
         kRemoteLineBytesMax);
  }
  return line;
}

std::string remote_lifeline() {
  return "exec sh -c 'echo ready; exec cat >/dev/null'";
}

}  // namespace rbee::pool
