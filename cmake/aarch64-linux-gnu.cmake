# Toolchain: Debian's cross compiler for 64-bit Arm, its programs run by qemu-user (packages g++-aarch64-linux-gnu, qemu-user).
# QEMU_CPU in the environment chooses the processor; without it qemu has every extension that it knows.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64;-L;/usr/aarch64-linux-gnu")
# Libraries of this machine are of no use there: cmake/cross makes what is needed from headers and sources.
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}/cross")
