#include <gtest/gtest.h>

#include <set>
#include <string>

#include "kernels/workload.hpp"

namespace cuparity {
namespace {

TEST(ValidationCases, HaveUniqueNamesThatStartWithTheirWorkload) {
  for (const Backend backend : {Backend::cpu, Backend::cuda})
    for (const Workload& workload : registry()) {
      std::set<std::string> names;
      for (const Case& validated : workload.validation_cases(backend)) {
        EXPECT_TRUE(names.insert(validated.name).second) << validated.name << " is there twice";
        EXPECT_EQ(validated.name.rfind(std::string(workload.name) + "/", 0), 0u) << validated.name;
        EXPECT_EQ(validated.backend, backend) << validated.name;
        EXPECT_TRUE(validated.prepare) << validated.name << " can't be prepared";
      }
    }
}

}  // namespace
}  // namespace cuparity
