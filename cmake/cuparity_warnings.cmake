# cuparity_target(NAME): include root, warnings, sanitizers and paths, the same for every target of ours. Where somebody
# built is not in the programs: assertions and GoogleTest name files from the sources' root on.
function(cuparity_target name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wnon-virtual-dtor>
    # Of one file's names only: in a unity build the names of other files stand above.
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>>:-Wshadow>
    # GCC 12's own, on std::string's operator+ (GCC bug 105651).
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    $<$<COMPILE_LANGUAGE:CXX>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>
    $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>)
  if(CUPARITY_SANITIZE)
    target_compile_options(${name} PRIVATE
      $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${CUPARITY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer>)
    target_link_options(${name} PUBLIC -fsanitize=${CUPARITY_SANITIZE})
  endif()
endfunction()

# cuparity_compile_quickly(NAME): for code that waits for others most of its time, -O1 instead of Release's -O3 takes
# a quarter off the first build.
function(cuparity_compile_quickly name)
  target_compile_options(${name} PRIVATE $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-O1>)
endfunction()

# cuparity_compile_apart(NAME): what is measured, what measures, and tests are compiled file by file in every preset.
function(cuparity_compile_apart name)
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
endfunction()

# cuparity_add_test(NAME SOURCE... LIBRARIES lib...): one GoogleTest program, one CTest entry.
function(cuparity_add_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT CUPARITY_TESTS)
    return()
  endif()
  find_package(GTest REQUIRED)
  add_executable(${name} ${arg_SOURCES})
  cuparity_target(${name})
  cuparity_compile_quickly(${name})
  cuparity_compile_apart(${name})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
