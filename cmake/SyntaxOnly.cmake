# RBEE_SYNTAX_ONLY: the compiler reads every source file and every header by itself, with all warnings, and nothing is
# built: each object, library and program is an empty file. That is how the tree is checked with a second compiler and a
# second standard library in a fraction of the time of a build.
option(RBEE_SYNTAX_ONLY "Let the compiler check each file and build nothing (clang only)" OFF)
if(NOT RBEE_SYNTAX_ONLY)
  return()
endif()

set(CMAKE_CXX_COMPILER_LAUNCHER "")
set(CMAKE_CXX_COMPILE_OBJECT "<CMAKE_CXX_COMPILER> <DEFINES> <INCLUDES> <FLAGS> -fsyntax-only <SOURCE>" "touch <OBJECT>")
set(CMAKE_CXX_CREATE_STATIC_LIBRARY "touch <TARGET>")
set(CMAKE_CXX_CREATE_SHARED_LIBRARY "touch <TARGET>")
set(CMAKE_CXX_CREATE_SHARED_MODULE "touch <TARGET>")
set(CMAKE_CXX_LINK_EXECUTABLE "touch <TARGET>")

# The standard library's headers, and others' that cost most, are read once and kept as modules. A file still sees only
# what it includes: clang says "must be imported" for the rest. libc++ 14 brings a module map; libstdc++ 12 has none.
set(modules "")
function(rbee_header_module name)
  foreach(header IN LISTS ARGN)
    find_file(found "${header}" NO_CACHE)
    if(found)
      string(MAKE_C_IDENTIFIER "${header}" part)
      string(APPEND parts "  module ${part} { header \"${found}\" export * }\n")
    endif()
    unset(found)
  endforeach()
  set(modules "${modules}module ${name} {\n${parts}}\n" PARENT_SCOPE)
endfunction()
rbee_header_module(outside
  fmt/format.h
  CLI/App.hpp CLI/Config.hpp CLI/Formatter.hpp
  gtest/gtest.h gmock/gmock.h
  boost/json/fwd.hpp boost/json/value.hpp boost/json/object.hpp boost/json/array.hpp boost/json/string.hpp
  boost/json/serialize.hpp boost/json/parse.hpp boost/json/basic_parser_impl.hpp boost/json/value_stack.hpp)
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/outside.modulemap" CONTENT "@modules@" @ONLY)
add_compile_options(-fmodules "-fmodules-cache-path=${CMAKE_BINARY_DIR}/modules"
  "-fmodule-map-file=${CMAKE_BINARY_DIR}/outside.modulemap")
# Definitions that none of those headers looks at: they would each ask for modules of their own.
foreach(macro IN ITEMS
    RBEE_TEST_DATA RBEE_SOURCE_DIR RBEE_MODULE_FOLDER RBEE_VERSION RBEE_HIVE_PROGRAM RBEE_WORKER_PROGRAM
    RBEE_KEEPER_PROGRAM RBEE_HUB_STAND_IN RBEE_FAKE_WORKER RBEE_FAULT_LAYER RBEE_STAND_IN RBEE_MANAGEMENT_STAND_IN
    RBEE_EMULATED_MANAGEMENT RBEE_GOLDEN_BACKENDS RBEE_DEMO_BACKEND
    RBEE_HAS_CUDA_EMULATION RBEE_EMULATED_CUDA RBEE_OLD_MODULE_FOLDER RBEE_KERNEL_IMAGE RBEE_KERNEL_DRIVER
    FMT_SHARED GTEST_HAS_PTHREAD SPDLOG_SHARED_LIB SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB TOML_SHARED_LIB TOML_HEADER_ONLY)
  add_compile_options(-fmodules-ignore-macro=${macro})
endforeach()
