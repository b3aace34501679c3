#include "formats/safetensors.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/limits.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& file) {
  return error_of([&file] { read_safetensors(as_bytes(file), "m.safetensors"); });
}
std::string refusal_of_header(std::string_view header, std::string_view data = "") {
  return refusal(safetensors_file(header, data));
}
// The refusal of one tensor entry, over 4 bytes of data.
std::string refusal_of_entry(std::string_view entry) {
  return refusal_of_header("{\"x\":" + std::string(entry) + "}", std::string(4, '\0'));
}

constexpr const char* kGood = R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";

TEST(SafetensorsTest, a_small_file_is_read) {
  const std::string file =
      safetensors_file(R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[1,2],"data_offsets":[4,8]},)"
                       R"("a":{"shape":[],"data_offsets":[0,4],"dtype":"F32"}}   )",
                       "aaaabbbb");
  const std::vector<TensorView> tensors = read_safetensors(as_bytes(file), "m");
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_EQ(tensors[0].dtype, DType::kF32);
  EXPECT_TRUE(tensors[0].shape.empty());
  EXPECT_EQ(tensors[1].shape, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(tensors[1].data), tensors[1].bytes), "bbbb");
}

TEST(SafetensorsTest, files_shorter_than_their_header_are_refused) {
  for (std::size_t size = 0; size < 8; ++size) {
    EXPECT_THAT(refusal(std::string(size, '\1')),
                HasSubstr("bad_file: m.safetensors: the file has " + std::to_string(size)));
  }
  EXPECT_THAT(refusal(raw<std::uint64_t>(100'000'001) + "{}"),
              HasSubstr("header has 100000001 bytes, the limit is 100000000"));
  EXPECT_THAT(refusal(raw(~std::uint64_t{0}) + "{}"), HasSubstr("header has 18446744073709551615 bytes"));
  EXPECT_THAT(refusal(raw<std::uint64_t>(10) + "{}"), HasSubstr("header ends at 18, the file has 10 bytes"));
  EXPECT_THAT(refusal(raw<std::uint64_t>(0)), HasSubstr("must begin with '{'"));
}

TEST(SafetensorsTest, the_header_is_one_json_object_padded_with_spaces) {
  const std::string data(4, '\0');
  EXPECT_EQ(refusal_of_header(std::string(kGood) + "    ", data), "");
  EXPECT_THAT(refusal_of_header(std::string(" ") + kGood, data), HasSubstr("must begin with '{'"));
  EXPECT_THAT(refusal_of_header(std::string("\xEF\xBB\xBF") + kGood, data), HasSubstr("must begin with '{'"));
  EXPECT_THAT(refusal_of_header("[]"), HasSubstr("must begin with '{'"));
  EXPECT_THAT(refusal_of_header(std::string(kGood) + std::string(3, '\0'), data), HasSubstr("something follows"));
  EXPECT_THAT(refusal_of_header(std::string(kGood) + "{}", data), HasSubstr("something follows"));
  EXPECT_THAT(refusal_of_header(R"({"x":)"), HasSubstr("ends too early"));
  EXPECT_THAT(refusal_of_header("{\"\xC0\x80\":1}"), HasSubstr("not JSON at byte"));
  EXPECT_THAT(refusal_of_header("{'x':1}"), HasSubstr("not JSON at byte 2"));
}

TEST(SafetensorsTest, deep_nesting_is_refused_at_any_size) {
  for (const std::size_t depth : {31u, 10'000u, 50'000'000u}) {
    EXPECT_THAT(refusal_of_header(R"({"x":{"more":)" + std::string(depth, '[')),
                HasSubstr("JSON nested deeper than 32 at byte"));
  }
  EXPECT_THAT(refusal_of_header(std::string(100, '[')), HasSubstr("must begin with '{'"));
}

TEST(SafetensorsTest, duplicates_are_named) {
  EXPECT_THAT(
      refusal_of_header(
          R"({"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})"),
      HasSubstr("duplicate tensor 'x'"));
  EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]})"),
              HasSubstr("tensor 'x': duplicate field 'dtype'"));
  EXPECT_THAT(refusal_of_entry(R"({"e":1,"e":2,"dtype":"F32","shape":[1],"data_offsets":[0,4]})"),
              HasSubstr("duplicate field 'e'"));
  EXPECT_THAT(refusal_of_header(R"({"__metadata__":{},"__metadata__":{}})"), HasSubstr("duplicate key '__metadata__'"));
  EXPECT_THAT(refusal_of_header(R"({"__metadata__":{"a":"1","a":"2"}})"),
              HasSubstr("duplicate key 'a' in __metadata__"));
}

TEST(SafetensorsTest, metadata_maps_strings_to_strings_within_limits) {
  EXPECT_EQ(refusal_of_header(R"({"__metadata__":{"a":"1","b":"\u0000\ud83d\ude00"}})"), "");
  for (const std::string value : {"1", "{}", "[]", "null", "true", "1.5"}) {
    EXPECT_THAT(refusal_of_header(R"({"__metadata__":{"a":)" + value + "}}"), HasSubstr("__metadata__ value 'a' is "))
        << value;
  }
  EXPECT_THAT(refusal_of_header(R"({"__metadata__":"a"})"),
              HasSubstr("'__metadata__' is a string, expected an object"));
  EXPECT_EQ(
      refusal_of_header(R"({"__metadata__":{"a":")" + std::string(kSafetensorsMetadataValueBytesMax, 'v') + "\"}}"),
      "");
  EXPECT_THAT(
      refusal_of_header(R"({"__metadata__":{"a":")" + std::string(kSafetensorsMetadataValueBytesMax + 1, 'v') + "\"}}"),
      HasSubstr("__metadata__ value 'a' is longer than 1048576 bytes"));
  std::string entries;
  for (std::uint32_t i = 0; i <= kSafetensorsMetadataEntriesMax; ++i)
    entries += (i ? ",\"" : "\"") + std::to_string(i) + "\":\"\"";
  EXPECT_THAT(refusal_of_header(R"({"__metadata__":{)" + entries + "}}"), HasSubstr("more than 10000 entries"));
}

TEST(SafetensorsTest, entries_have_all_three_fields_of_the_right_type) {
  EXPECT_THAT(refusal_of_entry(R"({"shape":[1],"data_offsets":[0,4]})"), HasSubstr("tensor 'x' has no dtype"));
  EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","data_offsets":[0,4]})"), HasSubstr("tensor 'x' has no shape"));
  EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","shape":[1]})"), HasSubstr("tensor 'x' has no data_offsets"));
  for (const std::string entry : {"1", "[]", "\"s\"", "null", "true", "1.5"}) {
    EXPECT_THAT(refusal_of_entry(entry), HasSubstr("'x' is ")) << entry;
  }
  for (const std::string bad :
       {"-1", "-0", "1.0", "1e3", "18446744073709551616", "\"1\"", "null", "[1]", "{}", "true"}) {
    EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","shape":[)" + bad + R"(],"data_offsets":[0,4]})"),
                HasSubstr("tensor 'x': shape is "))
        << bad;
    EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","shape":[1],"data_offsets":[)" + bad + ",4]}"),
                HasSubstr("tensor 'x': data_offsets is "))
        << bad;
  }
  for (const std::string bad : {"1", "null", "{}", "\"a\""}) {
    EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","shape":)" + bad + R"(,"data_offsets":[0,4]})"),
                HasSubstr("tensor 'x': shape is "))
        << bad;
  }
  EXPECT_THAT(refusal_of_entry(R"({"dtype":["F32"],"shape":[1],"data_offsets":[0,4]})"),
              HasSubstr("tensor 'x': dtype is an array, expected a string"));
  EXPECT_THAT(refusal_of_entry(R"({"dtype":3,"shape":[1],"data_offsets":[0,4]})"),
              HasSubstr("tensor 'x': dtype is a number"));
  EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","shape":[1],"data_offsets":[0]})"),
              HasSubstr("data_offsets has 1 numbers, expected 2"));
  EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,4]})"),
              HasSubstr("data_offsets has 3 numbers, expected 2"));
  EXPECT_THAT(refusal_of_entry(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]})"),
              HasSubstr("more than 8 dimensions"));
  EXPECT_EQ(refusal_of_entry(
                R"({"more":{"a":[{"b":[1,"2",null]}]},"dtype":"F32","note":"n","shape":[1],"data_offsets":[0,4]})"),
            "");
}

TEST(SafetensorsTest, tensor_names_are_bounded_and_printable) {
  const auto named = [](const std::string& name) {
    return refusal_of_header("{\"" + name + R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})");
  };
  EXPECT_EQ(named(std::string(kSafetensorsNameBytesMax, 'n')), "");
  EXPECT_THAT(named(std::string(kSafetensorsNameBytesMax + 1, 'n')), HasSubstr("a name is longer than 1024 bytes"));
  EXPECT_THAT(named("a\\u0000b"), HasSubstr("control character"));
}

TEST(SafetensorsTest, the_data_has_no_hole_overlap_or_rest) {
  const auto two = [](const std::string& a, const std::string& b) {
    return refusal_of_header(R"({"a":{"dtype":"F16","shape":[2],"data_offsets":)" + a +
                                 R"(},"b":{"dtype":"F16","shape":[2],"data_offsets":)" + b + "}}",
                             std::string(8, '\0'));
  };
  EXPECT_EQ(two("[0,4]", "[4,8]"), "");
  EXPECT_EQ(two("[4,8]", "[0,4]"), "");
  EXPECT_THAT(two("[0,4]", "[5,9]"), HasSubstr("tensor 'b' ends at "));
  EXPECT_THAT(two("[0,4]", "[3,7]"), HasSubstr("tensor 'b' begins at data offset 3, expected 4: it overlaps"));
  EXPECT_THAT(two("[1,5]", "[4,8]"), HasSubstr("tensor 'a' begins at data offset 1, expected 0: a hole"));
  EXPECT_THAT(two("[4,0]", "[4,8]"), HasSubstr("data_offsets [4, 0] are reversed"));
  EXPECT_THAT(refusal_of_header(kGood, std::string(5, '\0')),
              HasSubstr("the tensors end at 66, the file has 67 bytes"));
  EXPECT_THAT(refusal_of_header(kGood, std::string(3, '\0')),
              HasSubstr("tensor 'x' ends at 66, the file has 65 bytes"));
  EXPECT_THAT(
      refusal_of_header(
          R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"F16","shape":[1],"data_offsets":[3,5]}})",
          "12345"),
      HasSubstr("tensor 'b' begins at data offset 3, expected 2: a hole before it"));
}

TEST(SafetensorsTest, sizes_follow_from_shape_and_dtype) {
  const auto sized = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return refusal_of_header(
        R"({"x":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}", "1234");
  };
  EXPECT_THAT(sized("F32", "[4294967296,4294967296]", "[0,4]"), HasSubstr("tensor 'x': size overflows"));
  EXPECT_THAT(sized("F32", "[18446744073709551615]", "[0,4]"), HasSubstr("tensor 'x': size overflows"));
  EXPECT_THAT(sized("F32", "[1]", "[0,3]"), HasSubstr("data_offsets hold 3 bytes, shape and dtype need 4"));
  EXPECT_THAT(sized("F32", "[2]", "[0,4]"), HasSubstr("data_offsets hold 4 bytes, shape and dtype need 8"));
  EXPECT_THAT(sized("F4", "[3]", "[0,4]"), HasSubstr("3 values of F4 do not fill whole bytes"));
  EXPECT_THAT(sized("Q9", "[1]", "[0,4]"), HasSubstr("bad_file: m.safetensors: tensor 'x': dtype 'Q9' is not known"));
  EXPECT_THAT(sized("I32", "[1]", "[0,4]"),
              HasSubstr("unsupported: m.safetensors: tensor 'x': dtype I32 is not supported"));
  EXPECT_THAT(sized("F8_E4M3", "[4]", "[0,4]"), HasSubstr("dtype F8_E4M3 is not supported"));
  EXPECT_THAT(sized(std::string(100, 'F'), "[4]", "[0,4]"), HasSubstr("dtype is not a known name"));
}

TEST(SafetensorsTest, zero_sized_and_oddly_placed_tensors_are_fine) {
  const std::string file = safetensors_file(
      R"({"z":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]},"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},)"
      R"("f":{"dtype":"F32","shape":[1],"data_offsets":[2,6]},"e":{"dtype":"F32","shape":[3,0],"data_offsets":[6,6]}})",
      "hh" + raw(1.5f));
  const std::vector<TensorView> tensors = read_safetensors(as_bytes(file), "m");
  ASSERT_EQ(tensors.size(), 4u);
  float value = 0;
  dequantize_row(tensors[2].dtype, tensors[2].data, &value, 1);
  EXPECT_EQ(value, 1.5f);
}

TEST(SafetensorsTest, a_file_cut_anywhere_is_refused) {
  const std::string file = safetensors_file(
      R"({"a":{"dtype":"F32","shape":[100],"data_offsets":[0,400]},"b":{"dtype":"BF16","shape":[10,10],"data_offsets":[400,600]}})",
      std::string(600, '\1'));
  EXPECT_EQ(refusal(file), "");
  for (std::size_t size = 0; size < file.size(); ++size) EXPECT_NE(refusal(file.substr(0, size)), "") << size;
}

TEST(SafetensorsTest, a_header_of_150000_tensors_is_read_quickly) {
  std::string header = "{";
  constexpr int kTensors = 150'000;
  for (int i = 0; i < kTensors; ++i) {
    header += (i ? ",\"" : "\"") + ("model.layers.0.mlp.experts." + std::to_string(i)) +
              R"(.weight":{"dtype":"BF16","shape":[1,1],"data_offsets":[)" + std::to_string(2 * i) + "," +
              std::to_string(2 * i + 2) + "]}";
  }
  const std::string file = safetensors_file(header + "}", std::string(2 * kTensors, '\0'));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(read_safetensors(as_bytes(file), "m").size(), static_cast<std::size_t>(kTensors));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  RecordProperty("seconds", std::to_string(seconds));
  EXPECT_LT(seconds, 60.0);  // about 0.2 s optimised; minutes if work grew with the square
}

TEST(SafetensorsTest, more_tensors_than_the_limit_are_refused) {
  std::string header = "{";
  for (std::uint32_t i = 0; i <= kSafetensorsTensorsMax; ++i)
    header += (i ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  EXPECT_THAT(refusal_of_header(header + "}"), HasSubstr("more than 524288 tensors"));
}

}  // namespace
}  // namespace rbee::formats
