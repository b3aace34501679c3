#include "hub_routes.h"

#include <algorithm>
#include <charconv>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "pool/download/url.h"

namespace rbee::hub {
namespace {

namespace json = boost::json;

Answer refusal(int status, const std::string& code, const std::string& message) {
  Answer answer{status, {{"Content-Type", "application/json"}}, json_line(json::object{{"error", message}})};
  if (!code.empty()) answer.headers.emplace_back("X-Error-Code", code);
  if (!message.empty()) answer.headers.emplace_back("X-Error-Message", message);
  return answer;
}

Answer missing_repository() {
  return refusal(401, "RepoNotFound", "Repository not found");
}

// "bytes=5-" or "bytes=5-9" as [begin, end); the whole where it is neither.
std::pair<std::uint64_t, std::uint64_t> parse_range(const std::string& range, std::uint64_t size) {
  std::uint64_t first = 0, last = size == 0 ? 0 : size - 1;
  if (!range.starts_with("bytes=")) return {0, size};
  const char* end = range.data() + range.size();
  const auto [at, error] = std::from_chars(range.data() + 6, end, first);
  if (error != std::errc() || at == end || *at != '-') return {0, size};
  if (at + 1 != end) std::from_chars(at + 1, end, last);
  return {first, std::min(last + 1, size)};
}

std::uint64_t query_number(const std::string& query, std::string_view name, std::uint64_t other) {
  const std::size_t at = query.find(std::string(name) + "=");
  std::uint64_t value = other;
  if (at != std::string::npos) {
    std::from_chars(query.data() + at + name.size() + 1, query.data() + query.size(), value);
  }
  return value;
}

const Fault* find(const std::vector<Fault>& faults, std::string_view action) {
  const auto found =
      std::find_if(faults.begin(), faults.end(), [=](const Fault& fault) { return fault.action == action; });
  return found == faults.end() ? nullptr : &*found;
}

json::object tree_entry(const HubFile& file) {
  json::object entry{{"type", "file"}, {"oid", file.oid}, {"size", file.size}, {"path", file.path}};
  if (file.large) entry["lfs"] = {{"oid", file.sha256}, {"size", file.size}, {"pointerSize", 135}};
  return entry;
}

bool is_current(const Repository& repository, const std::string& revision) {
  return revision == "main" || revision == repository.commit;
}

// "org/name" and what is behind it.
std::pair<std::string, std::string> split_repository(const std::string& path) {
  const std::size_t first = path.find('/');
  const std::size_t second = first == std::string::npos ? first : path.find('/', first + 1);
  if (second == std::string::npos) return {path, ""};
  return {path.substr(0, second), path.substr(second)};
}

std::string bearer(const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  return request.authorization.starts_with(kBearer) ? request.authorization.substr(kBearer.size()) : "";
}

}  // namespace

void HubRoutes::hash_all() {
  for (const std::string& name : repository_names(options_.root)) read_repository(options_.root, name, digests_);
}

void HubRoutes::log(const Request& request) {
  const std::string line = json_line(json::object{{"method", request.method},
                                                  {"path", request.path},
                                                  {"query", request.query},
                                                  {"range", request.range},
                                                  {"host", request.host},
                                                  {"authorized", !request.authorization.empty()}}) +
                           "\n";
  const std::lock_guard lock(mutex_);
  log_ += line;
  if (!options_.log.empty()) std::ofstream(options_.log, std::ios::app) << line;
}

std::vector<Fault> HubRoutes::faults_of(const Request& request, std::string on, std::string path, bool sends_bytes) {
  return faults_.take({std::move(on), std::move(path), bearer(request), sends_bytes});
}

bool HubRoutes::serve(HttpConnection& connection, const Request& request) {
  constexpr std::string_view kInfo = "/api/models/", kStorage = "/storage/";
  if (request.path.starts_with("/_control/")) return control(connection, request);
  log(request);
  try {
    if (request.path.starts_with(kInfo)) return serve_info(connection, request, request.path.substr(kInfo.size()));
    if (request.path.starts_with(kStorage)) {
      const std::string path = request.path.substr(kStorage.size());
      const auto [name, rest] = split_repository(path);
      const Repository repository = read_repository(options_.root, name, digests_);
      const HubFile* file = repository.find(rest.substr(1));
      if (file == nullptr) return connection.send(refusal(404, "", ""), request);
      const std::vector<Fault> faults = faults_of(request, "cdn", file->path, true);
      return send_bytes(connection, request, *file, {200, {{"ETag", '"' + file->sha256 + '"'}}, ""}, faults);
    }
    return serve_file(connection, request, request.path.substr(1));
  } catch (const Error& error) {
    return connection.send(error.kind() == ErrorKind::kNotFound ? missing_repository() : refusal(500, "", error.what()),
                           request);
  }
}

// PUT /_control/faults, GET and DELETE /_control/log.
bool HubRoutes::control(HttpConnection& connection, const Request& request) {
  Answer answer;
  if (request.path == "/_control/faults") {
    try {
      faults_.set(request.body);
    } catch (const Error& error) {
      answer = refusal(400, "", error.what());
    }
  } else {
    const std::lock_guard lock(mutex_);
    if (request.method == "DELETE") log_.clear();
    answer.body = log_;
  }
  return connection.send(answer, request);
}

bool HubRoutes::broken_by_fault(HttpConnection& connection, const Request& request, const std::vector<Fault>& faults,
                                bool& keeps_connection) const {
  if (const Fault* fault = find(faults, "status")) {
    Answer answer =
        refusal(static_cast<int>(fault->number("status", 503)), fault->text("code", ""), fault->text("message", ""));
    if (const auto after = fault->text("retry_after", ""); !after.empty()) {
      answer.headers.emplace_back("Retry-After", after);
    }
    if (const auto limit = fault->text("ratelimit", ""); !limit.empty()) {
      answer.headers.emplace_back("RateLimit", limit);
    }
    keeps_connection = connection.send(answer, request);
    return true;
  }
  if (const Fault* fault = find(faults, "redirect")) {
    keeps_connection = connection.send({302, {{"Location", fault->text("location", request.target)}}, ""}, request);
    return true;
  }
  if (const Fault* fault = find(faults, "body")) {
    keeps_connection = connection.send({200, {}, fault->text("text", "")}, request);
    return true;
  }
  if (const Fault* fault = find(faults, "oversize")) {
    const std::string spaces(1 << 20, ' ');
    keeps_connection = false;
    bool taken = connection.send_head({200, {}, ""}, std::nullopt);
    for (std::uint64_t sent = 0; taken && sent < fault->number("bytes", 0); sent += spaces.size()) {
      taken = connection.send_raw(spaces);
    }
    return true;
  }
  keeps_connection = false;
  return find(faults, "hang_up") != nullptr;
}

// api/models/{repo}, …/revision/{rev}, …/tree/{rev}.
bool HubRoutes::serve_info(HttpConnection& connection, const Request& request, const std::string& path) {
  const auto [name, rest] = split_repository(path);
  constexpr std::string_view kTree = "/tree/", kRevision = "/revision/";
  const bool tree = rest.starts_with(kTree);
  const std::vector<Fault> faults = faults_of(request, tree ? "tree" : "info", name, false);
  bool keeps_connection = true;
  if (broken_by_fault(connection, request, faults, keeps_connection)) return keeps_connection;
  if (tree) return serve_tree(connection, request, name, rest.substr(kTree.size()), faults);
  const Repository repository = read_repository(options_.root, name, digests_);
  if (rest.starts_with(kRevision) && !is_current(repository, rest.substr(kRevision.size()))) {
    return connection.send(refusal(404, "RevisionNotFound", "Invalid rev id"), request);
  }
  json::array siblings;
  for (const HubFile& file : repository.files) siblings.push_back(json::object{{"rfilename", file.path}});
  const json::object info{{"id", name},
                          {"modelId", name},
                          {"sha", repository.commit},
                          {"private", false},
                          {"gated", false},
                          {"disabled", false},
                          {"tags", json::array{}},
                          {"downloads", 0},
                          {"likes", 0},
                          {"lastModified", "2026-01-01T00:00:00.000Z"},
                          {"createdAt", "2026-01-01T00:00:00.000Z"},
                          {"siblings", std::move(siblings)}};
  return connection.send({200, {{"Content-Type", "application/json"}}, json_line(info)}, request);
}

bool HubRoutes::serve_tree(HttpConnection& connection, const Request& request, const std::string& name,
                           const std::string& revision, const std::vector<Fault>& faults) {
  const Repository repository = read_repository(options_.root, name, digests_);
  if (!is_current(repository, revision)) {
    return connection.send(refusal(404, "RevisionNotFound", "Invalid rev id"), request);
  }
  json::array entries;
  for (const HubFile& file : repository.files) entries.push_back(tree_entry(file));
  for (const Fault& fault : faults) {
    if (fault.action == "tree_entry") entries.push_back(fault.fields.at("entry"));
  }
  const std::uint64_t cursor = std::min<std::uint64_t>(query_number(request.query, "cursor", 0), entries.size());
  const std::uint64_t end = std::min<std::uint64_t>(cursor + options_.page, entries.size());
  Answer answer{200, {{"Content-Type", "application/json"}}, ""};
  answer.body = json_line(json::array(entries.begin() + static_cast<std::ptrdiff_t>(cursor),
                                      entries.begin() + static_cast<std::ptrdiff_t>(end)));
  if (end < entries.size()) {
    answer.headers.emplace_back(
        "Link", fmt::format("<http://{}/api/models/{}/tree/{}?recursive=True&cursor={}>; rel=\"next\"", request.host,
                            name, revision, end));
  }
  return connection.send(answer, request);
}

// {repo}/resolve/{rev}/{path}: small files themselves, large ones by redirect to the storage.
bool HubRoutes::serve_file(HttpConnection& connection, const Request& request, const std::string& path) {
  const auto [name, rest] = split_repository(path);
  constexpr std::string_view kResolve = "/resolve/";
  const std::size_t slash = rest.starts_with(kResolve) ? rest.find('/', kResolve.size()) : std::string::npos;
  if (slash == std::string::npos) return connection.send(refusal(404, "", "no such page"), request);
  const Repository repository = read_repository(options_.root, name, digests_);
  const std::string revision = rest.substr(kResolve.size(), slash - kResolve.size());
  const HubFile* file = repository.find(rest.substr(slash + 1));
  const std::vector<Fault> faults =
      faults_of(request, "resolve", rest.substr(slash + 1), file != nullptr && !file->large);
  bool keeps_connection = true;
  if (broken_by_fault(connection, request, faults, keeps_connection)) return keeps_connection;
  if (!is_current(repository, revision)) {
    return connection.send(refusal(404, "RevisionNotFound", "Invalid rev id"), request);
  }
  if (file == nullptr) return connection.send(refusal(404, "EntryNotFound", "Entry not found"), request);
  const Fault* tagged = find(faults, "etag");
  const std::string etag = '"' + (tagged == nullptr ? file->etag() : tagged->text("value", "changed")) + '"';
  Answer answer{200, {{"X-Repo-Commit", repository.commit}, {"Accept-Ranges", "bytes"}}, ""};
  if (!file->large) {
    answer.headers.emplace_back("ETag", etag);
    return send_bytes(connection, request, *file, answer, faults);
  }
  answer.status = 302;
  answer.headers.emplace_back("X-Linked-Etag", etag);
  answer.headers.emplace_back("X-Linked-Size", std::to_string(file->size));
  answer.headers.emplace_back("Location",
                              fmt::format("{}/storage/{}/{}?signature=x", options_.storage_origin, name,
                                          pool::download::url_escaped(file->path, pool::download::KeepSlash::kYes)));
  return connection.send(answer, request);
}

bool HubRoutes::send_bytes(HttpConnection& connection, const Request& request, const HubFile& file, Answer answer,
                           const std::vector<Fault>& faults) {
  bool keeps_connection = true;
  if (broken_by_fault(connection, request, faults, keeps_connection)) return keeps_connection;
  SendPlan plan;
  const bool ranged = !request.range.empty() && find(faults, "ignore_range") == nullptr;
  std::tie(plan.begin, plan.end) = parse_range(ranged ? request.range : "", file.size);
  if (ranged && plan.begin >= file.size) {
    answer.status = 416;
    answer.headers.emplace_back("Content-Range", fmt::format("bytes */{}", file.size));
    return connection.send(answer, request);
  }
  if (ranged) {
    answer.status = 206;
    answer.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", plan.begin, plan.end - 1, file.size));
  }
  if (const Fault* fault = find(faults, "drop")) plan.drop_at = fault->number("at", 0);
  if (const Fault* fault = find(faults, "corrupt")) plan.corrupt_at = fault->number("at", 0);
  if (const Fault* fault = find(faults, "slow")) plan.bytes_per_second = fault->number("bytes_per_second", 1024);
  if (const Fault* fault = find(faults, "truncate")) {
    plan.end = std::clamp(fault->number("at", 0), plan.begin, plan.end);
  }
  answer.headers.emplace_back("Content-Type", "application/octet-stream");
  if (!connection.send_head(answer, plan.end - plan.begin)) return false;
  if (request.method == "HEAD") return true;
  const FileDescriptor opened(::open(file.on_disk.c_str(), O_RDONLY | O_CLOEXEC));
  return opened.valid() && connection.send_file(opened.get(), plan);
}

}  // namespace rbee::hub
