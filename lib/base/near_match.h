#pragma once
// What somebody may have meant.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rbee {

/// How many single-character insertions, deletions, replacements and swaps of neighbours turn `a` into `b`
/// (optimal string alignment distance).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`; empty when none is near: more than a third of the word, and at most 3 edits, apart,
/// unless one is the beginning of the other.
std::string near_match(std::string_view word, const std::vector<std::string>& candidates);

/// ", did you mean 'x'?" or nothing: the end of an error message.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace rbee
