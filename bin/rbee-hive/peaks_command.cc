// peaks.

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/memory.h"
#include "command_line.h"
#include "peaks/peaks.h"
#include "pool/device/cpu_device.h"

namespace rbee::hive {
namespace {

namespace json = boost::json;
using peaks::Arithmetic;

struct PeakFlags {
  std::uint32_t threads = 0, mib = 1024, slice_ms = 100;
};

const char* kind_name(Arithmetic kind) {
  if (kind == Arithmetic::kFloat) return "float";
  return kind == Arithmetic::kBf16 ? "bf16" : "int8";
}

// A kind that the processor has no instruction for is null, not 0.
json::value rate_or_null(double gops) {
  return gops > 0 ? json::value(gops) : json::value(nullptr);
}

json::value document_of(const peaks::Peaks& found) {
  json::array reads, arithmetic;
  for (const peaks::ReadRate& rate : found.reads) reads.push_back({{"pattern", rate.pattern}, {"gb_s", rate.gb_s}});
  for (const peaks::ArithmeticRate& rate : found.arithmetic) {
    arithmetic.push_back({{"name", rate.name}, {"kind", kind_name(rate.kind)}, {"gops", rate.gops}});
  }
  return {{"threads", found.threads},
          {"read_gb_s", found.read_gb_s()},
          {"float_gops", rate_or_null(found.gops(Arithmetic::kFloat))},
          {"bf16_gops", rate_or_null(found.gops(Arithmetic::kBf16))},
          {"int8_gops", rate_or_null(found.gops(Arithmetic::kInt8))},
          {"reads", std::move(reads)},
          {"arithmetic", std::move(arithmetic)}};
}

int show_peaks(Hive& hive, const PeakFlags& flags) {
  peaks::PeakOptions options;
  options.threads = flags.threads != 0 ? flags.threads : std::max<std::uint32_t>(pool::probe_cpu().usable_cores, 1);
  options.buffer_bytes = flags.mib * 1_MiB;
  options.slice = std::chrono::milliseconds(flags.slice_ms);
  if (const std::uint64_t available = available_memory_bytes(); available > 0) {
    options.buffer_bytes = std::min(options.buffer_bytes, available / 2);
  }
  hive.terminal.progress("Measuring reads and multiplications");
  const peaks::Peaks found = peaks::measure_peaks(options, hive.clock);
  hive.terminal.line(
      fmt::format("{} thread{}, the best of {} rounds", found.threads, found.threads == 1 ? "" : "s", options.rounds));
  for (const peaks::ReadRate& rate : found.reads) {
    hive.terminal.line(fmt::format("read     {}{:>9.1f} GB/s", padded(rate.pattern, 36), rate.gb_s));
  }
  for (const peaks::ArithmeticRate& rate : found.arithmetic) {
    hive.terminal.line(
        fmt::format("{}{}{:>9.1f} Gop/s", padded(kind_name(rate.kind), 9), padded(rate.name, 36), rate.gops));
  }
  hive.terminal.document(document_of(found));
  return kDone;
}

}  // namespace

void add_peaks_command(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("peaks", "How fast this machine reads memory and multiplies, at most");
  auto flags = std::make_shared<PeakFlags>();  // shared by parser and command
  command->add_option("--threads", flags->threads, "Threads (default: all cores)")->check(CLI::Range(0, 1024));
  command->add_option("--mib", flags->mib, "Memory to read, in MiB; at most half of what is free")
      ->check(CLI::Range(64, 1 << 20))
      ->capture_default_str();
  command->add_option("--slice-ms", flags->slice_ms, "Time of one measurement")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->footer(
      "\nThe ceilings that 'rbee bench' shows beside its figures. A busy machine shows what is left of it.\n\n"
      "Example:\n  rbee-hive peaks --json");
  command->callback(
      [&invocation, flags] { invocation.command = [flags](Hive& hive) { return show_peaks(hive, *flags); }; });
}

}  // namespace rbee::hive
