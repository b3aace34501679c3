#pragma once
// How long files and functions may be.

#include <map>
#include <string>

#include "style/finding.h"
#include "style/source_tree.h"

namespace rbee::style {

constexpr std::size_t kFileLinesMax = 500;
constexpr std::size_t kFunctionLinesMax = 80;

/// Known exceptions, by path: the longest function or the whole file may have that many lines and no more. The entry
/// must go when the limit is met without it, so the list only shrinks.
struct SizeRatchet {
  std::map<std::string, std::size_t> file_lines;
  std::map<std::string, std::size_t> function_lines;
};

/// Lines "PATH file-lines N" or "PATH function-lines N"; '#' starts a comment.
SizeRatchet parse_ratchet(const SourceFile& file);

struct FunctionSize {
  std::size_t line = 0;   ///< of its opening brace
  std::size_t lines = 0;  ///< from the opening to the closing brace, both counted
};

/// Every function body that does not lie in another one, by counting braces. Lambdas and local classes count as a part
/// of the function around them.
std::vector<FunctionSize> function_sizes(const SourceFile& file);

Findings check_sizes(const SourceTree& tree, const SizeRatchet& ratchet);

}  // namespace rbee::style
