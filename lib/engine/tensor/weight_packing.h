#pragma once
// How a weight's rows lie in device memory: the same bits as in the file, ordered so that a shader reads whole words.

#include <cstddef>
#include <cstdint>

#include "formats/dtype.h"

namespace rbee::engine {

/// 32-bit words of a row. A row of floats is padded with zeros to a multiple of 8 values. A row of blocks is split into
/// planes, one behind the other, each over the whole row, then padded to a multiple of 4 words:
///   Q8_0          bytes; halves d
///   Q4_0, IQ4_NL  nibbles; halves d
///   Q5_0          nibbles; fifth bits; halves d
///   Q4_K          nibbles; 12 bytes of scales and minimums per block; d and dmin
///   Q5_K          nibbles; fifth bits; 12 bytes; d and dmin
///   Q6_K          nibbles; upper bit pairs; bytes of scales; halves d
/// Everything that belongs to single values is in the values' order: value i is nibble i % 8 of word i / 8.
std::uint32_t packed_row_words(formats::DType dtype, std::uint32_t columns);

/// Packs one row; `row` may lie at any address, `words` has packed_row_words() entries and is written whole.
void pack_row(formats::DType dtype, const std::byte* row, std::uint32_t columns, std::uint32_t* words);

}  // namespace rbee::engine
