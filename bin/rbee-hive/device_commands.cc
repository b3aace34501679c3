// devices.

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/printable.h"
#include "base/units.h"
#include "command_line.h"
#include "disk_space.h"
#include "pool/device/cpu_device.h"
#include "pool/device/gpu_device.h"
#include "pool/ids.h"

namespace rbee::hive {
namespace {

namespace json = boost::json;

json::value gpu_document(const pool::GpuProbe& probe) {
  json::array devices;
  for (const pool::GpuDevice& gpu : probe.devices) {
    devices.push_back({{"gpu", gpu.index},
                       {"name", gpu.name},
                       {"kind", gpu.kind},
                       {"driver", gpu.driver},
                       {"memory_bytes", gpu.memory_bytes},
                       {"memory_free_bytes", gpu.memory_free_bytes}});
  }
  return {{"available", !probe.devices.empty()}, {"reason", probe.reason}, {"devices", std::move(devices)}};
}

void print_gpus(Terminal& terminal, std::string_view backend, const pool::GpuProbe& probe) {
  if (probe.devices.empty()) terminal.line(fmt::format("{}-    {}", padded(backend, 8), probe.reason));
  for (const pool::GpuDevice& gpu : probe.devices) {
    const std::string free =
        gpu.memory_free_bytes == 0 ? "" : fmt::format(", {} free", human_bytes(gpu.memory_free_bytes));
    terminal.line(fmt::format("{}{:<4} {} ({}, {}), {}{}", padded(backend, 8), gpu.index, printable(gpu.name), gpu.kind,
                              printable(gpu.driver), human_bytes(gpu.memory_bytes), free));
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

int show_devices(Hive& hive) {
  const pool::CpuDevice cpu = pool::probe_cpu();
  const pool::GpuProbe cuda = pool::probe_cuda(), vulkan = pool::probe_vulkan();
  const DiskSpace disk = disk_space(hive.paths.models);
  Terminal& terminal = hive.terminal;
  terminal.line(fmt::format("cpu     0    {}, {} of {} cores usable, {} of {} memory available", printable(cpu.model),
                            cpu.usable_cores, cpu.logical_cores, human_bytes(cpu.memory_available_bytes),
                            human_bytes(cpu.memory_bytes)));
  terminal.line(fmt::format("             {}", joined(cpu.features)));
  print_gpus(terminal, "cuda", cuda);
  print_gpus(terminal, "vulkan", vulkan);
  terminal.line(fmt::format("disk         {}: {} of {} free", disk.folder.string(), human_bytes(disk.free_bytes),
                            human_bytes(disk.total_bytes)));
  json::array features;
  for (const std::string& feature : cpu.features) features.push_back(json::string(feature));
  json::array backends{"cpu"};
  if (!cuda.devices.empty()) backends.push_back("cuda");
  if (!vulkan.devices.empty()) backends.push_back("vulkan");
  terminal.document(
      {{"backends", std::move(backends)},
       {"cpu",
        {{"model", cpu.model},
         {"features", std::move(features)},
         {"logical_cores", cpu.logical_cores},
         {"usable_cores", cpu.usable_cores},
         {"memory_bytes", cpu.memory_bytes},
         {"memory_available_bytes", cpu.memory_available_bytes}}},
       {"cuda", gpu_document(cuda)},
       {"vulkan", gpu_document(vulkan)},
       {"disk", {{"path", disk.folder.string()}, {"free_bytes", disk.free_bytes}, {"total_bytes", disk.total_bytes}}}});
  return kDone;
}

}  // namespace

void add_devices_command(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("devices", "Processor, memory, GPUs and disk of this machine");
  command->footer("\nThe second column is what --gpu takes.\n\nExample:\n  rbee-hive devices --json");
  command->callback([&invocation] { invocation.command = show_devices; });
}

}  // namespace rbee::hive
