#include "base/streamed_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/units.h"

namespace rbee {
namespace {

using Sink = std::function<void(std::string_view)>;
using Steady = std::chrono::steady_clock;

constexpr int kPollMs = 50;
constexpr std::chrono::milliseconds kReapPoll{2};
constexpr std::size_t kPieceBytes = 64_KiB;
constexpr std::size_t kPipeBytesMax = 1_MiB;  // Linux: /proc/sys/fs/pipe-max-size; ours have the default of 64 KiB

struct Pipe {
  FileDescriptor read_end, write_end;
};

// Nothing survives exec but what start_process() connects.
Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) fail(ErrorKind::kIo, "cannot make a pipe: {}", std::strerror(errno));
  Pipe result{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return result;
}

// One output of the child on its way to its sink.
class Stream {
 public:
  // Replaces `descriptor` by a pipe where there is a sink.
  Stream(const Sink& sink, int& descriptor) : sink_(sink) {
    if (!sink_) return;
    pipe_ = make_pipe();
    ::fcntl(pipe_.read_end.get(), F_SETFL, O_NONBLOCK);
    descriptor = pipe_.write_end.get();
  }
  void child_started() { pipe_.write_end.close(); }
  bool open() const { return pipe_.read_end.valid(); }
  int descriptor() const { return pipe_.read_end.get(); }

  // Hands on what is there now; of what never ends, as much as a pipe can hold.
  void drain() {
    std::string buffer(kPieceBytes, '\0');
    for (std::size_t taken = 0; open() && taken < kPipeBytesMax;) {
      const ssize_t n = ::read(descriptor(), buffer.data(), buffer.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) {
        pipe_.read_end.close();
        return;
      }
      taken += static_cast<std::size_t>(n);
      sink_(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
    }
  }

 private:
  const Sink& sink_;
  Pipe pipe_;
};

// A child that does not outlive this object. It leads its process group: it was started in a new session.
class OwnedChild {
 public:
  explicit OwnedChild(const ProcessSpec& spec) : pid_(start_process(spec).pid) {}
  ~OwnedChild() {
    if (status_) return;
    signal(SIGKILL);
    wait_child(pid_);
  }
  OwnedChild(const OwnedChild&) = delete;
  OwnedChild& operator=(const OwnedChild&) = delete;

  const std::optional<ExitStatus>& poll() {
    if (!status_) status_ = poll_child(pid_);
    return status_;
  }
  // Not yet waited for, so the pid is still this child's.
  void signal(int number) const { ::kill(-pid_, number); }

 private:
  int pid_;
  std::optional<ExitStatus> status_;
};

// Asks the child to end, in steps that get ruder.
class Ending {
 public:
  Ending(const StreamedRun& run, FileDescriptor& input) : run_(run), input_(input) {}

  void advance(const OwnedChild& child) {
    if (step_ == 0 ? !(run_.ends_now && run_.ends_now()) : Steady::now() < next_at_) return;
    input_.close();
    if (step_ == 0 && run_.end_by == StreamedRun::EndBy::kSignal) ++step_;
    if (step_ == 1) child.signal(SIGTERM);
    if (step_ >= 2) child.signal(SIGKILL);
    ++step_;
    next_at_ = Steady::now() + run_.grace;
  }

 private:
  const StreamedRun& run_;
  FileDescriptor& input_;
  int step_ = 0;
  Steady::time_point next_at_;
};

void wait_for_output(const Stream& output, const Stream& errors) {
  std::array<pollfd, 2> watched{};
  nfds_t count = 0;
  for (const Stream* stream : {&output, &errors}) {
    if (stream->open()) watched.at(count++) = {stream->descriptor(), POLLIN, 0};
  }
  if (count == 0) {
    std::this_thread::sleep_for(kReapPoll);
  } else {
    ::poll(watched.data(), count, kPollMs);
  }
}

}  // namespace

ExitStatus run_streamed(ProcessSpec spec, const StreamedRun& run) {
  spec.session = ProcessSpec::Session::kNew;
  Stream output(run.on_output, spec.output), errors(run.on_errors, spec.errors);
  Pipe input;
  if (run.end_by == StreamedRun::EndBy::kClosingInput) {
    input = make_pipe();
    spec.input = input.read_end.get();
  }
  OwnedChild child(spec);
  input.read_end.close();
  output.child_started();
  errors.child_started();
  Ending ending(run, input.write_end);
  while (true) {
    const std::optional<ExitStatus> status = child.poll();
    output.drain();
    errors.drain();
    if (status) return *status;
    ending.advance(child);
    wait_for_output(output, errors);
  }
}

}  // namespace rbee
