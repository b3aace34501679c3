#pragma once
// What a repository holds at one commit.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pool/download/hub_client.h"
#include "pool/download/hub_names.h"

namespace rbee::pool::download {

/// A file as the hub lists it.
struct ListedFile {
  RepoPath path;
  std::uint64_t size = 0;
  FileDigest digest;
};

struct RepoListing {
  RepoName repo;
  CommitId commit;
  std::vector<ListedFile> files;  ///< without hidden ones
};

/// The commit in the answer of /api/models/{repo}/revision/{rev}: its "sha". `source` names the text in errors.
/// Throws Error{kBadFile}.
CommitId parse_model_info(std::string_view text, std::string_view source);

/// One page of /api/models/{repo}/tree/{commit}: `[{"type","path","size","oid","lfs":{"oid","size"}}]`; folders and
/// hidden files are left out. Throws Error{kBadFile} naming the entry: no list, a name that could leave a folder, a
/// digest that is none, a size that is no count.
std::vector<ListedFile> parse_tree_page(std::string_view text, std::string_view source);

/// Asks for the commit that `revision` means now, then for the files of that commit, page by page. Throws Error: as
/// HubClient::get_text() and the parsers; kBadFile when there are too many pages or files, or pages elsewhere.
RepoListing list_repo(HubClient& hub, const RepoName& repo, const Revision& revision);

/// Where a file of the repository is, at that commit.
Url file_url(const HubAccess& access, const RepoName& repo, const CommitId& commit, const RepoPath& path);

}  // namespace rbee::pool::download
