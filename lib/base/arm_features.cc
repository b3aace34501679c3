#include "base/arm_features.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>

#include <cstddef>
#endif

namespace rbee {
#if defined(__aarch64__) && defined(__APPLE__)  // not tested on a Mac
namespace {

bool has_feature(const char* name) {
  int has = 0;
  std::size_t bytes = sizeof has;
  return ::sysctlbyname(name, &has, &bytes, nullptr, 0) == 0 && has != 0;
}

}  // namespace
#endif

bool has_arm_dotprod() {
#if defined(__aarch64__) && defined(__linux__)
  constexpr unsigned long kAsimdDotProducts = 1UL << 20;
  return (::getauxval(AT_HWCAP) & kAsimdDotProducts) != 0;
#elif defined(__aarch64__) && defined(__APPLE__)
  return has_feature("hw.optional.arm.FEAT_DotProd");
#else
  return false;
#endif
}

bool has_arm_i8mm() {
#if defined(__aarch64__) && defined(__linux__)
  constexpr unsigned long kInt8MatrixProducts = 1UL << 13;
  return (::getauxval(AT_HWCAP2) & kInt8MatrixProducts) != 0;
#elif defined(__aarch64__) && defined(__APPLE__)
  return has_feature("hw.optional.arm.FEAT_I8MM");
#else
  return false;
#endif
}

}  // namespace rbee
