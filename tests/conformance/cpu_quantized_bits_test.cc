// Products of quantized weights have the same bits on every instruction set that fuses multiply and add, whatever the
// number of tokens: so vectors of rows, pairs of rows and tokens, and one token alone all keep the same arithmetic.

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/packed_weights.h"
#include "engine/backend/cpu/quantized_activations.h"
#include "random_weights.h"

namespace rbee::engine::conformance {
namespace {

using formats::DType;
using namespace cpu;  // NOLINT: the whole test is about it

constexpr std::size_t kRows = 61, kColumns = 768;  // the last panel is not full; more than one stretch is unpacked
constexpr std::size_t kTokensMax = 11;

struct Type {
  DType dtype;
  BlockType block;
};
constexpr Type kTypes[] = {{DType::kQ8_0, BlockType::kQ8_0},    {DType::kQ4_0, BlockType::kQ4_0},
                           {DType::kQ5_0, BlockType::kQ5_0},    {DType::kQ4_K, BlockType::kQ4_K},
                           {DType::kQ5_K, BlockType::kQ5_K},    {DType::kQ6_K, BlockType::kQ6_K},
                           {DType::kIQ4_NL, BlockType::kIQ4_NL}};

/// A packed matrix and tokens to multiply it with.
class Product {
 public:
  Product(const Type& type, ActivationBits bits, std::uint64_t seed)
      : type_(type),
        bytes_(packed_bytes(type.dtype, kRows, kColumns)),
        memory_(bytes_, "the matrix"),
        scratch_(kPanelScratch * sizeof(float), "scratch memory"),
        quantized_(kTokensMax, kColumns, bits) {
    RandomWeights random(seed);
    WeightTable table;
    pack_rows(table[random.matrix(table, type.dtype, kRows, kColumns, 0.1F)], 0, kRows, memory_.data());
    std::vector<float> x = random.floats(kTokensMax * kColumns, 1.0F);
    for (std::size_t i = 0; i < x.size(); i += 37) x[i] = i % 2 == 0 ? 9.0F : -9.0F;  // the largest of its block
    for (std::size_t t = 0; t < kTokensMax; ++t) {
      kernels_for(Isa::kPortable).quantize_row(x.data() + t * kColumns, kColumns, quantized_.row(t, kColumns));
    }
  }

  /// The bits of tokens [begin, end), kRows each.
  std::vector<std::uint32_t> bits(Isa isa, std::size_t begin, std::size_t end) const {
    std::vector<float> y((end - begin) * kRows, -1.0F);
    kernels_for(isa).quantized_matmul({.panels = memory_.data(),
                                       .panel_bytes = bytes_ / ((kRows + kPanelRows - 1) / kPanelRows),
                                       .type = type_.block,
                                       .row_begin = 0,
                                       .row_end = kRows,
                                       .columns = kColumns,
                                       .x = quantized_.row(begin, kColumns),
                                       .tokens = end - begin,
                                       .y = y.data(),
                                       .y_stride = kRows,
                                       .scratch = reinterpret_cast<float*>(scratch_.data())});
    std::vector<std::uint32_t> all(y.size());
    std::memcpy(all.data(), y.data(), y.size() * sizeof(float));
    return all;
  }

 private:
  Type type_;
  std::size_t bytes_;
  AnonymousMemory memory_, scratch_;
  QuantizedActivations quantized_;
};

void expect_one_result(const Product& product, const std::vector<Isa>& isas) {
  std::vector<std::uint32_t> expected;
  for (std::size_t t = 0; t < kTokensMax; ++t) {
    const std::vector<std::uint32_t> one = product.bits(isas.front(), t, t + 1);
    expected.insert(expected.end(), one.begin(), one.end());
  }
  for (const Isa isa : isas) {
    for (std::size_t tokens = 1; tokens <= kTokensMax; ++tokens) {
      const std::vector<std::uint32_t> wanted(expected.begin(),
                                              expected.begin() + static_cast<std::ptrdiff_t>(tokens * kRows));
      EXPECT_EQ(product.bits(isa, 0, tokens), wanted) << isa_name(isa) << ", " << tokens << " tokens";
    }
  }
}

TEST(CpuQuantizedBits, are_the_same_on_every_instruction_set_and_for_any_number_of_tokens) {
  std::vector<Isa> isas = usable_isas();
  std::erase(isas, Isa::kPortable);  // rounds products before it adds them
  if (isas.empty()) GTEST_SKIP() << "only " << isa_name(Isa::kPortable) << " runs here";
  for (const Type& type : kTypes) {
    for (const ActivationBits bits : {ActivationBits::k8, ActivationBits::k15}) {
      SCOPED_TRACE(std::string(formats::dtype_info(type.dtype).name) + (bits == ActivationBits::k8 ? ", 8" : ", 15") +
                   " bits");
      expect_one_result(Product(type, bits, 1), isas);
    }
  }
}

}  // namespace
}  // namespace rbee::engine::conformance
