// llm-worker-rbee: one model behind HTTP.

#include <sys/resource.h>

#include <cstdio>
#include <exception>

#include "base/error.h"
#include "base/log.h"
#include "flags.h"
#include "lifecycle.h"
#include "signals.h"

namespace {

// Every connection is a file: use what the system allows.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace rbee::worker;
  block_stop_signals();
  raise_file_limit();
  try {
    const Invocation invocation =
        parse_flags(std::vector<std::string>(argv + 1, argv + argc), rbee::Environment::of_process());
    std::fputs(invocation.out.c_str(), stdout);
    std::fputs(invocation.err.c_str(), stderr);
    if (!invocation.config) return invocation.exit_code;
    rbee::set_log_level(invocation.config->log_level);
    return run_worker(*invocation.config, rbee::engine::Engine::load);
  } catch (const rbee::Error& error) {
    rbee::log_error("{}", error.what());
    return rbee::exit_code(error.kind());
  } catch (const std::exception& error) {
    rbee::log_error("{}", error.what());
    return 1;
  }
}
