#pragma once
// What a chat template may use; everything that a template or a request can grow is bounded here.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rbee::engine::jinja {

constexpr std::size_t kTemplateBytesMax = std::size_t{1} << 20;
/// Nesting of statements and expressions in the source, and the height of an expression's tree.
constexpr std::uint32_t kParseDepthMax = 128;
/// Nested evaluations of statements and expressions over all active calls. One takes up to 750 bytes of the stack.
constexpr std::uint32_t kEvaluationDepthMax = 400;
/// Nesting of lists and dicts that are printed, compared or converted.
constexpr std::uint32_t kDataDepthMax = 128;
/// jinja2's sandbox has the same number as MAX_RANGE.
constexpr std::int64_t kRangeMax = 100'000;
constexpr std::size_t kItemsMax = 100'000;
/// Long prompts are copied a few times by honest templates: this many bytes per input byte cost no steps.
constexpr std::uint64_t kFreeBytesPerInputByte = 64;
constexpr std::uint64_t kOutputBytesPerInputByte = 8;
/// Objects of one rendering (they live until it ends), beyond kMemoryPerInputByte times the inputs.
constexpr std::uint64_t kMemoryBytesMax = std::uint64_t{64} << 20;
constexpr std::uint64_t kMemoryPerInputByte = 128;
constexpr std::chrono::milliseconds kRenderTimeMax{2000};
/// Characters of a width or precision in format strings.
constexpr std::int64_t kFormatWidthMax = 4096;

static_assert(kOutputBytesPerInputByte < kFreeBytesPerInputByte);

}  // namespace rbee::engine::jinja
