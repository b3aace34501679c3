#include "style/layer_check.h"

#include <map>
#include <optional>
#include <set>

#include "style/cmake_commands.h"

namespace rbee::style {

namespace {

using Layers = std::set<std::string, std::less<>>;

/// What each layer may depend on, besides itself.
const std::map<std::string, Layers, std::less<>>& allowed_edges() {
  static const std::map<std::string, Layers, std::less<>> edges = {
      {"base", {}},
      {"console", {"base"}},
      {"formats", {"base"}},
      {"matrix", {"base", "wire"}},
      {"peaks", {"base"}},
      {"engine", {"base", "formats"}},
      {"net", {"base"}},
      {"wire", {"base"}},
      {"store", {"base", "formats", "wire"}},
      {"pool", {"base", "formats", "store", "wire"}},
      {"llm-worker-rbee", {"base", "engine", "formats", "net", "wire"}},
      {"rbee-hive", {"base", "console", "formats", "net", "peaks", "pool", "store", "wire"}},
      {"queen-rbee", {"base", "formats", "net", "pool", "store", "wire"}},
      {"rbee-keeper", {"base", "console", "matrix", "net", "pool", "wire"}},
  };
  return edges;
}

/// "lib/engine/kv/x.h" is in "engine", "bin/rbee-hive/main.cc" in "rbee-hive"; tests and benchmarks are in none.
std::string layer_of(std::string_view path) {
  if (!path.starts_with("lib/") && !path.starts_with("bin/")) return "";
  path.remove_prefix(4);
  return std::string(path.substr(0, path.find('/')));
}

struct Include {
  std::string name;
  bool quoted = false;
};

std::optional<Include> parse_include(const std::string& line) {
  std::size_t at = line.find_first_not_of(" \t");
  if (at == std::string::npos || line[at] != '#') return std::nullopt;
  at = line.find_first_not_of(" \t", at + 1);
  if (at == std::string::npos || line.compare(at, 7, "include") != 0) return std::nullopt;
  at = line.find_first_of("\"<", at);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t end = line.find_first_of("\">", at + 1);
  return Include{line.substr(at + 1, end - at - 1), line[at] == '"'};
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  for (const std::string_view prefix : prefixes) {
    if (text.starts_with(prefix)) return true;
  }
  return false;
}

bool is_gpu_sdk(std::string_view header) {
  return starts_with_any(header, {"cuda", "cublas", "nvrtc", "nvml", "vulkan/", "hip/", "Metal/", "level_zero/"});
}

bool is_network_or_database(std::string_view header) {
  return starts_with_any(header, {"boost/asio", "boost/beast", "openssl/", "curl/", "sqlite3", "soci/", "libpq"});
}

/// "cuda" of "lib/engine/backend/cuda/gemm.cc"; empty outside a backend's own folder.
std::string backend_of(std::string_view path) {
  constexpr std::string_view kBackends = "engine/backend/";
  const std::size_t at = path.find(kBackends);
  if (at == std::string_view::npos) return "";
  path.remove_prefix(at + kBackends.size());
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

/// The message of a broken edge from `from` to `to`, or empty.
std::string broken_edge(const std::string& from, const std::string& to) {
  if (from == to) return "";
  const auto edges = allowed_edges().find(from);
  if (edges == allowed_edges().end()) return "layer '" + from + "' is not in the list of layers";
  if (edges->second.contains(to)) return "";
  return "'" + from + "' must not depend on '" + to + "'";
}

std::string check_include(const std::string& path, const Include& include) {
  const std::string from = layer_of(path);
  if (is_gpu_sdk(include.name) && backend_of(path).empty() && !path.starts_with("lib/pool/device")) {
    return "GPU SDK header outside engine/backend/<x>: " + include.name;
  }
  if (from == "engine" && is_network_or_database(include.name)) {
    return "the engine knows no HTTP and no SQL: " + include.name;
  }
  if (!include.quoted) return "";
  if (include.name.find("..") != std::string::npos) return "include goes upward: " + include.name;
  const std::size_t slash = include.name.find('/');
  if (slash == std::string::npos) return "";
  const std::string to = include.name.substr(0, slash);
  if (!allowed_edges().contains(to)) return "";  // a folder of the program itself
  if (std::string message = broken_edge(from, to); !message.empty()) return message;
  if (path.starts_with("bin/") && to == "engine" && include.name != "engine/engine.h") {
    return "programs include only engine/engine.h of the engine, not " + include.name;
  }
  const std::string backend = backend_of(include.name);
  if (!backend.empty() && backend != backend_of(path) && !path.starts_with("lib/engine/backend/make_backend")) {
    // A backend's test compares with the reference.
    if (!path.ends_with("_test.cc")) return "a backend's header outside its folder: " + include.name;
  }
  return "";
}

/// The folder's layer for every target that a CMakeLists.txt declares.
std::map<std::string, std::string> target_layers(const SourceTree& tree) {
  std::map<std::string, std::string> layers;
  for (const SourceFile& file : tree.files) {
    if (!file.path.ends_with("CMakeLists.txt")) continue;
    for (const CMakeCommand& command : cmake_commands(file)) {
      if (command.arguments.empty()) continue;
      if (command.name == "rbee_library") layers["rbee_" + command.arguments[0]] = layer_of(file.path);
      if (command.name == "add_library") layers[command.arguments[0]] = layer_of(file.path);
    }
  }
  return layers;
}

}  // namespace

Findings check_includes(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (!is_cpp(file.path) || layer_of(file.path).empty()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::optional<Include> include = parse_include(file.lines[i]);
      if (!include) continue;
      if (std::string message = check_include(file.path, *include); !message.empty()) {
        findings.push_back({file.path, i + 1, std::move(message)});
      }
    }
  }
  return findings;
}

Findings check_targets(const SourceTree& tree) {
  const std::map<std::string, std::string> layers = target_layers(tree);
  Findings findings;
  for (const SourceFile& file : tree.files) {
    const std::string from = layer_of(file.path);
    if (!file.path.ends_with("CMakeLists.txt") || from.empty()) continue;
    for (const CMakeCommand& command : cmake_commands(file)) {
      if (command.name != "rbee_library" && command.name != "rbee_test" && command.name != "target_link_libraries") {
        continue;
      }
      for (const std::string& argument : command.arguments) {
        const auto target = layers.find(argument);
        if (target == layers.end() || target->second.empty()) continue;
        if (std::string message = broken_edge(from, target->second); !message.empty()) {
          findings.push_back({file.path, command.line, message + " (target " + argument + ")"});
        }
      }
    }
  }
  return findings;
}

}  // namespace rbee::style
