#include "program_run.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include "base/child_process.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "temporary_folder.h"

namespace rbee::e2e {
namespace {

constexpr std::chrono::minutes kRunDeadline{2}, kConditionDeadline{1};
constexpr std::chrono::milliseconds kPoll{10};
constexpr std::uint64_t kOutputBytesMax = 64 << 20;

FileDescriptor output_file(const std::filesystem::path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

}  // namespace

ProgramResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment,
                          const std::function<bool(const ProgramResult&)>& signal_when, int signal) {
  const TemporaryFolder folder;
  const std::filesystem::path out = folder.path() / "out", err = folder.path() / "err";
  const FileDescriptor out_fd = output_file(out), err_fd = output_file(err);
  const ProcessIdentity child = start_process({program, arguments, environment, -1, out_fd.get(), err_fd.get()});
  const auto deadline = std::chrono::steady_clock::now() + kRunDeadline;
  ProgramResult result;
  const auto read_outputs = [&] {
    result.out = read_file(out, kOutputBytesMax);
    result.err = read_file(err, kOutputBytesMax);
  };
  bool signalled = false;
  std::optional<ExitStatus> status;
  while (!(status = poll_child(child.pid))) {
    if (std::chrono::steady_clock::now() >= deadline) signal_process(child, SIGKILL);
    if (signal_when && !signalled) {
      read_outputs();
      if (signal_when(result)) signalled = signal_process(child, signal);
    }
    std::this_thread::sleep_for(kPoll);
  }
  read_outputs();
  result.code = status->signal != 0 ? 128 + status->signal : status->code;
  return result;
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kConditionDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

}  // namespace rbee::e2e
