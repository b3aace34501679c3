#pragma once
// Unicode normalization forms (UAX 15), in linear time whatever the order of combining marks.

#include <string>
#include <string_view>

namespace rbee::engine {

enum class NormalForm : unsigned char { kNfc, kNfd, kNfkc, kNfkd };

/// `text` (valid UTF-8) in `form`. Returns `text` itself when it is known to be in that form already, else a view of
/// `buffer`, which is overwritten.
std::string_view to_normal_form(std::string_view text, NormalForm form, std::string& buffer);

}  // namespace rbee::engine
