# Headers compile alone: one object per header of lib/ and bin/, which includes it twice and nothing else.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
     "${PROJECT_SOURCE_DIR}/lib/*.h" "${PROJECT_SOURCE_DIR}/bin/*.h")
# Vectors of another processor have no header of their own here.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  list(FILTER headers EXCLUDE REGEX "/kernels/[a-z0-9_]*avx[a-z0-9_]*\\.h$")
else()
  list(FILTER headers EXCLUDE REGEX "/kernels/[a-z0-9_]*neon[a-z0-9_]*\\.h$")
endif()
set(header_sources)
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER "${header}" name)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.cc")
  file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"@header@\"\n#include \"@header@\"\n" @ONLY)
  list(APPEND header_sources "${source}")
  if(header MATCHES "avx2")  # clang lets assembly name no register that the processor lacks
    set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS "-mavx2;-mfma;-mf16c;-fno-modules;-Wno-unused-command-line-argument")
  endif()
endforeach()
file(GLOB programs LIST_DIRECTORIES ON "${PROJECT_SOURCE_DIR}/bin/*")

add_library(header_check OBJECT ${header_sources})
target_include_directories(header_check PRIVATE "${PROJECT_SOURCE_DIR}" ${programs})
target_link_libraries(header_check PRIVATE rbee_options)
# Without -m flags, vector types pass by another convention; nothing here is ever linked.
target_compile_options(header_check PRIVATE -Wno-psabi)
target_compile_definitions(header_check PRIVATE RBEE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
