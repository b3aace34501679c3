#include "base/process_info.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

#include <unistd.h>

#if defined(__linux__)
#include <poll.h>
#include <sys/syscall.h>
#elif defined(__APPLE__)
#include <libproc.h>
#include <sys/sysctl.h>
#endif

#include "base/error.h"
#include "base/file_descriptor.h"

namespace rbee {
namespace {

constexpr std::chrono::milliseconds kGonePoll{10};

struct ProcessStat {
  char state = 'X';
  std::uint64_t start_time = 0;
};

#if defined(__linux__)

std::optional<ProcessStat> read_stat(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(in, text, '\0')) return std::nullopt;
  // Field 2 is the program's name in parentheses and may itself hold spaces and parentheses (proc(5)).
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  ProcessStat stat;
  fields >> stat.state;
  std::string skipped;
  for (int field = 4; field <= 21; ++field) fields >> skipped;
  if (!(fields >> stat.start_time)) return std::nullopt;
  return stat;
}

std::string boot_id() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(in, id);
  return id;
}

FileDescriptor open_pidfd(int pid) {
  return FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

#elif defined(__APPLE__)  // not tested on a Mac

std::optional<ProcessStat> read_stat(int pid) {
  int name[4] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, pid};
  struct kinfo_proc info {};
  std::size_t size = sizeof info;
  if (::sysctl(name, 4, &info, &size, nullptr, 0) != 0 || size == 0) return std::nullopt;
  const timeval& start = info.kp_proc.p_starttime;
  return ProcessStat{info.kp_proc.p_stat == SZOMB ? 'Z' : 'R',
                     static_cast<std::uint64_t>(start.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(start.tv_usec)};
}

std::string boot_id() {
  return "";
}  // the start time is absolute there

#endif

bool is_same_running(const ProcessIdentity& process, const std::optional<ProcessStat>& stat) {
  return stat && stat->start_time == process.start_time && stat->state != 'Z' && stat->state != 'X';
}

}  // namespace

ProcessIdentity identify_process(int pid) {
  const std::optional<ProcessStat> stat = read_stat(pid);
  return {pid, stat ? stat->start_time : 0, boot_id()};
}

bool is_alive(const ProcessIdentity& process) {
  if (process.pid <= 0 || process.start_time == 0 || process.boot_id != boot_id()) return false;
  return is_same_running(process, read_stat(process.pid));
}

std::optional<std::chrono::seconds> process_age(const ProcessIdentity& process) {
  if (!is_alive(process)) return std::nullopt;
#if defined(__linux__)
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const auto started = static_cast<std::int64_t>(process.start_time / ticks_per_second);
  return std::chrono::seconds(std::max<std::int64_t>(0, now.tv_sec - started));
#else
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now - std::chrono::microseconds(process.start_time));
#endif
}

ProcessMemory process_memory_of(int pid) {
#if defined(__linux__)
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  ProcessMemory memory{};
  for (std::string line; std::getline(in, line);) {
    std::uint64_t* field = line.starts_with("VmRSS:")   ? &memory.resident_bytes
                           : line.starts_with("VmHWM:") ? &memory.resident_peak_bytes
                                                        : nullptr;
    if (field != nullptr) *field = std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return memory;
#else
  struct proc_taskinfo info {};
  if (::proc_pidinfo(pid, PROC_PIDTASKINFO, 0, &info, sizeof info) != sizeof info) return {};
  return {info.pti_resident_size, info.pti_resident_size};
#endif
}

bool signal_process(const ProcessIdentity& process, int signal) {
#if defined(__linux__)
  // The descriptor holds on to one process; the start time is compared after it is open, so a pid that is reused in
  // between is not hit.
  const FileDescriptor pidfd = open_pidfd(process.pid);
  if (!is_alive(process)) return false;
  const int result = pidfd.valid() ? static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0))
                                   : ::kill(process.pid, signal);
#else
  if (!is_alive(process)) return false;
  const int result = ::kill(process.pid, signal);
#endif
  if (result == 0) return true;
  if (errno == ESRCH) return false;
  fail(ErrorKind::kIo, "cannot signal process {}: {}", process.pid, std::strerror(errno));
}

bool wait_until_gone(const ProcessIdentity& process, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
#if defined(__linux__)
  const FileDescriptor pidfd = open_pidfd(process.pid);
#endif
  while (is_alive(process)) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds(0)) return false;
#if defined(__linux__)
    if (pidfd.valid()) {
      pollfd waiting{pidfd.get(), POLLIN, 0};
      ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1000)));
      continue;
    }
#endif
    std::this_thread::sleep_for(std::min(left, kGonePoll));
  }
  return true;
}

int own_pid() {
  return ::getpid();
}

}  // namespace rbee
