#pragma once
// The part of the CUDA driver API that is used, as values: its types and functions, found at run time in the driver's
// library. Source: NVIDIA, CUDA Driver API Reference Manual (names, signatures and numbers; the suffixes are those of
// the library's symbols).

#include <cstddef>
#include <cstdint>
#include <string>

namespace rbee::engine::cuda {

using CuResult = int;
using CuDevice = int;
using CuAddress = unsigned long long;  ///< of device memory
using CuContext = struct CuContextTag*;
using CuModule = struct CuModuleTag*;
using CuFunction = struct CuFunctionTag*;
using CuStream = struct CuStreamTag*;
using CuEvent = struct CuEventTag*;
using CuGraph = struct CuGraphTag*;
using CuGraphExec = struct CuGraphExecTag*;

// CUresult
constexpr CuResult kCuSuccess = 0, kCuInvalidValue = 1, kCuOutOfMemory = 2, kCuNoDevice = 100, kCuNotFound = 500,
                   kCuNotReady = 600;
// CUdevice_attribute
constexpr int kCuMultiprocessors = 16, kCuPciBus = 33, kCuPciDevice = 34, kCuPciDomain = 50, kCuCapabilityMajor = 75,
              kCuCapabilityMinor = 76;
constexpr unsigned kCuStreamNonBlocking = 1, kCuEventNoTiming = 2;
constexpr int kCuCaptureRelaxed = 2;

/// Every function is there once load() has returned.
struct DriverApi {
  CuResult (*init)(unsigned flags);
  CuResult (*driver_version)(int* version);  ///< 1000 * major + 10 * minor of the newest CUDA that it knows
  CuResult (*error_name)(CuResult error, const char** text);
  CuResult (*error_string)(CuResult error, const char** text);
  CuResult (*device_count)(int* count);
  CuResult (*device_get)(CuDevice* device, int ordinal);
  CuResult (*device_name)(char* name, int bytes, CuDevice device);
  CuResult (*device_attribute)(int* value, int attribute, CuDevice device);
  CuResult (*device_memory)(std::size_t* bytes, CuDevice device);
  CuResult (*context_retain)(CuContext* context, CuDevice device);
  CuResult (*context_release)(CuDevice device);
  CuResult (*context_set)(CuContext context);
  CuResult (*memory_info)(std::size_t* free, std::size_t* total);
  CuResult (*allocate)(CuAddress* address, std::size_t bytes);
  CuResult (*free)(CuAddress address);
  CuResult (*allocate_host)(void** memory, std::size_t bytes);
  CuResult (*free_host)(void* memory);
  CuResult (*copy_to_device)(CuAddress to, const void* from, std::size_t bytes, CuStream stream);
  CuResult (*copy_to_host)(void* to, CuAddress from, std::size_t bytes, CuStream stream);
  CuResult (*fill_words)(CuAddress to, unsigned word, std::size_t words, CuStream stream);
  CuResult (*load_module)(CuModule* module, const void* image);
  CuResult (*unload_module)(CuModule module);
  CuResult (*find_function)(CuFunction* function, CuModule module, const char* name);
  CuResult (*launch)(CuFunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                     unsigned block_y, unsigned block_z, unsigned shared_bytes, CuStream stream, void** arguments,
                     void** extra);
  CuResult (*create_stream)(CuStream* stream, unsigned flags);
  CuResult (*destroy_stream)(CuStream stream);
  CuResult (*query_stream)(CuStream stream);
  CuResult (*begin_capture)(CuStream stream, int mode);
  CuResult (*end_capture)(CuStream stream, CuGraph* graph);
  CuResult (*destroy_graph)(CuGraph graph);
  CuResult (*instantiate)(CuGraphExec* executable, CuGraph graph, unsigned long long flags);
  CuResult (*launch_graph)(CuGraphExec executable, CuStream stream);
  CuResult (*destroy_executable)(CuGraphExec executable);
  CuResult (*create_event)(CuEvent* event, unsigned flags);
  CuResult (*record_event)(CuEvent event, CuStream stream);
  CuResult (*query_event)(CuEvent event);
  CuResult (*destroy_event)(CuEvent event);

  /// Opens the library, which stays open until the process ends, and finds every function. Throws Error{kUnsupported}:
  /// the library is not there (names it and the linker's reason), or a function is missing (an older driver).
  static DriverApi load(const std::string& library);

  /// Throws unless the call succeeded; `what` was attempted. Error{kExhausted}: no memory; Error{kIo}: anything else,
  /// which says "was lost" when no further work on the device can succeed.
  void check(CuResult result, const char* what) const;
  /// "CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure)"
  std::string error_text(CuResult result) const;
};

/// Whether the device is of no use to this process after such an error.
bool is_lost(CuResult result);

}  // namespace rbee::engine::cuda
