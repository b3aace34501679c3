#include "engine/weights/weight_quantizer.h"

#include <atomic>
#include <span>
#include <vector>

#include "base/checksum.h"
#include "base/error.h"
#include "engine/weights/parallel_pieces.h"
#include "formats/quantize.h"

namespace rbee::engine {
namespace {

void drop_pages(const formats::ModelFiles& files, std::span<const std::byte> bytes) {
  for (const formats::MappedFile* file : files.files()) {
    const std::span<const std::byte> all = file->bytes();
    if (bytes.data() < all.data() || bytes.data() + bytes.size() > all.data() + all.size()) continue;
    file->drop_pages(bytes);
  }
}

std::span<const std::byte> source_of(const formats::TensorView& tensor, const WeightPiece& piece) {
  const std::uint64_t stride = formats::row_bytes(tensor.dtype, tensor.shape[1]);
  return {tensor.data + piece.row * stride, piece.rows * stride};
}

std::vector<std::byte> quantized_rows(const formats::RecipeTensor& recipe, const WeightPiece& piece) {
  const formats::TensorView& tensor = *recipe.tensor;
  const std::uint64_t columns = tensor.shape[1];
  const std::uint64_t from = formats::row_bytes(tensor.dtype, columns), to = formats::row_bytes(recipe.type, columns);
  const std::byte* const source = source_of(tensor, piece).data();
  std::vector<float> row(columns);
  std::vector<std::byte> blocks(piece.bytes);
  for (std::uint64_t i = 0; i < piece.rows; ++i) {
    formats::dequantize_row(tensor.dtype, source + i * from, row.data(), columns);
    if (formats::quantize_row(recipe.type, row.data(), blocks.data() + i * to, columns)) continue;
    fail(ErrorKind::kBadFile,
         "tensor '{}': row {} holds a value that is infinite, not a number or beyond {}: it cannot be quantized to {}",
         tensor.name, piece.row + i, formats::kQuantizableMax, formats::dtype_info(recipe.type).name);
  }
  return blocks;
}

}  // namespace

void quantize_weights(const formats::ModelFiles& files, const formats::WeightRecipe& recipe,
                      const WeightCacheLayout& layout, const WeightSink& sink, std::uint32_t threads,
                      const QuantizeProgress& progress) {
  const std::vector<WeightPiece>& pieces = layout.pieces();
  std::vector<std::uint64_t> sums(pieces.size());
  std::atomic<std::uint64_t> done = 0;
  const auto quantize = [&](std::size_t i) {
    const formats::RecipeTensor& tensor = recipe.tensors[pieces[i].tensor];
    const std::vector<std::byte> blocks = quantized_rows(tensor, pieces[i]);
    sums[i] = checksum64(blocks);
    sink(blocks, pieces[i].offset);
    const std::span<const std::byte> source = source_of(*tensor.tensor, pieces[i]);
    drop_pages(files, source);
    done += source.size();
  };
  for_each_piece(pieces.size(), threads, quantize, [&] { progress(done, recipe.bytes_before); });
  const std::string header = layout.header(sums);
  sink(std::as_bytes(std::span(header)), 0);
}

}  // namespace rbee::engine
