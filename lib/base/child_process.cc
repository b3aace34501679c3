#include "base/child_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/error.h"

namespace rbee {
namespace {

constexpr int kFirstClosed = 3;

class FileActions {
 public:
  FileActions() { check(::posix_spawn_file_actions_init(&actions_)); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void connect(int source, int target, int null_flags) {
    check(source < 0 ? ::posix_spawn_file_actions_addopen(&actions_, target, "/dev/null", null_flags, 0)
                     : ::posix_spawn_file_actions_adddup2(&actions_, source, target));
  }
  void change_folder(const std::string& folder) {
    if (!folder.empty()) check(::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()));
  }
  void close_the_rest() {
#if defined(__linux__)
    check(::posix_spawn_file_actions_addclosefrom_np(&actions_, kFirstClosed));
#endif
  }
  const posix_spawn_file_actions_t* get() const {
    return &actions_;
  }

 private:
  static void check(int error) {
    if (error != 0) fail(ErrorKind::kIo, "cannot prepare a child process: {}", std::strerror(error));
  }
  posix_spawn_file_actions_t actions_;
};

class Attributes {
 public:
  explicit Attributes(ProcessSpec::Session session) {
    if (::posix_spawnattr_init(&attributes_) != 0) fail(ErrorKind::kIo, "cannot prepare a child process");
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (session == ProcessSpec::Session::kNew) flags |= POSIX_SPAWN_SETSID;
#if defined(__APPLE__)
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;  // the counterpart of close_the_rest(); not tested on a Mac
#endif
    ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
  }
  ~Attributes() {
    ::posix_spawnattr_destroy(&attributes_);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const {
    return &attributes_;
  }

 private:
  posix_spawnattr_t attributes_;
};

// The null-terminated pointer array that exec takes; it points into `texts`.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) {
    if (text.find('\0') != std::string::npos) {
      fail(ErrorKind::kBadRequest, "an argument of a program may not hold a NUL byte");
    }
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

ExitStatus to_exit_status(int status) {
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

std::optional<ExitStatus> wait_for(int pid, int flags) {
  int status = 0;
  int result = 0;
  do {
    result = ::waitpid(pid, &status, flags);
  } while (result < 0 && errno == EINTR);
  if (result < 0) fail(ErrorKind::kIo, "cannot wait for process {}: {}", pid, std::strerror(errno));
  if (result == 0) return std::nullopt;
  return to_exit_status(status);
}

}  // namespace

std::string ExitStatus::text() const {
  if (signal != 0) return fmt::format("signal {} ({})", signal, ::strsignal(signal));
  return fmt::format("exit code {}", code);
}

ProcessIdentity start_process(const ProcessSpec& spec) {
  std::vector<std::string> arguments{spec.program};
  arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
  std::vector<std::string> environment = spec.environment;
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(environment);

  FileActions actions;
  actions.connect(spec.input, STDIN_FILENO, O_RDONLY);
  actions.connect(spec.output, STDOUT_FILENO, O_WRONLY);
  actions.connect(spec.errors, STDERR_FILENO, O_WRONLY);
  actions.change_folder(spec.folder);
  actions.close_the_rest();
  const Attributes attributes(spec.session);

  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, spec.program.c_str(), actions.get(), attributes.get(), argv.data(), envp.data());
  if (error == ENOENT) {
    fail(ErrorKind::kNotFound, "{}: no such program{}", spec.program,
         spec.folder.empty() ? "" : fmt::format(", or no folder {}", spec.folder));
  }
  if (error != 0) fail(ErrorKind::kIo, "{}: cannot start: {}", spec.program, std::strerror(error));
  // The child cannot vanish before it is waited for: a zombie still has its start time.
  return identify_process(pid);
}

std::optional<ExitStatus> poll_child(int pid) {
  return wait_for(pid, WNOHANG);
}

ExitStatus wait_child(int pid) {
  return *wait_for(pid, 0);
}

}  // namespace rbee
