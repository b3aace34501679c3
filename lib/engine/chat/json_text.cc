#include "engine/chat/json_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "base/utf8.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

class JsonWriter {
 public:
  JsonWriter(Runtime& runtime, const JsonStyle& style) : runtime_(runtime), style_(style) {}

  void write(const Value& value) {
    const Budget::Evaluation guard(runtime_.budget());
    switch (value.kind) {
      case Kind::kNone:
      case Kind::kBoolean:
      case Kind::kInteger:
      case Kind::kFloat:
        return put(scalar(value));
      case Kind::kString:
        return write_text(value.view_text());
      case Kind::kList:
      case Kind::kTuple:
        return write_items(value.sequence->items);
      case Kind::kDict:
        return write_dict(*value.dict);
      default:
        template_error(fmt::format("Object of type {} is not JSON serializable", type_name(value)));
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void put(std::string_view text) {
    runtime_.budget().charge_bytes(text.size());
    out_ += text;
  }

  static std::string scalar(const Value& value) {
    if (value.is_none()) return "null";
    if (value.is(Kind::kBoolean)) return value.boolean ? "true" : "false";
    if (value.is(Kind::kInteger)) return integer_text(value.integer);
    if (std::isnan(value.number)) return "NaN";
    if (std::isinf(value.number)) return value.number < 0 ? "-Infinity" : "Infinity";
    return float_text(value.number);
  }

  void write_text(std::string_view text) {
    runtime_.budget().charge_bytes(text.size() + 2);
    out_.push_back('"');
    while (!text.empty()) {
      const unsigned char first = static_cast<unsigned char>(text.front());
      if (first < 0x80) {
        write_ascii(static_cast<char>(first));
        text.remove_prefix(1);
      } else if (style_.ensure_ascii) {
        write_escaped(take_codepoint(text));
      } else {
        append_utf8(out_, take_codepoint(text));
      }
    }
    out_.push_back('"');
  }

  void write_ascii(char c) {
    switch (c) {
      case '"':
        out_ += "\\\"";
        break;
      case '\\':
        out_ += "\\\\";
        break;
      case '\n':
        out_ += "\\n";
        break;
      case '\r':
        out_ += "\\r";
        break;
      case '\t':
        out_ += "\\t";
        break;
      case '\f':
        out_ += "\\f";
        break;
      case '\b':
        out_ += "\\b";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out_.push_back(c);
        }
    }
  }

  void write_escaped(char32_t c) {
    const std::uint32_t code = c;
    runtime_.budget().charge_steps(6);
    if (code < 0x10000) {
      out_ += fmt::format("\\u{:04x}", code);
    } else {
      const std::uint32_t offset = code - 0x10000;
      out_ += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (offset >> 10), 0xDC00 + (offset & 0x3FF));
    }
  }

  void newline() {
    if (!style_.indent) return;
    put("\n");
    for (std::size_t i = 0; i < level_; ++i) put(*style_.indent);
  }

  void write_items(const std::vector<Value>& items) {
    if (items.empty()) return put("[]");
    put("[");
    ++level_;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) put(style_.item_separator);
      newline();
      write(items[i]);
    }
    --level_;
    newline();
    put("]");
  }

  void write_dict(const Dict& dict) {
    if (dict.entries.empty()) return put("{}");
    put("{");
    ++level_;
    bool first = true;
    for (const Dict::Entry* entry : ordered(dict)) {
      if (!first) put(style_.item_separator);
      first = false;
      newline();
      write_key(entry->key);
      put(style_.key_separator);
      write(entry->value);
    }
    --level_;
    newline();
    put("}");
  }

  std::vector<const Dict::Entry*> ordered(const Dict& dict) {
    std::vector<const Dict::Entry*> entries;
    entries.reserve(dict.entries.size());
    for (const Dict::Entry& entry : dict.entries) entries.push_back(&entry);
    if (style_.sort_keys) {
      std::stable_sort(entries.begin(), entries.end(),
                       [this](const Dict::Entry* a, const Dict::Entry* b) { return less(runtime_, a->key, b->key); });
    }
    return entries;
  }

  void write_key(const Value& key) {
    if (key.is_string()) return write_text(key.view_text());
    if (!key.is_none() && !key.is_number()) {
      template_error(fmt::format("keys must be str, int, float, bool or None, not {}", type_name(key)));
    }
    write_text(scalar(key));
  }

  Runtime& runtime_;
  const JsonStyle& style_;
  std::size_t level_ = 0;
  std::string out_;
};

}  // namespace

std::string to_json(Runtime& runtime, const Value& value, const JsonStyle& style) {
  JsonWriter writer(runtime, style);
  writer.write(value);
  return writer.take();
}

}  // namespace rbee::engine::jinja
