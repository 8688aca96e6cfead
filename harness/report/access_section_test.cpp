// The section "Access" of a report, with rows and without.
#include "harness/report/access_section.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/access/example_table.hpp"
#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(AccessSection, IsLeftOutWhereNothingWasRecorded) {
  EXPECT_EQ(access_section_html({}), "");
  EXPECT_EQ(access_section_markdown({}), "");
}

TEST(AccessSection, StandsInBothReportsWithEveryRow) {
  Example example = example_run();
  example.run.access = example_table().rows;
  const std::string html = render_html(example.run, example.analysis);
  const std::string markdown = render_markdown(example.run, example.analysis);
  EXPECT_THAT(html, HasSubstr("<h2 id=\"access-title\">Access</h2>"));
  EXPECT_THAT(markdown, HasSubstr("<details><summary>Access</summary>"));
  for (const AccessRow& row : example.run.access) {
    EXPECT_THAT(html, HasSubstr("<bdi>" + row.name + "</bdi>"));
    EXPECT_THAT(markdown, HasSubstr("| " + row.name + " |"));
  }
  EXPECT_THAT(html, HasSubstr("<bdi>leak (as it must)</bdi>"));
  EXPECT_THAT(html, HasSubstr("<bdi>GPU-a, GPU-b</bdi>"));
}

TEST(AccessSection, SaysWhatOfSharedMemoryWasTried) {
  const std::vector<AccessRow> rows = example_table().rows;
  EXPECT_EQ(sharing_text(rows[0]), "IPC refused with CUDA_ERROR_INVALID_DEVICE (101): GPU-b");
  EXPECT_EQ(sharing_text(rows[3]), "");
  EXPECT_THAT(access_section_html(rows), HasSubstr("<br><bdi>IPC opened: GPU-a GPU-b; P2P possible between 2 of 2 pairs"));
  AccessRow mixed = rows[0];
  mixed.ipc.push_back({"GPU-c", "GPU-a", "cuIpcOpenMemHandle", "CUDA_SUCCESS", 0});
  mixed.ipc.push_back({"GPU-d", "GPU-a", "cuDevicePrimaryCtxRetain", "CUDA_ERROR_OUT_OF_MEMORY", 2});
  EXPECT_EQ(sharing_text(mixed),
            "IPC not tried, cuDevicePrimaryCtxRetain says CUDA_ERROR_OUT_OF_MEMORY (2): GPU-d; IPC opened: GPU-c; IPC refused "
            "with CUDA_ERROR_INVALID_DEVICE (101): GPU-b");
}

TEST(AccessSection, AnEnginesWordsCantBreakThePage) {
  const std::vector<AccessRow> rows = {example_row("a|b", "docker:none", AccessVerdict::fail, false, "<script>x</script>")};
  EXPECT_THAT(access_section_html(rows), Not(HasSubstr("<script>")));
  EXPECT_THAT(access_section_markdown(rows), HasSubstr("a\\|b"));
  EXPECT_THAT(access_section_markdown(rows), Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace cuparity
