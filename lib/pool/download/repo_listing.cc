#include "pool/download/repo_listing.h"

#include <limits>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/printable.h"
#include "pool/download/http_fields.h"
#include "pool/download/limits.h"

namespace rbee::pool::download {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "" : std::string(text->data(), text->size());
}

std::uint64_t size_of(const json::object& object, const std::string& where) {
  const json::value* value = object.if_contains("size");
  if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
    return static_cast<std::uint64_t>(value->get_int64());
  }
  fail(ErrorKind::kBadFile, "{}: has no size", where);
}

FileDigest digest_of(const json::object& entry, const std::string& where) {
  const json::value* lfs = entry.if_contains("lfs");
  const json::object* large = lfs == nullptr ? nullptr : lfs->if_object();
  const std::string oid = text_of(large == nullptr ? entry : *large, "oid");
  const auto digest = large == nullptr ? FileDigest::git_sha1(oid) : FileDigest::sha256(oid);
  if (!digest) {
    fail(ErrorKind::kBadFile, "{}: '{}' is not a {} digest", where, printable(oid, 100),
         large == nullptr ? "git sha1" : "sha256");
  }
  return *digest;
}

ListedFile listed_file(const json::object& entry, const std::string& name, std::string_view source) {
  const std::string where = fmt::format("{}: file '{}'", source, printable(name, 100));
  const std::optional<RepoPath> path = RepoPath::parse(name);
  if (!path) fail(ErrorKind::kBadFile, "{}: an odd name, which could leave the model's folder: refused", where);
  ListedFile file{*path, size_of(entry, where), digest_of(entry, where)};
  const json::value* lfs = entry.if_contains("lfs");
  if (lfs != nullptr && lfs->is_object()) file.size = size_of(lfs->get_object(), where);
  return file;
}

Url api_url(const HubAccess& access, const RepoName& repo, std::string_view rest) {
  return access.endpoint.with_path(fmt::format("/api/models/{}{}", repo.text(), rest));
}

void append_page(RepoListing& listing, std::vector<ListedFile> page, std::set<std::string>& seen) {
  for (ListedFile& file : page) {
    if (!seen.insert(file.path.text()).second) {
      fail(ErrorKind::kBadFile, "{}: the hub lists '{}' twice", listing.repo.text(), printable(file.path.text(), 100));
    }
    listing.files.push_back(std::move(file));
  }
  if (listing.files.size() > kTreeEntriesMax) {
    fail(ErrorKind::kBadFile, "{}: the hub lists more than {} files", listing.repo.text(), kTreeEntriesMax);
  }
}

}  // namespace

CommitId parse_model_info(std::string_view text, std::string_view source) {
  const json::value document = parse_json(text, source, {.duplicates = JsonLimits::Duplicates::kLastWins});
  const json::object* object = document.if_object();
  const std::string sha = object == nullptr ? "" : text_of(*object, "sha");
  const std::optional<CommitId> commit = CommitId::parse(sha);
  if (!commit) fail(ErrorKind::kBadFile, "{}: \"sha\" is '{}', expected a commit", source, printable(sha, 100));
  return *commit;
}

std::vector<ListedFile> parse_tree_page(std::string_view text, std::string_view source) {
  const json::value document = parse_json(text, source, {.duplicates = JsonLimits::Duplicates::kLastWins});
  const json::array* entries = document.if_array();
  if (entries == nullptr) fail(ErrorKind::kBadFile, "{}: no list of files", source);
  std::vector<ListedFile> files;
  for (const json::value& value : *entries) {
    const json::object* entry = value.if_object();
    if (entry == nullptr) fail(ErrorKind::kBadFile, "{}: an entry is no object", source);
    const std::string name = text_of(*entry, "path");
    if (text_of(*entry, "type") != "file" || is_hidden_path(name)) continue;
    files.push_back(listed_file(*entry, name, source));
  }
  return files;
}

RepoListing list_repo(HubClient& hub, const RepoName& repo, const Revision& revision) {
  const std::string what = fmt::format("{}@{}", repo.text(), revision.text());
  const std::string hub_name = fmt::format("the hub on {}", repo.text());
  HubAnswer answer{{}, "", hub.access().endpoint};
  const Url info = api_url(hub.access(), repo, "/revision/" + url_escaped(revision.text(), KeepSlash::kNo));
  RepoListing listing{repo, parse_model_info(hub.get_text(info, kInfoBytesMax, what, answer), hub_name), {}};

  Url page = api_url(hub.access(), repo, fmt::format("/tree/{}?recursive=True", listing.commit.text()));
  std::set<std::string> seen;
  for (std::size_t pages = 0; pages < kTreePagesMax; ++pages) {
    append_page(listing, parse_tree_page(hub.get_text(page, kTreePageBytesMax, what, answer), hub_name), seen);
    const auto next = next_link(answer.head.header("link").value_or(""));
    if (!next) return listing;
    const std::optional<Url> target = page.resolve(*next);
    if (!target || !target->same_origin(page)) {
      fail(ErrorKind::kBadFile, "{}: the list of files goes on at '{}', which is elsewhere: refused", hub_name,
           printable(*next, 100));
    }
    page = *target;
  }
  fail(ErrorKind::kBadFile, "{}: the list of files has more than {} pages", hub_name, kTreePagesMax);
}

Url file_url(const HubAccess& access, const RepoName& repo, const CommitId& commit, const RepoPath& path) {
  return access.endpoint.with_path(
      fmt::format("/{}/resolve/{}/{}", repo.text(), commit.text(), url_escaped(path.text(), KeepSlash::kYes)));
}

}  // namespace rbee::pool::download
