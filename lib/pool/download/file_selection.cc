#include "pool/download/file_selection.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "base/checked.h"
#include "base/error.h"
#include "base/near_match.h"
#include "base/printable.h"
#include "base/units.h"
#include "formats/gguf_split.h"
#include "formats/model_folder.h"
#include "pool/download/limits.h"

namespace rbee::pool::download {
namespace {

constexpr std::array<std::string_view, 13> kSmallFiles = {"config.json",        "generation_config.json",
                                                          "tokenizer.json",     "tokenizer_config.json",
                                                          "tokenizer.model",    "special_tokens_map.json",
                                                          "added_tokens.json",  "vocab.json",
                                                          "merges.txt",         "vocab.txt",
                                                          "chat_template.json", "chat_template.jinja",
                                                          "expected.json"};
constexpr std::size_t kOffersShown = 20;

using Files = std::vector<const ListedFile*>;

bool is_top_level(const ListedFile& file) {
  return file.path.text().find('/') == std::string::npos;
}

// "model-00001-of-00003.safetensors".
bool is_shard(std::string_view name) {
  constexpr std::string_view kForm = "model-00001-of-00003.safetensors";
  if (name.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = name[i] >= '0' && name[i] <= '9';
    const bool form_digit = kForm[i] >= '0' && kForm[i] <= '9';
    if (form_digit ? !digit : name[i] != kForm[i]) return false;
  }
  return true;
}

template <typename Accepts>
Files matching(const RepoListing& listing, const Accepts& accepts) {
  Files files;
  for (const ListedFile& file : listing.files) {
    if (accepts(file)) files.push_back(&file);
  }
  return files;
}

std::string offers(const Files& files) {
  std::string text;
  for (std::size_t i = 0; i < files.size() && i < kOffersShown; ++i) {
    text += fmt::format("\n  {} ({})", printable(files[i]->path.text(), 120), human_bytes(files[i]->size));
  }
  if (files.size() > kOffersShown) text += fmt::format("\n  and {} more", files.size() - kOffersShown);
  return text;
}

Files gguf_offers(const RepoListing& listing) {
  return matching(listing, [](const ListedFile& file) {
    return file.path.text().ends_with(".gguf") && !formats::is_later_gguf_part(file.path.text());
  });
}

[[noreturn]] void refuse_without_safetensors(const RepoListing& listing) {
  const std::string& repo = listing.repo.text();
  if (const Files ggufs = gguf_offers(listing); !ggufs.empty()) {
    fail(ErrorKind::kUnsupported, "{}: has GGUF files only: name one, as in {}:{}. It offers:{}", repo, repo,
         printable(ggufs.front()->path.text(), 120), offers(ggufs));
  }
  const Files pickles =
      matching(listing, [](const ListedFile& file) { return formats::is_pickle_name(file.path.text()); });
  if (!pickles.empty()) {
    fail(ErrorKind::kUnsupported,
         "{}: has pickle files only, which execute code when they are read: look for a repository with safetensors or "
         "GGUF. It offers:{}",
         repo, offers(pickles));
  }
  Files all = matching(listing, [](const ListedFile&) { return true; });
  fail(ErrorKind::kUnsupported, "{}: has neither model.safetensors nor GGUF files. It offers:{}", repo,
       all.empty() ? " nothing" : offers(all));
}

Files safetensors_weights(const RepoListing& listing) {
  const auto named = [&](std::string_view name) {
    return matching(listing, [&](const ListedFile& file) { return file.path.text() == name; });
  };
  if (Files single = named(formats::kSafetensorsName); !single.empty()) return single;
  Files files = named(formats::kSafetensorsIndexName);
  const Files shards = matching(listing, [](const ListedFile& file) { return is_shard(file.path.text()); });
  if (files.empty() || shards.empty()) refuse_without_safetensors(listing);
  files.insert(files.end(), shards.begin(), shards.end());
  return files;
}

Files safetensors_model(const RepoListing& listing) {
  Files files = matching(listing, [](const ListedFile& file) {
    return is_top_level(file) &&
           std::find(kSmallFiles.begin(), kSmallFiles.end(), file.path.text()) != kSmallFiles.end();
  });
  const Files weights = safetensors_weights(listing);
  if (std::none_of(files.begin(), files.end(), [](const auto* file) { return file->path.text() == "config.json"; })) {
    fail(ErrorKind::kUnsupported, "{}: has weights but no config.json, which says what they are", listing.repo.text());
  }
  files.insert(files.end(), weights.begin(), weights.end());
  std::stable_sort(files.begin(), files.end(), [](const auto* a, const auto* b) { return a->size < b->size; });
  return files;
}

const ListedFile& find_gguf(const RepoListing& listing, const RepoPath& wanted) {
  const Files exact = matching(listing, [&](const ListedFile& file) { return file.path == wanted; });
  if (!exact.empty()) return *exact.front();
  const Files by_name = matching(listing, [&](const ListedFile& file) { return file.path.name() == wanted; });
  if (by_name.size() == 1) return *by_name.front();
  const Files ggufs = gguf_offers(listing);
  std::vector<std::string> names;
  for (const ListedFile* file : ggufs) names.push_back(file->path.text());
  fail(ErrorKind::kNotFound, "{}: no file '{}'{}. Its GGUF files:{}", listing.repo.text(),
       printable(wanted.text(), 100), suggestion(wanted.text(), names), ggufs.empty() ? " none" : offers(ggufs));
}

// NNNNN of "…-NNNNN-of-MMMMM.gguf" and MMMMM; 0 and 0 for a whole file.
std::pair<std::uint64_t, std::uint64_t> part_numbers(std::string_view path) {
  constexpr std::size_t kEnding = std::string_view("-00001-of-00003.gguf").size();
  if (path.size() <= kEnding) return {};
  const std::string_view ending = path.substr(path.size() - kEnding);
  if (ending[0] != '-' || ending.substr(6, 4) != "-of-") return {};
  const std::string_view number = ending.substr(1, 5), count = ending.substr(10, 5);
  if ((std::string(number) + std::string(count)).find_first_not_of("0123456789") != std::string::npos) return {};
  return {std::stoull(std::string(number)), std::stoull(std::string(count))};
}

Files gguf_model(const RepoListing& listing, const RepoPath& wanted) {
  const ListedFile& found = find_gguf(listing, wanted);
  const std::uint64_t count = part_numbers(found.path.text()).second;
  if (count == 0) return {&found};
  if (count > kSelectedFilesMax) fail(ErrorKind::kBadFile, "{}: split into {} parts", wanted.text(), count);
  Files parts;
  for (std::uint64_t number = 0; number < count; ++number) {
    const std::string path = formats::gguf_part_path(found.path.text(), number, count).generic_string();
    const Files part = matching(listing, [&](const ListedFile& file) { return file.path.text() == path; });
    if (part.empty()) {
      fail(ErrorKind::kNotFound, "{}: part '{}' of the split model is missing", listing.repo.text(),
           printable(path, 100));
    }
    parts.push_back(part.front());
  }
  return parts;
}

}  // namespace

Selection select_files(const RepoListing& listing, const std::optional<RepoPath>& gguf) {
  Selection selection;
  selection.format = gguf ? Selection::Format::kGguf : Selection::Format::kSafetensors;
  Checked bytes = 0;
  for (const ListedFile* file : gguf ? gguf_model(listing, *gguf) : safetensors_model(listing)) {
    selection.files.push_back({file->path, gguf ? file->path.name() : file->path, file->size, file->digest});
    bytes += file->size;
  }
  selection.bytes = bytes.value_or_throw(listing.repo.text());
  if (selection.bytes > std::uint64_t{std::numeric_limits<std::int64_t>::max()} ||
      selection.files.size() > kSelectedFilesMax) {
    fail(ErrorKind::kBadFile, "{}: {} files with {} bytes are more than a model has", listing.repo.text(),
         selection.files.size(), selection.bytes);
  }
  return selection;
}

}  // namespace rbee::pool::download
