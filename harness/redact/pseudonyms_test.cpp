#include "harness/redact/pseudonyms.hpp"

#include <gtest/gtest.h>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

constexpr const char* one = "00000000-1111-2222-3333-444444444444";
constexpr const char* two = "8a1b2c3d-1111-2222-3333-444444444444";

TEST(Pseudonyms, TheSameDeviceKeepsItsName) {
  Pseudonyms pseudonyms;
  EXPECT_EQ(pseudonyms.name({UuidKind::gpu, one}), "gpu-1");
  EXPECT_EQ(pseudonyms.name({UuidKind::gpu, two}), "gpu-2");
  EXPECT_EQ(pseudonyms.name({UuidKind::bare, one}), "gpu-1");
  EXPECT_EQ(pseudonyms.name({UuidKind::gpu, "8A1B2C3D"}), "gpu-2");
  EXPECT_EQ(pseudonyms.name({UuidKind::mig, "99999999-1111-2222-3333-444444444444"}), "mig-1");
}

TEST(Pseudonyms, AnEarlierPublicationIsContinued) {
  Pseudonyms first;
  first.name({UuidKind::gpu, one});
  const nlohmann::json kept = first.to_json();
  EXPECT_EQ(kept.dump().find(one), std::string::npos);
  Pseudonyms second(kept);
  EXPECT_EQ(second.name({UuidKind::gpu, two}), "gpu-2");
  EXPECT_EQ(second.name({UuidKind::gpu, one}), "gpu-1");
  EXPECT_EQ(second.to_json().size(), 2U);
}

TEST(Pseudonyms, BrokenFilesAreRefused) {
  EXPECT_THROW(Pseudonyms(nlohmann::json::array()), UsageError);
  EXPECT_THROW(Pseudonyms(nlohmann::json{{"gpu", "x"}}), UsageError);
  EXPECT_THROW(Pseudonyms(nlohmann::json{{"gpu-1x", "x"}}), UsageError);
}

}  // namespace
}  // namespace cuparity
