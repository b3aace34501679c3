#include "style/source_tree.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/units.h"

namespace rbee::style {

namespace {

constexpr std::uint64_t kTextFileBytesMax = 4_MiB;

bool is_skipped(const std::string& name) {
  static const std::set<std::string> skipped = {".git", "build", "node_modules", ".cache"};
  return skipped.contains(name);
}

bool is_data(std::string_view path) {
  return path.starts_with("models/") || path.starts_with("tests/data/");
}

}  // namespace

bool SourceTree::has_path(std::string_view path) const {
  while (path.ends_with('/')) path.remove_suffix(1);
  return find(path) != nullptr || std::find(folders.begin(), folders.end(), path) != folders.end() ||
         std::find(others.begin(), others.end(), path) != others.end();
}

const SourceFile* SourceTree::find(std::string_view path) const {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const SourceFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

SourceFile source_file(std::string path, std::string_view text) {
  SourceFile file{std::move(path), {}};
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    file.lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return file;
}

SourceTree read_source_tree(const std::filesystem::path& root) {
  SourceTree tree;
  for (auto entry = std::filesystem::recursive_directory_iterator(root);
       entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    const std::string path = entry->path().lexically_relative(root).generic_string();
    if (is_skipped(entry->path().filename().string())) {
      entry.disable_recursion_pending();
    } else if (entry->is_directory()) {
      tree.folders.push_back(path);
    } else if (entry->is_regular_file()) {
      if (is_data(path)) {
        tree.others.push_back(path);
      } else {
        tree.files.push_back(source_file(path, read_file(entry->path(), kTextFileBytesMax)));
      }
    }
  }
  std::sort(tree.files.begin(), tree.files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return tree;
}

bool is_cpp(std::string_view path) {
  return path.ends_with(".h") || path.ends_with(".cc");
}

bool is_test_code(std::string_view path) {
  return path.ends_with("_test.cc") || path.starts_with("tests/") || path.starts_with("bench/");
}

}  // namespace rbee::style
