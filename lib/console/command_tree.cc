#include "console/command_tree.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/json.h"

namespace rbee::console {
namespace {

namespace json = boost::json;

constexpr std::size_t kLevelsMax = 8;
constexpr std::size_t kCommandsMax = 1000;

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string string_of(const json::object& object, std::string_view name, std::string_view source) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) fail(ErrorKind::kBadFile, "{}: '{}' is no text", source, name);
  return std::string(value->get_string());
}

const json::array& array_of(const json::object& object, std::string_view name, std::string_view source) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) fail(ErrorKind::kBadFile, "{}: '{}' is no list", source, name);
  return value->get_array();
}

class TreeReader {
 public:
  explicit TreeReader(std::string_view source) : source_(source) {}

  CommandTree read(const json::value& value, std::size_t level) {
    if (!value.is_object()) fail(ErrorKind::kBadFile, "{}: a command is no object", source_);
    if (level > kLevelsMax || ++commands_ > kCommandsMax) {
      fail(ErrorKind::kBadFile, "{}: more than {} levels or {} commands", source_, kLevelsMax, kCommandsMax);
    }
    const json::object& object = value.get_object();
    CommandTree tree{string_of(object, "name", source_), string_of(object, "description", source_), {}, {}};
    for (const json::value& flag : array_of(object, "flags", source_)) {
      if (!flag.is_object()) fail(ErrorKind::kBadFile, "{}: a flag is no object", source_);
      const json::value* takes = flag.get_object().if_contains("takes_value");
      tree.flags.push_back({string_of(flag.get_object(), "name", source_),
                            string_of(flag.get_object(), "description", source_),
                            takes != nullptr && takes->is_bool() && takes->get_bool()});
    }
    for (const json::value& command : array_of(object, "commands", source_)) {
      tree.commands.push_back(read(command, level + 1));
    }
    return tree;
  }

 private:
  const std::string_view source_;
  std::size_t commands_ = 0;
};

}  // namespace

CommandTree command_tree(const CLI::App& app) {
  CommandTree tree{app.get_name(), first_line(app.get_description()), {}, {}};
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    const bool takes_value = option->get_items_expected_max() > 0;
    const std::string description = first_line(option->get_description());
    for (const std::string& name : option->get_lnames()) tree.flags.push_back({"--" + name, description, takes_value});
    for (const std::string& name : option->get_snames()) tree.flags.push_back({"-" + name, description, takes_value});
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    tree.commands.push_back(command_tree(*command));
  }
  return tree;
}

json::object to_json(const CommandTree& tree) {
  json::array flags, commands;
  for (const CommandFlag& flag : tree.flags) {
    flags.push_back({{"name", flag.name}, {"description", flag.description}, {"takes_value", flag.takes_value}});
  }
  for (const CommandTree& command : tree.commands) commands.push_back(to_json(command));
  return {{"name", tree.name},
          {"description", tree.description},
          {"flags", std::move(flags)},
          {"commands", std::move(commands)}};
}

CommandTree parse_command_tree(std::string_view text, std::string_view source) {
  return TreeReader(source).read(parse_json(text, source), 1);
}

}  // namespace rbee::console
