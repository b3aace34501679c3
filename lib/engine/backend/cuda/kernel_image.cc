// The assembler takes the image in: the compiler would need minutes for megabytes of numbers.

#include "engine/backend/cuda/kernel_image.h"

#if defined(__APPLE__)
#error "NVIDIA has no driver for Apple's systems"
#endif

asm(R"(
  .section .rodata
  .balign 64
rbee_kernel_image_begin:
  .incbin ")" RBEE_KERNEL_IMAGE R"("
rbee_kernel_image_end:
  .byte 0
  .previous
)");

extern "C" {
extern const std::byte rbee_kernel_image_begin[] __attribute__((visibility("hidden")));
extern const std::byte rbee_kernel_image_end[] __attribute__((visibility("hidden")));
}

namespace rbee::engine::cuda {

CudaKernels kernel_image() {
  return {.image = {rbee_kernel_image_begin, rbee_kernel_image_end}, .driver_min = RBEE_KERNEL_DRIVER};
}

}  // namespace rbee::engine::cuda
