# cuparity_target(NAME): include root, warnings and sanitizers, the same for every target of ours.
function(cuparity_target name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wnon-virtual-dtor>)
  if(CUPARITY_SANITIZE)
    target_compile_options(${name} PRIVATE
      $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${CUPARITY_SANITIZE} -fno-omit-frame-pointer>)
    target_link_options(${name} PUBLIC -fsanitize=${CUPARITY_SANITIZE})
  endif()
endfunction()

# cuparity_compile_quickly(NAME): for code that waits for others most of its time, -O1 instead of Release's -O3 takes
# a quarter off the first build.
function(cuparity_compile_quickly name)
  target_compile_options(${name} PRIVATE $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-O1>)
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
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
