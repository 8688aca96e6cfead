#include "harness/run/process_outcome.hpp"

#include <gtest/gtest.h>

namespace cuparity {
namespace {

using namespace std::chrono_literals;

ProcessResult ended(int exit_code, const std::string& output) {
  ProcessResult result;
  result.exit_code = exit_code;
  result.standard_error = output;
  return result;
}

TEST(DescribeFailure, IsOneLineThatSaysWhatHappened) {
  EXPECT_EQ(describe_failure("bench", ended(0, "fine\n"), 10s), "");
  EXPECT_EQ(describe_failure("bench", ended(4, "noise\nno GPU answers\n\n"), 10s),
            "bench ended with exit code 4: no GPU answers");
  EXPECT_EQ(describe_failure("bench", ended(139, ""), 10s),
            "bench died of signal 11 (Segmentation fault); it said nothing");
  EXPECT_EQ(describe_failure("bench",
                             ended(125,
                                   "docker: Error response from daemon: no such device.\n"
                                   "See 'docker run --help'.\n"),
                             10s),
            "the engine could not start the container: docker: Error response from daemon: no such device.");
  EXPECT_EQ(describe_failure("bench", ended(127, "not found"), 10s),
            "the program is not in the image (rebuild it with ./scripts/build-image): not found");
}

TEST(DescribeFailure, ALibraryThatCannotBeLoadedIsNoMissingProgram) {
  EXPECT_EQ(describe_failure("bench", ended(127, "bench: error while loading shared libraries: libx.so: file too short"), 10s),
            "bench can't load a library; look at LD_LIBRARY_PATH (of a cluster: module list): "
            "bench: error while loading shared libraries: libx.so: file too short");
}

TEST(DescribeFailure, NamesTheTimeLimitAndTheLastWords) {
  ProcessResult result = ended(137, "row 1\nrow 2\n");
  result.timed_out = true;
  EXPECT_EQ(
      describe_failure("bench", result, 10s),
      "bench did not end within 10 s and was killed (time_limit_seconds in the suite); last it said: row 2");
}

TEST(LastSaid, IsShort) {
  EXPECT_EQ(last_said("a\n  b  \n \n"), "b");
  EXPECT_LT(last_said(std::string(5000, 'x')).size(), 310u);
}

}  // namespace
}  // namespace cuparity
