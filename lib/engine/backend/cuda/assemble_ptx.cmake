# A test: clang++ makes PTX of the kernels, and NVIDIA's assembler takes it for every architecture; both where they are
# installed. cmake -DCLANG=clang++ -DPTXAS=ptxas -DSOURCE=all_kernels.cu -DINCLUDE=lib -DOUTPUT=folder -P assemble_ptx.cmake
foreach(program IN ITEMS CLANG PTXAS)
  if(NOT ${program})
    message("skipped: ${program} is not installed")
    return()
  endif()
endforeach()
execute_process(COMMAND "${CLANG}" -x cuda -std=c++17 -O3 -ffp-contract=off -Wall -Wextra -Werror -Wno-unknown-cuda-version
  "-I${INCLUDE}" --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_80 -Xclang -target-feature -Xclang +ptx71 -S
  "${SOURCE}" -o "${OUTPUT}/assembled.ptx" COMMAND_ERROR_IS_FATAL ANY)
foreach(architecture IN ITEMS sm_80 sm_90)
  execute_process(COMMAND "${PTXAS}" -arch=${architecture} "${OUTPUT}/assembled.ptx" -o "${OUTPUT}/assembled.cubin"
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
message("assembled")
