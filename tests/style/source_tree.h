#pragma once
// The project's text files, as the checks see them.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::style {

struct SourceFile {
  std::string path;  ///< relative to the root, with '/'
  std::vector<std::string> lines;
};

/// A snapshot; tests build one by hand.
struct SourceTree {
  std::vector<SourceFile> files;     ///< text files, by path
  std::vector<std::string> folders;  ///< relative to the root
  std::vector<std::string> others;   ///< paths of files whose text is not read: models and test data

  bool has_path(std::string_view path) const;
  /// Null when there is no such text file.
  const SourceFile* find(std::string_view path) const;
};

/// A file from its text.
SourceFile source_file(std::string path, std::string_view text);

/// Reads the tree under `root`: without .git, build folders and node_modules; models/ and tests/data by name only.
SourceTree read_source_tree(const std::filesystem::path& root);

/// True for *.h and *.cc.
bool is_cpp(std::string_view path);
/// True for *_test.cc and everything under tests/ and bench/.
bool is_test_code(std::string_view path);

}  // namespace rbee::style
