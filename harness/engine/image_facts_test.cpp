// What engines answered to `image inspect`: recorded_images.json names the source of each; IDs are replaced.
#include "harness/engine/image_facts.hpp"

#include <gtest/gtest.h>

#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

class RecordedImage : public testing::TestWithParam<nlohmann::json> {};

TEST_P(RecordedImage, IsRead) {
  const auto facts = read_image_facts(GetParam()["digests"]);
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->id, GetParam()["id"].get<std::string>());
  EXPECT_EQ(facts->digest, GetParam()["digest"].get<std::string>());
  EXPECT_FALSE(read_image_facts(GetParam()["absent"]).has_value());
}

INSTANTIATE_TEST_SUITE_P(Answers, RecordedImage,
                         testing::ValuesIn(read_json_file(CUPARITY_RECORDED_IMAGES).get<std::vector<nlohmann::json>>()),
                         [](const testing::TestParamInfo<nlohmann::json>& test) {
                           return test.param["name"].get<std::string>();
                         });

}  // namespace
}  // namespace cuparity
