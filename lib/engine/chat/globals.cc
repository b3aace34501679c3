// The functions that every template can call.

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/dict.h"
#include "engine/chat/limits.h"
#include "engine/chat/python_text.h"
#include "engine/chat/strftime.h"

namespace rbee::engine::jinja {
namespace {

Value range(Runtime& runtime, const Value&, const Arguments& arguments) {
  const std::vector<Value>& given = arguments.positional;
  if (!arguments.named.empty()) template_error("range() takes no keyword arguments");
  if (given.empty() || given.size() > 3) {
    template_error(given.empty() ? "range expected at least 1 argument, got 0"
                                 : fmt::format("range expected at most 3 arguments, got {}", given.size()));
  }
  // Bounds beyond 64 bits make no smaller range, so they may be brought near.
  const Integer start = given.size() > 1 ? to_small_index(given[0]) : Integer{0};
  const Integer stop = to_small_index(given[given.size() > 1 ? 1 : 0]);
  const Integer step = given.size() > 2 ? to_small_index(given[2]) : Integer{1};
  if (step == 0) template_error("range() arg 3 must not be zero");
  const Value value = runtime.range(start, stop, step);
  if (value.range->size() > kRangeMax) {
    template_error(fmt::format("Range too big. The sandbox blocks ranges larger than MAX_RANGE ({}).", kRangeMax));
  }
  return value;
}

// dict(mapping or pairs, **named)
void fill_dict(Runtime& runtime, Dict& dict, const Arguments& arguments, std::string_view function) {
  if (arguments.positional.size() > 1) {
    template_error(fmt::format("{} expected at most 1 argument, got {}", function, arguments.positional.size()));
  }
  if (!arguments.positional.empty()) {
    const Value& source = arguments.positional[0];
    if (source.is(Kind::kDict)) {
      for (const Dict::Entry& entry : source.dict->entries) set_item(runtime, dict, entry.key, entry.value);
    } else {
      Cursor cursor(runtime, source);
      std::size_t i = 0;
      for (Value pair; cursor.next(pair); ++i) {
        if (!is_iterable(pair)) {
          template_error(fmt::format("cannot convert dictionary update sequence element #{} to a sequence", i));
        }
        const std::vector<Value> parts = collect(runtime, pair);
        if (parts.size() != 2) {
          template_error(
              fmt::format("dictionary update sequence element #{} has length {}; 2 is required", i, parts.size()));
        }
        set_item(runtime, dict, parts[0], parts[1]);
      }
    }
  }
  for (const auto& [name, value] : arguments.named) set_item(runtime, dict, name, value);
}

Value dict(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Value value = runtime.dict();
  fill_dict(runtime, *value.dict, arguments, "dict");
  return value;
}

Value name_space(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Value value = runtime.dict(Kind::kNamespace);
  fill_dict(runtime, *value.dict, arguments, "dict");
  return value;
}

Value cycler(Runtime& runtime, const Value&, const Arguments& arguments) {
  if (!arguments.named.empty()) template_error("cycler() takes no keyword arguments");
  if (arguments.positional.empty()) template_error("at least one item has to be provided");
  return runtime.cycler(arguments.positional);
}

Value joiner(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Parameters given("joiner", arguments, {"sep"});
  return runtime.joiner(given.has(0) ? given[0] : runtime.text(", "));
}

// transformers': the template's own error, its message unchanged.
Value raise_exception(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Parameters given("raise_exception", arguments, {"message"}, 1);
  template_error(to_str(runtime, given[0]));
}

// transformers': datetime.now().strftime(format).
Value strftime_now(Runtime& runtime, const Value&, const Arguments& arguments) {
  const Parameters given("strftime_now", arguments, {"format"}, 1);
  if (given[0].is_undefined() || !given[0].is_string()) {
    template_error(fmt::format("strftime() argument 1 must be str, not {}", type_name(given[0])));
  }
  if (given[0].length > kStrftimeFormatMax) template_error("the format of strftime_now is too long");
  return runtime.text(format_time(runtime.now(), std::string(given[0].view_text())));
}

constexpr NativeSpec kGlobals[] = {
    {"range", range},
    {"dict", dict},
    {"namespace", name_space},
    {"cycler", cycler},
    {"joiner", joiner},
    {"raise_exception", raise_exception},
    {"strftime_now", strftime_now},
    {},
};

}  // namespace

const NativeSpec* all_globals() {
  return kGlobals;
}

}  // namespace rbee::engine::jinja
