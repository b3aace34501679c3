#pragma once
// A case of tests/data/chat: what is rendered and what comes out. For tests.

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "engine/chat/chat_template.h"

namespace rbee::engine {

/// "text: ..." or "error: ...".
std::string render_case(const boost::json::object& chat_case);

/// One JSON object per line of a file under tests/data.
std::vector<boost::json::object> load_cases(const std::string& path);

/// Renders with messages and the variables of `extra`, both JSON texts; errors as "error: ...".
std::string render_text(std::string_view source, std::string_view messages = "[]", std::string_view extra = "{}",
                        const TemplateBudget& budget = {});

}  // namespace rbee::engine
