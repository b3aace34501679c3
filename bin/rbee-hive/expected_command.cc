// models expected.

#include <memory>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_text.h"
#include "base/units.h"
#include "command_line.h"
#include "pool/ids.h"

namespace rbee::hive {
namespace {

constexpr std::uint64_t kExpectedBytesMax = 64_MiB;

// expected.json in a model folder, <file>.expected.json beside <file>.gguf.
std::filesystem::path expected_path(const std::filesystem::path& model) {
  if (std::filesystem::is_directory(model)) return model / "expected.json";
  return std::filesystem::path(model).replace_extension(".expected.json");
}

int show_expected(Hive& hive, const std::string& id) {
  pool::check_id(id, "model id");
  const wire::Catalog catalog = hive.catalog.load();
  const wire::CatalogModel& model = pool::find_model(catalog, id);
  if (!model.downloaded) fail(ErrorKind::kNotFound, "model '{}' is not downloaded", id);
  const std::filesystem::path path = expected_path(hive.catalog.model_path(model));
  if (!std::filesystem::exists(path)) {
    hive.terminal.line("No " + path.string());
    hive.terminal.document({{"id", id}, {"path", path.string()}, {"expected", nullptr}});
    return kDone;
  }
  boost::json::value expected = parse_json(read_file(path, kExpectedBytesMax), path.string());
  hive.terminal.raw(json_text(expected));
  hive.terminal.document({{"id", id}, {"path", path.string()}, {"expected", std::move(expected)}});
  return kDone;
}

}  // namespace

void add_expected_command(CLI::App& models, Invocation& invocation) {
  CLI::App* command =
      models.add_subcommand("expected", "What a reference implementation computed for a model: its expected.json");
  auto id = std::make_shared<std::string>();  // shared by parser and command
  command->add_option("id", *id, "The model's id in the catalog")->required();
  command->footer(
      "\nExample:\n  rbee-hive models expected demo-qwen\n\n'rbee test' compares a worker's answers with it. It lies "
      "in "
      "the model's folder as expected.json,\nor beside NAME.gguf as NAME.expected.json; a model needs none.");
  command->callback([&invocation, id] { invocation.command = [id](Hive& hive) { return show_expected(hive, *id); }; });
}

}  // namespace rbee::hive
