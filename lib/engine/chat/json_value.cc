#include "engine/chat/json_value.h"

#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "engine/chat/dict.h"
#include "engine/chat/limits.h"

namespace rbee::engine::jinja {
namespace {

namespace json = boost::json;

std::string_view to_view(json::string_view text) {
  return {text.data(), text.size()};
}

Value convert(Runtime& runtime, const json::value& value, std::uint32_t depth) {
  if (depth > kDataDepthMax) {
    template_error(fmt::format("the data of the template nests deeper than {}", kDataDepthMax));
  }
  switch (value.kind()) {
    case json::kind::null:
      return Value::none();
    case json::kind::bool_:
      return Value::of(value.get_bool());
    case json::kind::int64:
      return Value::of(static_cast<Integer>(value.get_int64()));
    case json::kind::uint64:
      return Value::of(static_cast<Integer>(value.get_uint64()));
    case json::kind::double_:
      return Value::of(value.get_double());
    case json::kind::string:
      return runtime.text(to_view(value.get_string()));
    case json::kind::array: {
      std::vector<Value> items;
      items.reserve(value.get_array().size());
      for (const json::value& item : value.get_array()) items.push_back(convert(runtime, item, depth + 1));
      return runtime.list(std::move(items));
    }
    case json::kind::object: {
      const Value dict = runtime.dict();
      for (const auto& [key, item] : value.get_object()) {
        set_item(runtime, *dict.dict, runtime.text(to_view(key)), convert(runtime, item, depth + 1));
      }
      return dict;
    }
  }
  return {};
}

std::uint64_t measure(const json::value& value, std::uint32_t depth) {
  constexpr std::uint64_t kScalarBytes = 8;
  std::uint64_t total = kScalarBytes;
  if (depth > kDataDepthMax) return total;  // converting it will fail
  if (const auto* text = value.if_string()) total += text->size();
  if (const auto* array = value.if_array()) {
    for (const json::value& item : *array) total += measure(item, depth + 1);
  }
  if (const auto* object = value.if_object()) {
    for (const auto& [key, item] : *object) total += key.size() + measure(item, depth + 1);
  }
  return total;
}

}  // namespace

std::uint64_t measure_json(const json::value& value) {
  return measure(value, 0);
}

Value from_json(Runtime& runtime, const json::value& value) {
  return convert(runtime, value, 0);
}

}  // namespace rbee::engine::jinja
