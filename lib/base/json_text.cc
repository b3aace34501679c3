#include "base/json_text.h"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace rbee {
namespace {

namespace json = boost::json;

class Writer {
 public:
  enum class Layout { kLine, kIndented };
  explicit Writer(Layout layout) : layout_(layout) {}

  void write(const json::value& value, std::size_t depth) {
    if (const json::object* object = value.if_object()) {
      write_object(*object, depth);
    } else if (const json::array* array = value.if_array()) {
      write_array(*array, depth);
    } else if (const double* number = value.if_double()) {
      write_number(*number);
    } else {
      text_ += json::serialize(value);
    }
  }
  std::string take() { return std::move(text_); }

 private:
  void write_object(const json::object& object, std::size_t depth) {
    text_ += '{';
    bool first = true;
    for (const auto& [key, member] : object) {
      separate(first, depth + 1);
      text_ += json::serialize(json::string(key));
      text_ += layout_ == Layout::kLine ? ":" : ": ";
      write(member, depth + 1);
    }
    if (!object.empty()) new_line(depth);
    text_ += '}';
  }
  void write_array(const json::array& array, std::size_t depth) {
    text_ += '[';
    bool first = true;
    for (const json::value& member : array) {
      separate(first, depth + 1);
      write(member, depth + 1);
    }
    if (!array.empty()) new_line(depth);
    text_ += ']';
  }
  void write_number(double number) {
    std::string digits = fmt::format("{}", number);
    if (digits.find_first_of(".en") == std::string::npos) digits += ".0";
    text_ += digits;
  }
  void separate(bool& first, std::size_t depth) {
    if (!first) text_ += ',';
    first = false;
    new_line(depth);
  }
  void new_line(std::size_t depth) {
    if (layout_ == Layout::kLine) return;
    text_ += '\n';
    text_.append(2 * depth, ' ');
  }

  const Layout layout_;
  std::string text_;
};

}  // namespace

std::string json_text(const json::value& value) {
  Writer writer(Writer::Layout::kIndented);
  writer.write(value, 0);
  return writer.take() + "\n";
}

std::string json_line(const json::value& value) {
  Writer writer(Writer::Layout::kLine);
  writer.write(value, 0);
  return writer.take();
}

}  // namespace rbee
