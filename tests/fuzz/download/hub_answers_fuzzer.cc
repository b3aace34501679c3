// What a hub says of a model: any bytes are either read or refused with an Error, and what is read stays in its folder.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "pool/download/file_selection.h"
#include "pool/download/part_file.h"
#include "pool/download/repo_listing.h"

namespace dl = rbee::pool::download;

namespace {

void select(const std::vector<dl::ListedFile>& files, const std::optional<dl::RepoPath>& gguf) {
  const dl::RepoListing listing{*dl::RepoName::parse("org/name"), *dl::CommitId::parse(std::string(40, 'a')), files};
  try {
    for (const dl::WantedFile& file : dl::select_files(listing, gguf).files) {
      RBEE_CHECK(dl::RepoPath::parse(file.local.text()).has_value());
      RBEE_CHECK(dl::part_name(file).find('/') == std::string::npos);
    }
  } catch (const rbee::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    RBEE_CHECK(dl::parse_model_info(text, "info").text().size() == 40);
  } catch (const rbee::Error&) {
  }
  try {
    const std::vector<dl::ListedFile> files = dl::parse_tree_page(text, "tree");
    for (const dl::ListedFile& file : files) {
      RBEE_CHECK(file.path.text().find("..") != 0 && !file.path.text().starts_with('/'));
    }
    select(files, std::nullopt);
    if (!files.empty()) select(files, files.front().path);
  } catch (const rbee::Error&) {
  }
  dl::parse_part_state(text);
  return 0;
}
