#include "console/completions.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "base/error.h"

namespace rbee::console {
namespace {

// Every command with its path, " pool models"; the program's own is "".
void for_each_command(const CommandTree& tree, const std::string& path,
                      const std::function<void(const std::string&, const CommandTree&)>& visit) {
  visit(path, tree);
  for (const CommandTree& command : tree.commands) for_each_command(command, path + " " + command.name, visit);
}

// In single quotes for bash, zsh and fish alike: what a description rarely has is left out rather than escaped.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') continue;
    out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out + "'";
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(separator)) + word;
  return text;
}

// `(" pool"|" infer")`: the paths that lead to a command.
std::string path_patterns(const CommandTree& tree) {
  std::vector<std::string> patterns;
  for_each_command(tree, "", [&](const std::string& path, const CommandTree&) {
    if (!path.empty()) patterns.push_back("\"" + path + "\"");
  });
  return joined(patterns, "|");
}

// The flags whose next word is a value.
std::string value_flag_patterns(const CommandTree& tree) {
  std::set<std::string> flags;
  for_each_command(tree, "", [&](const std::string&, const CommandTree& command) {
    for (const CommandFlag& flag : command.flags) {
      if (flag.takes_value) flags.insert(flag.name);
    }
  });
  return joined({flags.begin(), flags.end()}, "|");
}

std::string function_name(const CommandTree& tree) {
  std::string name = "_" + tree.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// The words that may follow `path`: commands and flags, those of the program itself always.
std::vector<std::string> words_of(const CommandTree& command, const CommandTree& program) {
  std::vector<std::string> words;
  for (const CommandTree& next : command.commands) words.push_back(next.name);
  for (const CommandFlag& flag : command.flags) words.push_back(flag.name);
  for (const CommandFlag& flag : program.flags) {
    if (std::find(words.begin(), words.end(), flag.name) == words.end()) words.push_back(flag.name);
  }
  return words;
}

std::string bash_script(const CompletionRequest& request) {
  const CommandTree& tree = request.tree;
  const std::string name = function_name(tree);
  std::string script = fmt::format(
      "# bash completion for {0}: source it, or put it into ~/.local/share/bash-completion/completions/{0}\n"
      "{1}() {{\n"
      "  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path=\"\" i words\n"
      "  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"${{COMP_WORDS[i]}}\" in {2}) ((i++)); continue;; esac\n"
      "    case \"$path ${{COMP_WORDS[i]}}\" in {3}) path=\"$path ${{COMP_WORDS[i]}}\";; esac\n"
      "  done\n"
      "  case \"$prev\" in\n",
      tree.name, name, value_flag_patterns(tree), path_patterns(tree));
  for (const auto& list : request.values) {
    script += fmt::format(
        "    {}) mapfile -t COMPREPLY < <(compgen -W \"$({} completions {} 2>/dev/null)\" -- \"$cur\"); return;;\n",
        list.flag, tree.name, list.word);
  }
  script +=
      fmt::format("    {}) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return;;\n  esac\n  case \"$path\" in\n",
                  value_flag_patterns(tree));
  for_each_command(tree, "", [&](const std::string& path, const CommandTree& command) {
    script += fmt::format("    \"{}\") words={};;\n", path, shell_quoted(joined(words_of(command, tree), " ")));
  });
  script +=
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
      "  ((${#COMPREPLY[@]})) || mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n}\n";
  return script + fmt::format("complete -F {} {}\n", name, joined(request.names, " "));
}

std::string zsh_script(const CompletionRequest& request) {
  const CommandTree& tree = request.tree;
  const std::string name = function_name(tree);
  std::string script = fmt::format(
      "#compdef {4}\n# zsh completion for {0}: put it into a folder of $fpath as _{0}, or source it after compinit\n"
      "{1}() {{\n"
      "  local at=\"\" i previous=${{words[CURRENT-1]}}\n"
      "  local -a choices\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"${{words[i]}}\" in {2}) ((i++)); continue;; esac\n"
      "    case \"$at ${{words[i]}}\" in {3}) at=\"$at ${{words[i]}}\";; esac\n"
      "  done\n"
      "  case \"$previous\" in\n",
      tree.name, name, value_flag_patterns(tree), path_patterns(tree), joined(request.names, " "));
  for (const auto& list : request.values) {
    script +=
        fmt::format("    {}) choices=(${{(f)\"$({} completions {} 2>/dev/null)\"}}); compadd -a choices; return;;\n",
                    list.flag, tree.name, list.word);
  }
  script += fmt::format("    {}) _files; return;;\n  esac\n  case \"$at\" in\n", value_flag_patterns(tree));
  const auto described = [](const std::string& word, const std::string& description) {
    std::string text = word + ":" + description;
    return " " + shell_quoted(text);
  };
  for_each_command(tree, "", [&](const std::string& path, const CommandTree& command) {
    script += fmt::format("    \"{}\") choices=(", path);
    for (const CommandTree& next : command.commands) script += described(next.name, next.description);
    for (const CommandFlag& flag : command.flags) script += described(flag.name, flag.description);
    if (!path.empty()) {
      for (const CommandFlag& flag : tree.flags) script += described(flag.name, flag.description);
    }
    script += ");;\n";
  });
  return script + fmt::format(
                      "  esac\n  _describe {0} choices || _files\n}}\n"
                      "if [ \"$funcstack[1]\" = {1} ]; then {1} \"$@\"; else compdef {1} {2}; fi\n",
                      tree.name, name, joined(request.names, " "));
}

std::string fish_script(const CompletionRequest& request) {
  const CommandTree& tree = request.tree;
  const std::string name = "_" + function_name(tree) + "_at";
  std::string values = value_flag_patterns(tree), paths = path_patterns(tree);
  std::replace(values.begin(), values.end(), '|', ' ');
  std::replace(paths.begin(), paths.end(), '|', ' ');
  std::string script = fmt::format(
      "# fish completion for {0}: put it into ~/.config/fish/completions/{0}.fish\n"
      "function {1}\n"
      "  set -l at ''\n  set -l skip 0\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    if test $skip = 1; set skip 0; continue; end\n"
      "    if contains -- $word {2}; set skip 1; continue; end\n"
      "    if contains -- \"$at $word\" {3}; set at \"$at $word\"; end\n"
      "  end\n"
      "  test \"$at\" = \"$argv[1]\"\n"
      "end\n",
      tree.name, name, values, paths);
  const auto complete_flag = [&](const std::string& program, const std::string& path, const CommandFlag& flag) {
    const bool is_long = flag.name.starts_with("--");
    std::string line =
        fmt::format("complete -c {} -n '{} \"{}\"' {} {} -d {}", program, name, path, is_long ? "-l" : "-s",
                    flag.name.substr(is_long ? 2 : 1), shell_quoted(flag.description));
    if (flag.takes_value) line += " -r";
    for (const auto& list : request.values) {
      if (list.flag == flag.name) line += fmt::format(" -f -a '({} completions {} 2>/dev/null)'", tree.name, list.word);
    }
    script += line + "\n";
  };
  for (const std::string& program : request.names) {
    for_each_command(tree, "", [&](const std::string& path, const CommandTree& command) {
      for (const CommandTree& next : command.commands) {
        script += fmt::format("complete -c {} -f -n '{} \"{}\"' -a {} -d {}\n", program, name, path, next.name,
                              shell_quoted(next.description));
      }
      for (const CommandFlag& flag : command.flags) complete_flag(program, path, flag);
      if (path.empty()) return;
      for (const CommandFlag& flag : tree.flags) complete_flag(program, path, flag);
    });
  }
  return script;
}

}  // namespace

std::string completion_script(std::string_view shell, const CompletionRequest& request) {
  if (shell == "bash") return bash_script(request);
  if (shell == "zsh") return zsh_script(request);
  if (shell == "fish") return fish_script(request);
  fail(ErrorKind::kBadRequest, "no completions for '{}': bash, zsh and fish are there", shell);
}

}  // namespace rbee::console
