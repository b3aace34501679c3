#include "style/document_check.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "style/code_lines.h"

namespace rbee::style {

namespace {

constexpr std::array<std::string_view, 9> kRoots = {"lib/",   "bin/",   "tests/",  "tools/", "docs/",
                                                    "bench/", "cmake/", "models/", ".ci/"};
constexpr std::string_view kPathChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

/// What is not a name of something in the tree: patterns, and what installing and building make.
// Patterns, and what installing makes, are no names of the tree.
bool is_pattern(std::string_view text) {
  if (text.find("node_modules") != std::string_view::npos) return true;
  return text.find_first_of("<>*{}$") != std::string_view::npos;
}

/// One document against the tree.
class DocumentCheck {
 public:
  DocumentCheck(const SourceTree& tree, const SourceFile& document, Findings& findings)
      : tree_(tree), document_(document), findings_(findings) {}

  void run() {
    bool in_block = false;
    for (std::size_t i = 0; i < document_.lines.size(); ++i) {
      line_ = i + 1;
      const std::string_view line = document_.lines[i];
      if (line.starts_with("```")) {
        in_block = !in_block;
        continue;
      }
      if (in_block) {
        check_command(line);
      } else {
        check_spans(line);
        check_links(line);
      }
    }
  }

 private:
  void check_spans(std::string_view line) {
    for (std::size_t open = line.find('`'); open != std::string_view::npos;) {
      const std::size_t close = line.find('`', open + 1);
      if (close == std::string_view::npos) return;
      const std::string_view span = line.substr(open + 1, close - open - 1);
      if (span.find(' ') == std::string_view::npos) {
        check_name(span);
      } else {
        check_command(span);
      }
      open = line.find('`', close + 1);
    }
  }

  /// A name in back quotes: a path or a file's name.
  void check_name(std::string_view name) {
    if (is_pattern(name)) return;
    if (check_path(name)) return;
    for (const std::string_view suffix : {".h", ".cc", ".sh", ".cmake"}) {
      if (!name.ends_with(suffix) || name.find_first_not_of(kPathChars) != std::string_view::npos) continue;
      const std::string tail = "/" + std::string(name);
      const bool exists = std::any_of(tree_.files.begin(), tree_.files.end(), [&](const SourceFile& file) {
        return file.path == name || file.path.ends_with(tail);
      });
      if (!exists) report("no file is named " + std::string(name));
    }
  }

  /// True when `word` is a path under one of the roots; reports it when nothing is there.
  bool check_path(std::string_view word) {
    while (!word.empty() && (word.back() == '.' || word.back() == ',' || word.back() == ':')) word.remove_suffix(1);
    const bool rooted =
        std::any_of(kRoots.begin(), kRoots.end(), [&](std::string_view root) { return word.starts_with(root); });
    if (!rooted || is_pattern(word) || word.find_first_not_of(kPathChars) != std::string_view::npos) return rooted;
    // Also relative to the document's library: `lib/README.md` may say `models/llama.cc`.
    const std::string nearby = std::string(folder_of(document_.path)) + "/" + std::string(word);
    if (!tree_.has_path(word) && !tree_.has_path(nearby)) report("no such path: " + std::string(word));
    return true;
  }

  /// A line of a code block or a span with spaces: `make X`, paths, presets and the worker's flags.
  void check_command(std::string_view line) {
    std::string_view before;
    bool is_make = false;
    bool is_worker = false;
    for (std::size_t begin = 0; begin < line.size();) {
      begin = line.find_first_not_of(" \t", begin);
      if (begin == std::string_view::npos) break;
      const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
      const std::string_view word = line.substr(begin, end - begin);
      if (word == "#" || word == "&&" || word == "|") is_make = is_worker = false;
      if (is_make && before == "make") check_target(word);
      if (before == "--preset") check_preset(word);
      if (is_worker) check_flag(word);
      check_path(word);
      if (word == "make" && (before.empty() || before == "$" || before == "&&")) is_make = true;
      if (word.ends_with("llm-worker-rbee") && (before.empty() || before == "$" || before == "&&")) is_worker = true;
      before = word;
      begin = end;
    }
  }

  void check_target(std::string_view target) {
    if (target.starts_with('-') || target.find('=') != std::string_view::npos) return;
    const SourceFile* makefile = tree_.find("Makefile");
    const std::string rule = std::string(target) + ":";
    const bool exists =
        makefile != nullptr && std::any_of(makefile->lines.begin(), makefile->lines.end(),
                                           [&](const std::string& line) { return line.starts_with(rule); });
    if (!exists) report("the Makefile has no target '" + std::string(target) + "'");
  }

  void check_preset(std::string_view preset) {
    const SourceFile* presets = tree_.find("CMakePresets.json");
    const std::string name = "\"name\": \"" + std::string(preset) + "\"";
    const bool exists = presets != nullptr &&
                        std::any_of(presets->lines.begin(), presets->lines.end(),
                                    [&](const std::string& line) { return line.find(name) != std::string::npos; });
    if (!exists) report("CMakePresets.json has no preset '" + std::string(preset) + "'");
  }

  void check_flag(std::string_view word) {
    if (!word.starts_with("--")) return;
    const std::string flag(word.substr(0, word.find('=')));
    const bool exists = std::any_of(tree_.files.begin(), tree_.files.end(), [&](const SourceFile& file) {
      if (!file.path.starts_with("bin/llm-worker-rbee/") || !is_cpp(file.path)) return false;
      return std::any_of(file.lines.begin(), file.lines.end(),
                         [&](const std::string& line) { return find_word(line, flag) != std::string_view::npos; });
    });
    if (!exists) report("llm-worker-rbee has no flag " + flag);
  }

  /// [text](path): relative links must resolve.
  void check_links(std::string_view line) {
    for (std::size_t at = line.find("]("); at != std::string_view::npos; at = line.find("](", at + 1)) {
      const std::size_t close = line.find(')', at);
      if (close == std::string_view::npos) return;
      std::string_view target = line.substr(at + 2, close - at - 2);
      target = target.substr(0, target.find('#'));
      if (target.empty() || target.find(':') != std::string_view::npos) continue;
      std::string_view folder = folder_of(document_.path);
      while (target.starts_with("../")) {
        target.remove_prefix(3);
        folder = folder_of(folder);
      }
      const std::string path = folder.empty() ? std::string(target) : std::string(folder) + "/" + std::string(target);
      if (!tree_.has_path(path)) report("the link leads nowhere: " + path);
    }
  }

  void report(std::string message) { findings_.push_back({document_.path, line_, std::move(message)}); }

  const SourceTree& tree_;
  const SourceFile& document_;
  Findings& findings_;
  std::size_t line_ = 0;
};

}  // namespace

Findings check_documents(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (file.path.ends_with(".md")) DocumentCheck(tree, file, findings).run();
  }
  return findings;
}

}  // namespace rbee::style
