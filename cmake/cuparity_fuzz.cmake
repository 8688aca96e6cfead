# cuparity_add_fuzz_target(NAME SOURCES … SEEDS …): a libFuzzer program beside the parser that it feeds; the seeds are
# copied to BUILD/seeds/NAME. Preset fuzz: Clang, with address and undefined-behaviour sanitizers.
option(CUPARITY_FUZZ "Build the fuzz targets (needs Clang)" OFF)
if(CUPARITY_FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "CUPARITY_FUZZ needs Clang's libFuzzer, the compiler is ${CMAKE_CXX_COMPILER_ID}: "
                      "cmake --preset fuzz, or -DCMAKE_CXX_COMPILER=clang++")
endif()

function(cuparity_add_fuzz_target name)
  cmake_parse_arguments(arg "" "" "SOURCES;SEEDS" ${ARGN})
  if(NOT CUPARITY_FUZZ)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  cuparity_target(${name})
  target_link_libraries(${name} PRIVATE cuparity_harness)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  file(COPY ${arg_SEEDS} DESTINATION ${CMAKE_BINARY_DIR}/seeds/${name})
endfunction()
