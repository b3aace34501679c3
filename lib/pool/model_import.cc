#include "pool/model_import.h"

#include "base/error.h"
#include "base/random.h"
#include "base/units.h"
#include "pool/ids.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

void check_free_space(const fs::path& folder, std::uint64_t bytes) {
  const std::uint64_t available = fs::space(folder).available;
  if (bytes > available) {
    fail(ErrorKind::kExhausted, "{}: the copy needs {}, {} are free", folder.string(), human_bytes(bytes),
         human_bytes(available));
  }
}

// Copies into a hidden folder beside the target, then renames: `target` is never half there.
void copy_whole(const fs::path& source, const std::vector<wire::ModelFile>& files, const fs::path& target) {
  const fs::path partial = target.parent_path() / fmt::format(".{}.{}", target.filename().string(), random_hex(4));
  std::uint64_t total = 0;
  for (const wire::ModelFile& file : files) total += file.size;
  try {
    fs::create_directories(partial);
    check_free_space(partial, total);
    for (const wire::ModelFile& file : files) {
      fs::create_directories((partial / file.path).parent_path());
      fs::copy_file(source / file.path, partial / file.path);
    }
    fs::remove_all(target);
    fs::rename(partial, target);
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    const bool full = error.code() == std::errc::no_space_on_device;
    fail(full ? ErrorKind::kExhausted : ErrorKind::kIo, "{}: cannot copy: {}", target.string(), error.code().message());
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    throw;
  }
}

void check_not_taken(const wire::Catalog& catalog, const CatalogStore& store, const std::string& id,
                     const fs::path& path, ImportRequest::Existing existing) {
  const wire::CatalogModel* model = catalog.find(id);
  if (existing == ImportRequest::Existing::kReplace || model == nullptr || !model->downloaded) return;
  const fs::path taken = store.model_path(*model);
  if (taken == path) return;  // the same again: hashes are taken anew
  fail(ErrorKind::kBadRequest, "model '{}' is already there, at {}: choose another --id, or --replace", id,
       taken.string());
}

}  // namespace

wire::CatalogModel import_model(const ImportRequest& request, CatalogStore& store, const fs::path& models,
                                const FilesProgress& progress) {
  const fs::path path = fs::absolute(request.path).lexically_normal();
  const fs::path source = path.has_filename() ? path : path.parent_path();
  if (!fs::exists(source)) fail(ErrorKind::kNotFound, "{}: no such file or folder", source.string());
  const std::string id = !request.id.empty() ? request.id : id_from_name(source.stem().string());
  check_id(id, "model id");
  const bool copies = request.placement == ImportRequest::Placement::kCopy;
  const fs::path folder_copied = models / id;
  const fs::path placed = !copies                    ? source
                          : fs::is_directory(source) ? folder_copied
                                                     : folder_copied / source.filename();
  check_not_taken(store.load(), store, id, placed, request.existing);

  const ModelFacts facts = read_model_facts(source);
  std::vector<wire::ModelFile> files = list_model_files(source);
  hash_model_files(model_files_folder(source), files, progress);
  if (copies && placed != source) copy_whole(model_files_folder(source), files, folder_copied);

  const wire::Catalog catalog = store.update([&](wire::Catalog& newest) {
    check_not_taken(newest, store, id, placed, request.existing);
    wire::CatalogModel* model = newest.find(id);
    if (model == nullptr) model = &newest.models.emplace_back();
    model->id = id;
    if (model->name.empty()) model->name = id;
    if (!request.name.empty()) model->name = request.name;
    model->path = store.stored_path(placed);
    model->downloaded = true;
    model->metadata.files = files;
    model->metadata.revision.clear();  // what lies there did not come from the hub's commit
    describe_model(*model, facts);
  });
  return *catalog.find(id);
}

}  // namespace rbee::pool
