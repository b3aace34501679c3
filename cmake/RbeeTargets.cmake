# Compile options that every rbee target shares, and the helpers that declare libraries, tests and fuzzers.

find_program(RBEE_CCACHE ccache)
if(RBEE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${RBEE_CCACHE}")
endif()

add_library(rbee_options INTERFACE)
target_compile_options(rbee_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  # Designated initializers leave members at their defaults on purpose.
  -Wno-missing-field-initializers
  # g++ 12 sees overlaps inside std::string that are not there (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # Explicit fma only: the compiler must not fuse a*b+c by itself, or results would change with optimisation.
  -ffp-contract=off
  -fstack-protector-strong)
target_compile_definitions(rbee_options INTERFACE _GLIBCXX_ASSERTIONS)
# clang 14 and 15 know C++20's coroutines, but do not say so in the word that libstdc++ 12 and Asio look for; libc++ 14
# has them in <experimental/coroutine>.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  if(CMAKE_CXX_FLAGS MATCHES "-stdlib=libc\\+\\+")
    target_compile_options(rbee_options INTERFACE -fcoroutines-ts)
  else()
    target_compile_definitions(rbee_options INTERFACE __cpp_impl_coroutine=201902L)
  endif()
endif()
target_include_directories(rbee_options INTERFACE "${PROJECT_SOURCE_DIR}/lib")
target_link_libraries(rbee_options INTERFACE Threads::Threads)
if(RBEE_SANITIZE)
  target_compile_definitions(rbee_options INTERFACE RBEE_SANITIZED)
  target_compile_options(rbee_options INTERFACE
    -fsanitize=${RBEE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1
    # g++ 12 takes what the sanitizers insert for reads of uninitialized variables.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>)
  target_link_options(rbee_options INTERFACE -fsanitize=${RBEE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    # What it writes before a function does not go together with coroutines: "difference across sections".
    target_compile_options(rbee_options INTERFACE -fno-sanitize=function)
  endif()
endif()
if(RBEE_FUZZ)
  # What leads fuzz targets; not where the directory says that it has no parsers, it makes code slow and large.
  target_compile_options(rbee_options INTERFACE
    $<$<NOT:$<BOOL:$<TARGET_PROPERTY:RBEE_NO_PARSERS>>>:-fsanitize=fuzzer-no-link>)
  target_link_options(rbee_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# rbee_library(NAME SOURCES ... DEPS ...): a static library `rbee_NAME`; DEPS are public.
function(rbee_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(rbee_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(rbee_${name} PUBLIC rbee_options ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  set_target_properties(rbee_${name} PROPERTIES RBEE_NO_PARSERS "${RBEE_NO_PARSERS}")
endfunction()

# What `make tsan` builds: the test programs with the label `concurrency`; what `make fuzz` builds: the fuzz targets.
add_custom_target(rbee_concurrency_tests)
add_custom_target(rbee_fuzzers)

# rbee_test(NAME SOURCES ... DEPS ... [LABELS ...] [TIMEOUT seconds]): a GoogleTest program `NAME`, registered with ctest
# as one test. Tests find their data under ${RBEE_TEST_DATA} (tests/data). Labels: `concurrency` also runs under
# ThreadSanitizer; `long` does not run under sanitizers; `style` are the checks of the source tree.
function(rbee_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT RBEE_TESTS OR (RBEE_SANITIZE AND "long" IN_LIST ARG_LABELS))
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 900)
  endif()
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main rbee_options)
  target_compile_definitions(${name} PRIVATE RBEE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
    RBEE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # Test files name their local functions alike: one by one. Test code need not be fast; the libraries under test keep
  # their optimisation.
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  if(RBEE_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
  if(CMAKE_CROSSCOMPILING AND RBEE_QEMU_FILTER_${name})
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "GTEST_FILTER=${RBEE_QEMU_FILTER_${name}}")
  endif()
  if("concurrency" IN_LIST ARG_LABELS)
    add_dependencies(rbee_concurrency_tests ${name})
  endif()
endfunction()

# rbee_fuzzer(NAME SOURCES ... DEPS ... [CORPUS dir...]): a libFuzzer program, built only with RBEE_FUZZ, and a ctest test
# that runs it for FUZZ_SECONDS (environment) on the inputs under CORPUS; without CORPUS, under seeds/NAME or seeds/
# beside its CMakeLists.txt where there is one. A dictionary NAME.dict, or else the folder's only *.dict, is used too.
function(rbee_fuzzer name)
  if(NOT RBEE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;CORPUS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} rbee_options)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
  add_dependencies(rbee_fuzzers ${name})
  set(corpus ${ARG_CORPUS})
  foreach(seeds IN ITEMS seeds/${name} seeds)
    if(NOT corpus AND IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/${seeds}")
      set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/${seeds}")
    endif()
  endforeach()
  file(GLOB dictionary CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.dict")
  if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${name}.dict")
    set(dictionary "${CMAKE_CURRENT_SOURCE_DIR}/${name}.dict")
  endif()
  list(LENGTH dictionary dictionaries)
  if(dictionaries EQUAL 1)
    list(PREPEND corpus "-dict=${dictionary}")
  endif()
  add_test(NAME fuzz.${name} COMMAND "${PROJECT_SOURCE_DIR}/tests/fuzz/run_fuzzer.sh" $<TARGET_FILE:${name}> ${corpus}
           WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz)
endfunction()
