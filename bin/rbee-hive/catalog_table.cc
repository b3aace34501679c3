#include "catalog_table.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/units.h"
#include "console/terminal.h"
#include "pool/ids.h"

namespace rbee::hive {
namespace {

constexpr std::size_t kIdColumns = 15, kNameColumns = 30, kDownloadedColumns = 12, kFrameColumns = 80;

std::string size_text(double size_gb) {
  if (size_gb <= 0) return "-";
  return human_bytes(static_cast<std::uint64_t>(size_gb * 1e9 + 0.5));
}

}  // namespace

std::string catalog_table(const wire::Catalog& catalog, CatalogRows rows) {
  std::vector<const wire::CatalogModel*> shown;
  std::size_t id_columns = kIdColumns, name_columns = kNameColumns;
  for (const wire::CatalogModel& model : catalog.models) {
    if (rows == CatalogRows::kDownloaded && !model.downloaded) continue;
    shown.push_back(&model);
    id_columns = std::max(id_columns, console::display_width(printable(model.id)));
    name_columns = std::max(name_columns, console::display_width(printable(model.name)));
  }
  const std::size_t frame = std::max(kFrameColumns, id_columns + name_columns + kDownloadedColumns + 12);
  const auto row = [&](const std::string& id, const std::string& name, const std::string& downloaded,
                       const std::string& size) {
    return fmt::format("{} {} {} {}\n", console::padded(id, id_columns), console::padded(name, name_columns),
                       console::padded(downloaded, kDownloadedColumns), size);
  };
  std::string text = fmt::format("Model Catalog for {}\n", printable(catalog.pool_id));
  text += std::string(frame, '=') + "\n";
  text += row("ID", "Name", "Downloaded", "Size");
  text += std::string(frame, '-') + "\n";
  for (const wire::CatalogModel* model : shown) {
    text += row(printable(model->id), printable(model->name), model->downloaded ? "✅" : "❌", size_text(model->size_gb));
  }
  text += std::string(frame, '=') + "\n";
  text += fmt::format("Total models: {}\n", shown.size());
  return text;
}

}  // namespace rbee::hive
