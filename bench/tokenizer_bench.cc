// Speed of a tokenizer on one thread: loading, encoding and decoding a text, and runs of one thing that would show
// more than linear time. Processor time, since others may use the machine. Usage: tokenizer_bench TOKENIZER_JSON
// TEXT_FILE

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/units.h"
#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {
namespace {

constexpr int kRounds = 5;

// The best of several rounds, in seconds of processor time.
template <typename Work>
double best_seconds(const Work& work) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const std::clock_t begin = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return best;
}

void print_speed(std::string_view what, std::size_t bytes, std::size_t n_ids, double seconds) {
  fmt::print("{:<22} {:>9} bytes {:>9} ids {:>8.1f} ms {:>8.2f} MB/s\n", what, bytes, n_ids, seconds * 1e3,
             static_cast<double>(bytes) / 1e6 / seconds);
}

void run(const std::string& tokenizer_json, const std::string& text_file) {
  const double load_s = best_seconds([&] { load_hf_tokenizer(tokenizer_json); });
  const auto tokenizer = load_hf_tokenizer(tokenizer_json);
  fmt::print("load {:>53.1f} ms\n", load_s * 1e3);

  const std::string text = read_file(text_file, 64_MiB);
  std::vector<TokenId> ids;
  const double encode_s = best_seconds([&] { ids = tokenizer->encode(text, AddSpecial::kNo); });
  print_speed("encode", text.size(), ids.size(), encode_s);
  print_speed("decode", text.size(), ids.size(), best_seconds([&] { tokenizer->decode(ids, SkipSpecial::kNo); }));

  constexpr std::array<std::string_view, 8> kUnits = {"A", " ", "\n", "日", "日本語", "\u0301\u0316", "<|", "😀"};
  for (const std::string_view unit : kUnits) {
    for (const std::size_t bytes : {500'000u, 1'000'000u}) {
      std::string run;
      while (run.size() < bytes) run.append(unit);
      const double seconds = best_seconds([&] { ids = tokenizer->encode(run, AddSpecial::kNo); });
      print_speed(fmt::format("run of '{}'", unit == "\n" ? "\\n" : unit), run.size(), ids.size(), seconds);
    }
  }
}

}  // namespace
}  // namespace rbee::engine

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: tokenizer_bench TOKENIZER_JSON TEXT_FILE\n", stderr);
    return 2;
  }
  try {
    rbee::engine::run(argv[1], argv[2]);
  } catch (const rbee::Error& error) {
    std::fprintf(stderr, "tokenizer_bench: %s\n", error.what());
    return rbee::exit_code(error.kind());
  }
  return 0;
}
