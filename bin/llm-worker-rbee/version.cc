#include "worker_config.h"

namespace rbee::worker {

std::string version() {
  return RBEE_VERSION;
}

}  // namespace rbee::worker
