#include "pool/download/hub_names.h"

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "pool/download/limits.h"
#include "pool/ids.h"
#include "wire/pool/model_file.h"

namespace rbee::pool::download {
namespace {

bool is_lower_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

template <typename Check>
bool every_part(std::string_view path, const Check& check) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (!check(path.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

bool is_path(std::string_view text) {
  return !text.empty() && text.size() <= kRepoPathBytesMax && find_invalid_utf8(text) == std::string_view::npos &&
         wire::is_inner_path(text) &&
         every_part(text, [](std::string_view part) { return part.size() <= kNamePartBytesMax; });
}

}  // namespace

std::optional<RepoName> RepoName::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || !is_id(text.substr(0, slash)) || !is_id(text.substr(slash + 1))) {
    return std::nullopt;
  }
  return RepoName(text);
}

std::optional<CommitId> CommitId::parse(std::string_view text) {
  if (!is_lower_hex(text, 40)) return std::nullopt;
  return CommitId(text);
}

std::optional<Revision> Revision::parse(std::string_view text) {
  const auto is_name = [](std::string_view part) { return is_id(part) && part.find("..") == std::string_view::npos; };
  if (text.empty() || text.size() > kRevisionBytesMax || !every_part(text, is_name)) return std::nullopt;
  return Revision(text);
}

std::optional<RepoPath> RepoPath::parse(std::string_view text) {
  if (!is_path(text) || is_hidden_path(text) || text.starts_with('-')) return std::nullopt;
  return RepoPath(text);
}

RepoPath RepoPath::name() const {
  return RepoPath(std::string_view(text_).substr(text_.rfind('/') + 1));  // npos + 1 is 0
}

bool is_hidden_path(std::string_view path) {
  return is_path(path) && !every_part(path, [](std::string_view part) { return !part.starts_with('.'); });
}

std::optional<FileDigest> FileDigest::sha256(std::string_view hex) {
  if (!is_lower_hex(hex, 64)) return std::nullopt;
  return FileDigest(Algorithm::kSha256, hex);
}

std::optional<FileDigest> FileDigest::git_sha1(std::string_view hex) {
  if (!is_lower_hex(hex, 40)) return std::nullopt;
  return FileDigest(Algorithm::kGitSha1, hex);
}

ModelReference parse_model_reference(std::string_view text) {
  ModelReference reference;
  std::string_view rest = text;
  if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
    const std::string_view file = rest.substr(colon + 1);
    reference.file = RepoPath::parse(file);
    if (!reference.file || !file.ends_with(".gguf")) {
      fail(ErrorKind::kBadRequest, "'{}' names the file '{}': expected a .gguf file of the repository",
           printable(text, 100), printable(file, 60));
    }
    rest = rest.substr(0, colon);
  }
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    reference.revision = Revision::parse(rest.substr(at + 1));
    if (!reference.revision) {
      fail(ErrorKind::kBadRequest, "'{}' names the revision '{}': expected a branch, tag or commit",
           printable(text, 100), printable(rest.substr(at + 1), 60));
    }
    rest = rest.substr(0, at);
  }
  if (rest.find('/') == std::string_view::npos) {
    reference.id = check_id(rest, "model id or org/name");
    return reference;
  }
  reference.repo = RepoName::parse(rest);
  if (!reference.repo) {
    fail(ErrorKind::kBadRequest, "'{}' is no repository: expected org/name, org/name@revision or org/name:file.gguf",
         printable(text, 100));
  }
  return reference;
}

}  // namespace rbee::pool::download
