#pragma once
// What an Arm processor has beyond its architecture's base.

namespace rbee {

/// True when this machine is of aarch64 and has the dot products of bytes, FEAT_DotProd, and the system lets programs
/// use them. Sources: Linux, Documentation/arch/arm64/elf_hwcaps.rst (HWCAP_ASIMDDP); macOS, "Determining instruction
/// set characteristics" (hw.optional.arm.FEAT_DotProd).
bool has_arm_dotprod();

/// Likewise the matrix products of bytes, FEAT_I8MM (HWCAP2_I8MM; hw.optional.arm.FEAT_I8MM).
bool has_arm_i8mm();

}  // namespace rbee
