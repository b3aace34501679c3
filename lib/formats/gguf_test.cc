#include "formats/gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/gguf_part.h"
#include "formats/gguf_reader.h"
#include "formats/limits.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& file) {
  return error_of([&file] { parse_gguf_part(as_bytes(file), "m.gguf"); });
}

// A small file that is right: every kind of value, three tensors.
GgufWriter good() {
  GgufWriter writer;
  writer.string("general.architecture", "llama").u32("a.u32", 7).f32("a.f32", 0.5f);
  writer.entry("a.bool", 7, raw<std::uint8_t>(1)).entry("a.i8", 1, raw<std::int8_t>(-3));
  writer.strings("a.strings", {"x", "", "\xFFz"}).array("a.bools", 7, 2, raw<std::uint16_t>(0x0100));
  writer.tensor("a", {32, 2}, 8, 68).tensor("b", {3}, 0, 12).tensor("c", {2, 2, 2}, 1, 16);
  return writer;
}

TEST(GgufTest, a_good_file_is_read) {
  const std::string bytes = good().file();
  const auto file = GgufReader::read(as_bytes(bytes), "m.gguf");
  EXPECT_EQ(file->get_uint("a.u32"), 7u);
  EXPECT_EQ(file->get_float("a.f32", 0), 0.5);
  EXPECT_TRUE(file->get_bool("a.bool", false));
  EXPECT_EQ(std::get<std::int64_t>(*file->find("a.i8")), -3);
  EXPECT_EQ(*file->find_strings("a.strings"), (std::vector<std::string>{"x", "", "\xFFz"}));
  EXPECT_EQ(std::get<std::vector<bool>>(*file->find("a.bools")), (std::vector<bool>{false, true}));
  ASSERT_EQ(file->tensors().size(), 3u);
  const TensorView& a = file->tensors().at("a");
  EXPECT_EQ(a.dtype, DType::kQ8_0);
  EXPECT_EQ(a.shape, (std::vector<std::uint64_t>{2, 32}));
  EXPECT_EQ(a.bytes, 68u);
  EXPECT_EQ(file->tensors().at("b").data - a.data, 96);
}

TEST(GgufTest, every_kind_of_number_is_widened) {
  GgufWriter writer;
  writer.entry("u8", 0, raw<std::uint8_t>(255)).entry("i8", 1, raw<std::int8_t>(-1));
  writer.entry("u16", 2, raw<std::uint16_t>(65535)).entry("i16", 3, raw<std::int16_t>(-1));
  writer.entry("u64", 10, raw(~std::uint64_t{0})).entry("i64", 11, raw(INT64_MIN)).entry("f64", 12, raw(1e300));
  writer.array("u8s", 0, 2, "\x01\xFF").array("i16s", 3, 1, raw<std::int16_t>(-2)).array("f32s", 6, 1, raw(0.25f));
  const std::string bytes = writer.file();
  const auto file = GgufReader::read(as_bytes(bytes), "m.gguf");
  EXPECT_EQ(file->get_uint("u8"), 255u);
  EXPECT_EQ(file->get_uint("u16"), 65535u);
  EXPECT_EQ(file->get_uint("u64"), ~std::uint64_t{0});
  EXPECT_EQ(std::get<std::int64_t>(*file->find("i64")), INT64_MIN);
  EXPECT_EQ(file->get_float("f64", 0), 1e300);
  EXPECT_EQ(file->get_ints("u8s"), (std::vector<std::int64_t>{1, 255}));
  EXPECT_EQ(file->get_ints("i16s"), (std::vector<std::int64_t>{-2}));
  EXPECT_EQ(file->get_floats("f32s"), (std::vector<float>{0.25f}));
}

TEST(GgufTest, access_names_the_key_the_type_found_and_the_type_wanted) {
  const std::string bytes = good().file();
  const auto file = GgufReader::read(as_bytes(bytes), "dir/m.gguf");
  EXPECT_EQ(error_of([&] { file->get_uint("a.f32"); }),
            "bad_file: m.gguf: a.f32 is a float, expected an unsigned integer");
  EXPECT_EQ(error_of([&] { file->get_uint("a.none"); }),
            "bad_file: m.gguf: a.none is missing, expected an unsigned integer");
  EXPECT_EQ(error_of([&] { file->get_uint("a.i8"); }), "bad_file: m.gguf: a.i8 is -3, expected an unsigned integer");
  EXPECT_EQ(error_of([&] { file->get_string("a.u32"); }),
            "bad_file: m.gguf: a.u32 is an unsigned integer, expected a string");
  EXPECT_THAT(error_of([&] { file->get_float("a.bool", 1); }), HasSubstr("a.bool is a boolean, expected a float"));
  EXPECT_THAT(error_of([&] { file->get_bool("a.u32", true); }), HasSubstr("expected a boolean"));
  EXPECT_THAT(error_of([&] { file->find_strings("a.bools"); }),
              HasSubstr("a.bools is an array of booleans, expected an array of strings"));
  EXPECT_THAT(error_of([&] { file->get_floats("a.strings"); }), HasSubstr("expected an array of floats"));
  EXPECT_THAT(error_of([&] { file->get_ints("a.strings"); }), HasSubstr("expected an array of integers"));
  EXPECT_EQ(file->get_uint("a.none", 5), 5u);
  EXPECT_EQ(file->get_string("a.none", "d"), "d");
}

TEST(GgufTest, magic_and_version_are_checked) {
  EXPECT_THAT(refusal("GGML" + std::string(20, '\0')), HasSubstr("not a GGUF file"));
  EXPECT_THAT(refusal("GGUF"), HasSubstr("m.gguf: the version needs 4 bytes at 4, the file has 4 bytes"));
  GgufWriter writer;
  for (const std::uint32_t version : {2u, 3u}) {
    writer.version = version;
    EXPECT_EQ(refusal(writer.file()), "");
  }
  writer.version = 1;
  EXPECT_THAT(refusal(writer.file()), HasSubstr("unsupported: m.gguf: GGUF version 1 is no longer supported"));
  writer.version = 4;
  EXPECT_THAT(refusal(writer.file()), HasSubstr("GGUF version 4 is not known; supported: 2, 3"));
  writer.version = 0;
  EXPECT_THAT(refusal(writer.file()), HasSubstr("bad_file: m.gguf: GGUF version 0"));
  writer.version = 0x03000000;
  EXPECT_THAT(refusal(writer.file()), HasSubstr("unsupported: m.gguf: the GGUF file is big endian"));
}

TEST(GgufTest, counts_meet_their_limits) {
  const GgufWriter writer = good();
  EXPECT_THAT(refusal(writer.header(3, INT64_MAX)),
              HasSubstr("metadata count 9223372036854775807 exceeds limit 65536"));
  EXPECT_THAT(refusal(writer.header(3, 65'537)), HasSubstr("metadata count 65537 exceeds limit 65536"));
  EXPECT_THAT(refusal(writer.header(std::uint64_t{1} << 61, 7)),
              HasSubstr("tensor count 2305843009213693952 exceeds limit 131072"));
  EXPECT_THAT(refusal(writer.header(131'072, 65'536)), HasSubstr("do not fit into the file"));
  EXPECT_THAT(refusal(writer.header(4, 7)), HasSubstr("the file has"));
}

TEST(GgufTest, string_lengths_meet_their_limits_and_the_files_end) {
  for (const std::uint64_t length : {~std::uint64_t{0}, std::uint64_t{1} << 63, kGgufStringBytesMax + 1}) {
    EXPECT_THAT(refusal(GgufWriter().entry("s", 8, raw(length)).header()),
                HasSubstr("s: length " + std::to_string(length) + " exceeds limit 16777216"));
  }
  const std::string file = GgufWriter().entry("s", 8, raw<std::uint64_t>(1000)).header();
  EXPECT_THAT(refusal(file), HasSubstr("s needs 1000 bytes at 45, the file has 45 bytes"));
  EXPECT_THAT(refusal("GGUF" + raw(3u) + raw<std::uint64_t>(0) + raw<std::uint64_t>(1) + raw<std::uint64_t>(65'536) +
                      std::string(70'000, 'k')),
              HasSubstr("metadata key 0: length 65536 exceeds limit 65535"));
  EXPECT_EQ(refusal(GgufWriter().string(std::string(65'535, 'k'), "v").file()), "");
}

TEST(GgufTest, keys_are_unique_and_not_empty) {
  EXPECT_THAT(refusal(GgufWriter().u32("k", 1).u32("k", 2).file()), HasSubstr("duplicate key 'k'"));
  EXPECT_THAT(refusal(GgufWriter().u32("", 1).file()), HasSubstr("metadata key 0 is empty"));
  EXPECT_THAT(refusal(GgufWriter().u32(std::string_view("a\0b", 3), 1).file()), HasSubstr("holds a NUL"));
  EXPECT_THAT(refusal(GgufWriter().entry("k", 13, "12345678").file()),
              HasSubstr("key 'k': value type 13 is not known"));
  EXPECT_THAT(refusal(GgufWriter().entry("k", 7, raw<std::uint8_t>(2)).file()),
              HasSubstr("a boolean is 2, expected 0 or 1"));
}

TEST(GgufTest, arrays_meet_their_limits_and_the_files_end) {
  const std::uint64_t too_many = kGgufArrayElementsMax + 1;
  EXPECT_THAT(refusal(GgufWriter().array("k", 0, too_many, std::string(too_many, 'x')).file()),
              HasSubstr("key 'k': array length 4194305 exceeds limit 4194304"));
  EXPECT_THAT(refusal(GgufWriter().array("k", 8, ~std::uint64_t{0}, "").file()),
              HasSubstr("array length 18446744073709551615 exceeds limit"));
  EXPECT_THAT(refusal(GgufWriter().array("k", 12, 100, std::string(799, 'x')).file()),
              HasSubstr("an array of 100 elements at 49 does not fit into the file"));
  EXPECT_THAT(refusal(GgufWriter().array("k", 9, 1, raw(4u) + raw<std::uint64_t>(0)).file()),
              HasSubstr("arrays of arrays are not supported"));
  EXPECT_THAT(refusal(GgufWriter().array("k", 77, 1, "12345678").file()), HasSubstr("value type 77 is not known"));
  EXPECT_THAT(refusal(GgufWriter().array("k", 7, 2, std::string("\x01\x05")).file()), HasSubstr("a boolean is 5"));
}

TEST(GgufTest, the_metadata_as_held_in_memory_is_bounded) {
  GgufWriter writer;  // one byte in the file becomes eight in memory
  const std::string elements(kGgufArrayElementsMax, '\1');
  for (int i = 0; i < 9; ++i) writer.array("k" + std::to_string(i), 0, elements.size(), elements);
  EXPECT_THAT(refusal(writer.file()), HasSubstr("the metadata takes more than 268435456 bytes"));
}

TEST(GgufTest, alignment_is_a_bounded_power_of_two) {
  for (const std::uint32_t bad : {0u, 1u, 3u, 4u, 7u, 12u, 131'072u, 0x80000000u}) {
    EXPECT_THAT(refusal(GgufWriter().u32("general.alignment", bad).file()),
                HasSubstr("general.alignment is " + std::to_string(bad) + ", expected a power of two from 8 to 65536"));
  }
  EXPECT_THAT(refusal(GgufWriter().f32("general.alignment", 32).file()),
              HasSubstr("general.alignment is a float, expected an unsigned integer"));
  for (const std::uint32_t good_alignment : {8u, 64u, 65'536u}) {
    GgufWriter writer;
    writer.alignment = good_alignment;
    writer.u32("general.alignment", good_alignment).tensor("a", {3}, 0, 12).tensor("b", {3}, 0, 12);
    EXPECT_EQ(refusal(writer.file()), "");
  }
}

TEST(GgufTest, tensor_names_are_unique_bounded_and_printable) {
  EXPECT_THAT(refusal(GgufWriter().tensor("a", {1}, 0, 4).tensor("a", {1}, 0, 4).file()),
              HasSubstr("duplicate tensor 'a'"));
  EXPECT_THAT(refusal(GgufWriter().tensor(std::string(65, 'n'), {1}, 0, 4).file()),
              HasSubstr("the name of tensor 0: length 65 exceeds limit 64"));
  EXPECT_EQ(refusal(GgufWriter().tensor(std::string(64, 'n'), {1}, 0, 4).file()), "");
  EXPECT_THAT(refusal(GgufWriter().tensor("a\nb", {1}, 0, 4).file()), HasSubstr("control character"));
  EXPECT_THAT(refusal(GgufWriter().tensor("", {1}, 0, 4).file()), HasSubstr("tensor 0 has no name"));
}

TEST(GgufTest, dimensions_are_bounded) {
  EXPECT_THAT(refusal(GgufWriter().tensor("x", {}, 0, 4).file()),
              HasSubstr("tensor 'x' has 0 dimensions, expected 1 to 4"));
  EXPECT_THAT(refusal(GgufWriter().tensor("x", {1, 1, 1, 1, 1}, 0, 4).file()),
              HasSubstr("tensor 'x' has 5 dimensions"));
  EXPECT_THAT(refusal(GgufWriter().tensor("x", {4, 0}, 0, 4).file()),
              HasSubstr("tensor 'x': dimension 1 is 0, expected 1 to 4294967296"));
  EXPECT_THAT(refusal(GgufWriter().tensor("x", {INT64_MAX, 2, 1, 1}, 24, 4).file()),
              HasSubstr("dimension 0 is 9223372036854775807"));
  EXPECT_THAT(refusal(GgufWriter().tensor("x", {33}, 8, 68).file()),
              HasSubstr("rows of 33 values are no whole blocks of Q8_0"));
}

TEST(GgufTest, sizes_that_overflow_are_refused) {
  const std::uint64_t big = std::uint64_t{1} << 32, half = std::uint64_t{1} << 31;
  EXPECT_THAT(refusal(GgufWriter().info("x", {big, big}, 24, 0).header()),
              HasSubstr("tensor 'x': size overflows"));  // 2^64 bytes
  EXPECT_THAT(refusal(GgufWriter().info("x", {half, half}, 0, 0).header()),
              HasSubstr("tensor 'x': size overflows"));  // 4 * 2^62
  EXPECT_THAT(refusal(GgufWriter().info("x", {big, half}, 24, 0).header()), HasSubstr("tensor 'x' ends at "));  // 2^63
  EXPECT_THAT(refusal(GgufWriter().info("x", {big, big - 1}, 24, 0).header()), HasSubstr("tensor 'x'"));
  EXPECT_THAT(refusal(GgufWriter().info("x", {big, big, big, big}, 24, 0).header()),
              HasSubstr("tensor 'x': size overflows"));
}

TEST(GgufTest, types_that_are_unknown_removed_or_unsupported_are_told_apart) {
  EXPECT_THAT(refusal(GgufWriter().tensor("x", {32}, 99, 4).file()),
              HasSubstr("bad_file: m.gguf: tensor 'x': type 99 is not known"));
  EXPECT_THAT(refusal(GgufWriter().tensor("x", {32}, 4, 4).file()),
              HasSubstr("unsupported: m.gguf: tensor 'x': type 4 (Q4_2) was removed"));
  for (const std::uint32_t removed : {5u, 31u, 32u, 33u, 36u, 37u, 38u}) {
    EXPECT_THAT(refusal(GgufWriter().tensor("x", {32}, removed, 4).file()), HasSubstr("was removed"));
  }
  EXPECT_THAT(refusal(GgufWriter().tensor("x", {256}, 10, 84).file()),
              HasSubstr("unsupported: m.gguf: tensor 'x': type Q2_K is not supported; supported: F32, F16"));
  for (const auto& [id, name] : std::vector<std::pair<std::uint32_t, std::string>>{{3, "Q4_1"},
                                                                                   {7, "Q5_1"},
                                                                                   {11, "Q3_K"},
                                                                                   {16, "IQ2_XXS"},
                                                                                   {23, "IQ4_XS"},
                                                                                   {26, "I32"},
                                                                                   {39, "MXFP4"},
                                                                                   {40, "NVFP4"}}) {
    EXPECT_THAT(refusal(GgufWriter().tensor("x", {256}, id, 2048).file()),
                HasSubstr("type " + name + " is not supported"));
  }
}

TEST(GgufTest, offsets_are_the_running_sum_and_ends_lie_within_the_file) {
  EXPECT_THAT(refusal(GgufWriter().info("a", {4}, 0, 32).file() + std::string(99, '\0')),
              HasSubstr("tensor 'a' has offset 32, expected 0"));
  EXPECT_THAT(refusal(GgufWriter().tensor("a", {4}, 0, 16).info("b", {4}, 0, 16).file()),
              HasSubstr("tensor 'b' has offset 16, expected 32"));
  EXPECT_THAT(refusal(GgufWriter().tensor("a", {4}, 0, 16).info("b", {4}, 0, ~std::uint64_t{0} - 3).file()),
              HasSubstr("tensor 'b' has offset 18446744073709551612, expected 32"));
  EXPECT_THAT(refusal(GgufWriter().info("a", {4}, 0, 0).header()),
              HasSubstr("tensor 'a' ends at 80, the file has 57 bytes"));
}

TEST(GgufTest, a_file_cut_anywhere_is_refused) {
  GgufWriter writer = good();
  const std::string file = writer.tensor("z", {1000}, 0, 4000).file();
  EXPECT_EQ(refusal(file), "");
  for (std::size_t size = 0; size < 64; ++size) EXPECT_NE(refusal(file.substr(0, size)), "") << size;
  for (std::size_t i = 0; i < 64; ++i) EXPECT_NE(refusal(file.substr(0, file.size() * i / 64)), "") << i;
  EXPECT_NE(refusal(file.substr(0, file.size() - 1)), "");
}

}  // namespace
}  // namespace rbee::formats
