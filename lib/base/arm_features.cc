#include "base/arm_features.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>

#include <cstddef>
#endif

namespace rbee {

bool has_arm_dotprod() {
#if defined(__aarch64__) && defined(__linux__)
  constexpr unsigned long kAsimdDotProducts = 1UL << 20;
  return (::getauxval(AT_HWCAP) & kAsimdDotProducts) != 0;
#elif defined(__aarch64__) && defined(__APPLE__)  // not tested on a Mac
  int has = 0;
  std::size_t bytes = sizeof has;
  return ::sysctlbyname("hw.optional.arm.FEAT_DotProd", &has, &bytes, nullptr, 0) == 0 && has != 0;
#else
  return false;
#endif
}

}  // namespace rbee
