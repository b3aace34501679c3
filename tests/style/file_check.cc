#include "style/file_check.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace rbee::style {

namespace {

constexpr std::size_t kReadmeLinesMin = 5;
constexpr std::size_t kReadmeLinesMax = 60;

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_snake_case(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

void check_name(const SourceFile& file, Findings& findings) {
  constexpr std::array<std::string_view, 7> kVague = {"util",    "utils",  "manager", "helper",
                                                      "helpers", "common", "misc"};
  const std::string_view name = file_name(file.path).substr(0, file_name(file.path).rfind('.'));
  if (!is_snake_case(name)) findings.push_back({file.path, 0, "a file's name is snake_case"});
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('_', begin), name.size());
    const std::string_view word = name.substr(begin, end - begin);
    if (std::find(kVague.begin(), kVague.end(), word) != kVague.end()) {
      findings.push_back({file.path, 0, "'" + std::string(word) + "' names no concept"});
    }
    begin = end + 1;
  }
}

void check_header(const SourceFile& file, Findings& findings) {
  if (file.lines.empty() || file.lines[0] != "#pragma once") {
    findings.push_back({file.path, 1, "a header starts with #pragma once"});
  } else if (file.lines.size() < 2 || !file.lines[1].starts_with("//")) {
    findings.push_back({file.path, 2, "a header's second line says what it holds"});
  }
}

void check_readmes(const SourceTree& tree, Findings& findings) {
  std::set<std::string> rooms;  // "lib/base", "bin/llm-worker-rbee"
  for (const SourceFile& file : tree.files) {
    if (!is_cpp(file.path) || !(file.path.starts_with("lib/") || file.path.starts_with("bin/"))) continue;
    rooms.insert(file.path.substr(0, file.path.find('/', 4)));
  }
  for (const std::string& room : rooms) {
    const SourceFile* readme = tree.find(room + "/README.md");
    if (readme == nullptr) {
      findings.push_back({room, 0, "has no README.md"});
    } else if (readme->lines.size() < kReadmeLinesMin || readme->lines.size() > kReadmeLinesMax) {
      findings.push_back({readme->path, 0, "has " + std::to_string(readme->lines.size()) + " lines, not 5 to 60"});
    }
  }
}

/// A test that no CMakeLists.txt names never runs.
void check_test_is_built(const SourceTree& tree, const SourceFile& file, Findings& findings) {
  std::string folder = file.path;
  while (folder.find('/') != std::string::npos) {
    folder.resize(folder.rfind('/'));
    const SourceFile* lists = tree.find(folder + "/CMakeLists.txt");
    if (lists == nullptr) continue;
    const std::string name = file.path.substr(folder.size() + 1);
    for (const std::string& line : lists->lines) {
      if (line.substr(0, line.find('#')).find(name) != std::string::npos) return;
    }
  }
  findings.push_back({file.path, 0, "no CMakeLists.txt builds this test"});
}

}  // namespace

Findings check_files(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (!is_cpp(file.path)) continue;
    check_name(file, findings);
    if (file.path.ends_with(".h")) check_header(file, findings);
    if (file.path.ends_with("_test.cc")) check_test_is_built(tree, file, findings);
  }
  check_readmes(tree, findings);
  return findings;
}

}  // namespace rbee::style
