// Renders the cases on standard input, one JSON object per line, for comparison with other implementations.

#include <iostream>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/json.h"
#include "engine/chat/chat_case.h"

int main() {
  rbee::JsonLimits limits;
  limits.depth_max = 100;
  for (std::string line; std::getline(std::cin, line);) {
    const auto chat_case = rbee::parse_json(line, "case", limits);
    std::cout << boost::json::serialize(boost::json::string(rbee::engine::render_case(chat_case.as_object()))) << "\n";
  }
}
