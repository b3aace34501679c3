#include "pool/download/model_download.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/check.h"
#include "base/error.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "base/printable.h"
#include "base/process_info.h"
#include "base/units.h"
#include "formats/hf_config.h"
#include "formats/limits.h"
#include "pool/download/download_folder.h"
#include "pool/download/file_fetch.h"
#include "pool/download/job_threads.h"
#include "pool/download/limits.h"
#include "pool/download/part_file.h"
#include "pool/known_models.h"
#include "pool/model_facts.h"

namespace rbee::pool::download {
namespace {

namespace fs = std::filesystem;
using Phase = DownloadProgress::Phase;
using Kind = DownloadEvent::Kind;

// The lock of one model's downloads, in words that fit.
FileLock lock_model(const fs::path& lock, const std::string& id, const Clock& clock) {
  try {
    return FileLock(lock, std::chrono::milliseconds(0), clock);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnavailable) throw;
    const std::string text = error.what();
    const std::size_t locked = text.rfind("locked by ");
    fail(ErrorKind::kUnavailable, "model '{}' is being downloaded already, by {}: wait for it, or stop it", id,
         text.substr(locked + std::string_view("locked by ").size()));
  }
}

// One file of the plan, and how far it is.
struct PlannedFile {
  const WantedFile* file = nullptr;
  bool in_place = false;  ///< the file in the model's folder is good
  std::string sha256;     ///< once it is good
};

bool is_weights(const WantedFile& file) {
  return file.local.text().ends_with(".safetensors") || file.local.text().ends_with(".gguf");
}

class ModelDownload {
 public:
  ModelDownload(const DownloadRequest& request, const DownloadWorld& world, ProgressBoard& board,
                Cancellation& cancellation)
      : request_(request),
        world_(world),
        board_(board),
        cancellation_(cancellation),
        patience_{world.clock, cancellation, world.jitter,
                  [&cancellation](std::chrono::milliseconds time) { return !cancellation.wait(time); },
                  [&board](const std::string& text) {
                    board.post({Kind::kRetry, "", 0, text});
                  }},
        boot_(identify_process(own_pid()).boot_id) {}

  DownloadOutcome run();

 private:
  RepoListing list() const;
  void keep_only_asked(Selection& selection) const;
  void announce(const DownloadFolder& folder, const RepoListing& listing, const Selection& selection);
  void check_places(const DownloadFolder& folder, const Selection& selection);
  void check_space(const DownloadFolder& folder) const;
  void fetch(const DownloadFolder& folder, const RepoListing& listing);
  void fetch_some(const DownloadFolder& folder, const RepoListing& listing, const std::vector<PlannedFile*>& some);
  void check_config(const DownloadFolder& folder) const;
  void fetch_one(const DownloadFolder& folder, const RepoListing& listing, PlannedFile& planned);
  void fetch_with_fetcher(const DownloadFolder& folder, const RepoListing& listing,
                          const std::vector<PlannedFile*>& some);
  void place_all(const DownloadFolder& folder, const Selection& selection);
  wire::CatalogModel enter(const DownloadFolder& folder, const RepoListing& listing, const Selection& selection);
  bool going_on() const { return !cancellation_.requested(); }

  const DownloadRequest& request_;
  const DownloadWorld& world_;
  ProgressBoard& board_;
  Cancellation& cancellation_;
  const Patience patience_;
  const std::string boot_;
  std::vector<PlannedFile> plan_;
};

RepoListing ModelDownload::list() const {
  const std::unique_ptr<Transport> transport = world_.transport();
  HubClient hub(world_.access, *transport, patience_);
  return list_repo(hub, request_.target.repo, request_.target.revision);
}

// A repair takes no more than the files that were asked for.
void ModelDownload::keep_only_asked(Selection& selection) const {
  if (request_.only_files.empty()) return;
  std::erase_if(selection.files, [&](const WantedFile& file) {
    return std::find(request_.only_files.begin(), request_.only_files.end(), file.local.text()) ==
           request_.only_files.end();
  });
  selection.bytes = 0;
  for (const WantedFile& file : selection.files) selection.bytes += file.size;
}

// Enters a new model as not downloaded: what an interrupted download leaves can be seen, taken up again and deleted.
void ModelDownload::announce(const DownloadFolder& folder, const RepoListing& listing, const Selection& selection) {
  board_.post({Kind::kPlanned, "", selection.bytes,
               fmt::format("{} at {}: {} files, {}", listing.repo.text(), listing.commit.text(), selection.files.size(),
                           human_bytes(selection.bytes))});
  const DownloadTarget& target = request_.target;
  const wire::Catalog catalog = world_.catalog.load();
  if (catalog.find(target.id) != nullptr || selection.files.empty()) return;
  const bool gguf = selection.format == Selection::Format::kGguf;
  const fs::path path = gguf ? folder.path() / selection.files.front().local.text() : folder.path();
  world_.catalog.update([&](wire::Catalog& newest) {
    if (newest.find(target.id) != nullptr) return;
    wire::CatalogModel& model = newest.models.emplace_back();
    if (const KnownModel* known = find_known_model(target.id)) model = catalog_entry(*known);
    model.id = target.id;
    if (model.name.empty()) model.name = gguf ? path.stem().string() : target.repo.name();
    model.path = world_.catalog.stored_path(path);
    model.size_gb = static_cast<double>(selection.bytes / 1'000'000) * 1e-3;
    model.metadata.repo = target.repo.text();
  });
}

// Hashes what lies in the model's folder already: what is good is not fetched.
void ModelDownload::check_places(const DownloadFolder& folder, const Selection& selection) {
  for (const WantedFile& file : selection.files) plan_.push_back({&file, false, ""});
  board_.set_phase(Phase::kChecking, selection.bytes, plan_.size());
  run_jobs(plan_.size(), request_.jobs, cancellation_, [&](std::size_t i) {
    const WantedFile& file = *plan_[i].file;
    const std::optional<FileDescriptor> opened = folder.open_file(file.local);
    if (!opened) return;
    FileHasher hasher(file.digest, file.size);
    std::string buffer(kReadBytes, '\0');
    ssize_t n = 0;
    while (hasher.bytes() <= file.size && going_on() && (n = ::read(opened->get(), buffer.data(), buffer.size())) > 0) {
      hasher.update(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
      board_.add_done(static_cast<std::uint64_t>(n));
    }
    plan_[i].in_place = hasher.matches();
    if (plan_[i].in_place) plan_[i].sha256 = hasher.sha256();
  });
}

void ModelDownload::check_space(const DownloadFolder& folder) const {
  std::uint64_t missing = 0;
  for (const PlannedFile& planned : plan_) {
    if (planned.in_place) continue;
    missing += planned.file->size - std::min(planned.file->size, folder.part_size(part_name(*planned.file)));
  }
  std::error_code error;
  const fs::space_info space = fs::space(folder.path(), error);
  if (error || missing == 0 || missing + kSpaceReserve <= space.available) return;
  fail(ErrorKind::kExhausted, "{}: {} more are needed, {} are free", folder.path().string(),
       human_bytes(missing + kSpaceReserve), human_bytes(space.available));
}

void ModelDownload::fetch_one(const DownloadFolder& folder, const RepoListing& listing, PlannedFile& planned) {
  const WantedFile& file = *planned.file;
  if (planned.in_place) return;
  PartFile part(folder, file, listing.commit, boot_, [&](std::uint64_t bytes) {
    board_.add_done(bytes);
    return going_on();
  });
  const std::unique_ptr<Transport> transport = world_.transport();
  HubClient hub(world_.access, *transport, patience_);
  try {
    FileFetch(hub, listing, file, part, board_).run();
  } catch (const Error&) {
    part.keep();
    throw;
  }
  planned.sha256 = part.hasher().sha256();
  board_.file_done();
  board_.post({Kind::kFileDone, file.local.text(), file.size,
               fmt::format("{} ({}): {} {}", printable(file.local.text()), human_bytes(file.size), file.digest.name(),
                           file.digest.hex())});
}

void ModelDownload::fetch(const DownloadFolder& folder, const RepoListing& listing) {
  std::uint64_t total = 0;
  for (const PlannedFile& planned : plan_) total += planned.file->size;
  board_.set_phase(Phase::kFetching, total, plan_.size());
  std::vector<std::string> kept;
  for (const PlannedFile& planned : plan_) {
    kept.push_back(part_name(*planned.file));
    if (!planned.in_place) continue;
    board_.add_done(planned.file->size);
    board_.file_done();
  }
  if (request_.only_files.empty()) folder.remove_other_parts(kept);
  std::vector<PlannedFile*> small, weights;
  for (PlannedFile& planned : plan_) (is_weights(*planned.file) ? weights : small).push_back(&planned);
  fetch_some(folder, listing, small);
  if (going_on()) check_config(folder);
  if (going_on()) fetch_some(folder, listing, weights);
}

void ModelDownload::fetch_some(const DownloadFolder& folder, const RepoListing& listing,
                               const std::vector<PlannedFile*>& some) {
  if (world_.fetcher) fetch_with_fetcher(folder, listing, some);
  run_jobs(some.size(), request_.jobs, cancellation_, [&](std::size_t i) { fetch_one(folder, listing, *some[i]); });
}

// A model that this build cannot run is refused before its gigabytes come.
void ModelDownload::check_config(const DownloadFolder& folder) const {
  for (const PlannedFile& planned : plan_) {
    if (planned.file->local.text() != "config.json") continue;
    const fs::path path =
        planned.in_place ? folder.path() / "config.json" : folder.parts_path() / part_name(*planned.file);
    formats::parse_hf_config(read_file(path, formats::kConfigJsonBytesMax), "config.json", request_.target.repo.text());
  }
}

// What the fetcher brought becomes parts, and the same checks follow. A file that it did not bring, or not whole, is an
// error; one whose digest is wrong is fetched once more over HTTP, with an event that says so.
void ModelDownload::fetch_with_fetcher(const DownloadFolder& folder, const RepoListing& listing,
                                       const std::vector<PlannedFile*>& some) {
  std::vector<const WantedFile*> missing;
  for (const PlannedFile* planned : some) {
    const bool whole = folder.part_size(part_name(*planned->file)) == planned->file->size;
    if (!planned->in_place && !whole) missing.push_back(planned->file);
  }
  if (missing.empty()) return;
  const fs::path brought = folder.parts_path() / "fetched";
  world_.fetcher(listing, missing, brought, cancellation_);
  for (const WantedFile* file : missing) {
    const fs::path from = brought / file->remote.text();
    std::error_code error;
    if (!fs::is_regular_file(fs::symlink_status(from, error))) {
      fail(ErrorKind::kBadFile, "{}: was not brought", printable(file->remote.text()));
    }
    const std::uint64_t size = fs::file_size(from, error);
    if (size != file->size) {
      fail(ErrorKind::kBadFile, "{}: {} bytes were brought, the hub lists {}", printable(file->remote.text()), size,
           file->size);
    }
    adopt_part(folder, *file, from, listing.commit, boot_);
  }
}

void ModelDownload::place_all(const DownloadFolder& folder, const Selection& selection) {
  const bool replaces = std::any_of(plan_.begin(), plan_.end(), [&](const PlannedFile& planned) {
    return !planned.in_place && folder.open_file(planned.file->local).has_value();
  });
  std::vector<wire::ModelFile> before;
  const wire::Catalog catalog = world_.catalog.load();
  if (const wire::CatalogModel* model = catalog.find(request_.target.id); model != nullptr && model->downloaded) {
    before = model->metadata.files;
  }
  if (replaces && !before.empty() && request_.only_files.empty()) {
    // Between two revisions the folder is neither: say so, in case the machine stops here.
    world_.catalog.update([&](wire::Catalog& newest) {
      if (wire::CatalogModel* model = newest.find(request_.target.id)) model->downloaded = false;
    });
  }
  for (const PlannedFile& planned : plan_) {
    if (planned.in_place) continue;
    folder.place(part_name(*planned.file), planned.file->local);
    folder.remove_part(part_name(*planned.file) + ".json");
  }
  if (!request_.only_files.empty()) return;
  for (const wire::ModelFile& old : before) {
    const auto path = RepoPath::parse(old.path);
    const bool stays = std::any_of(selection.files.begin(), selection.files.end(),
                                   [&](const WantedFile& file) { return file.local.text() == old.path; });
    if (path && !stays) folder.remove_file(*path);
  }
}

wire::CatalogModel ModelDownload::enter(const DownloadFolder& folder, const RepoListing& listing,
                                        const Selection& selection) {
  const DownloadTarget& target = request_.target;
  const bool gguf = selection.format == Selection::Format::kGguf;
  const fs::path path = gguf ? folder.path() / selection.files.front().local.text() : folder.path();
  const ModelFacts facts = read_model_facts(path);
  std::vector<wire::ModelFile> files;
  for (const PlannedFile& planned : plan_) {
    wire::ModelFile file;
    file.path = planned.file->local.text();
    file.size = planned.file->size;
    file.sha256 = planned.sha256;
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  const wire::Catalog catalog = world_.catalog.update([&](wire::Catalog& newest) {
    wire::CatalogModel* model = newest.find(target.id);
    if (model == nullptr) model = &newest.models.emplace_back();  // somebody unregistered it meanwhile
    model->id = target.id;
    if (model->name.empty()) model->name = gguf ? path.stem().string() : target.repo.name();
    model->path = world_.catalog.stored_path(path);
    model->downloaded = true;
    model->metadata.repo = target.repo.text();
    model->metadata.revision = listing.commit.text();
    model->metadata.files = files;
    describe_model(*model, facts);
  });
  return *catalog.find(target.id);
}

DownloadOutcome ModelDownload::run() {
  const RepoListing listing = list();
  Selection selection = select_files(listing, request_.target.gguf);
  keep_only_asked(selection);
  const DownloadFolder folder(world_.models / request_.target.id);
  const FileLock lock = lock_model(folder.lock_path(), request_.target.id, world_.clock);
  announce(folder, listing, selection);
  check_places(folder, selection);
  if (going_on()) check_space(folder);
  if (going_on()) fetch(folder, listing);
  if (!going_on()) fail(ErrorKind::kCancelled, "stopped");

  DownloadOutcome outcome;
  outcome.files_total = plan_.size();
  outcome.bytes_total = selection.bytes;
  outcome.files_fetched = static_cast<std::size_t>(
      std::count_if(plan_.begin(), plan_.end(), [](const PlannedFile& planned) { return !planned.in_place; }));
  place_all(folder, selection);
  if (request_.only_files.empty()) {
    outcome.model = enter(folder, listing, selection);
  } else {
    outcome.model = find_model(world_.catalog.load(), request_.target.id);
  }
  folder.remove_parts();
  return outcome;
}

}  // namespace

void refuse_while_downloading(const fs::path& models, const std::string& id, const Clock& clock) {
  const fs::path lock = models / id / kPartsFolder / "lock";
  std::error_code error;
  if (fs::is_regular_file(fs::symlink_status(lock, error))) lock_model(lock, id, clock);
}

DownloadOutcome download_model(const DownloadRequest& request, const DownloadWorld& world, DownloadWatcher& watcher) {
  RBEE_CHECK(request.jobs >= 1 && request.jobs <= kJobsMax);
  ProgressBoard board;
  Cancellation cancellation;
  Cancellation finished;
  bool stop_wanted = false;
  DownloadOutcome outcome;
  std::exception_ptr failure;
  std::thread worker([&] {
    try {
      outcome = ModelDownload(request, world, board, cancellation).run();
    } catch (...) {
      failure = std::current_exception();
    }
    finished.request();
  });
  const auto tell = [&] {
    for (const DownloadEvent& event : board.take_events()) watcher.on_event(event);
    watcher.on_progress(board.progress());
  };
  for (bool done = false; !done;) {
    done = finished.wait(kWatchInterval);
    tell();
    if (!stop_wanted && watcher.wants_stop()) {
      stop_wanted = true;
      cancellation.request();
    }
  }
  worker.join();
  tell();
  const DownloadProgress progress = board.progress();
  outcome.received = progress.received;
  outcome.bytes_kept = progress.bytes_done;
  if (!failure) return outcome;
  if (!stop_wanted) std::rethrow_exception(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled) throw;
  }
  outcome.state = DownloadOutcome::State::kStopped;
  outcome.bytes_total = progress.bytes_total;
  return outcome;
}

}  // namespace rbee::pool::download
