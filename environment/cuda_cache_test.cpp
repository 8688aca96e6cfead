#include "environment/cuda_cache.hpp"

#include <gtest/gtest.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

TEST(CudaCache, IsWritableWhereTheNearestExistingFolderIs) {
  FakeRoot root;
  root.write("home/someone/file");
  const CudaCache cache = cuda_cache(root.path(), {{"HOME", "/home/someone"}});
  EXPECT_EQ(cache.path, "/home/someone/.nv/ComputeCache");
  EXPECT_EQ(cache.state, "writable");
}

TEST(CudaCache, TheVariableStandsBeforeTheHome) {
  FakeRoot root;
  EXPECT_EQ(cuda_cache(root.path(), {{"HOME", "/h"}, {"CUDA_CACHE_PATH", "/cache"}}).path, "/cache");
}

TEST(CudaCache, SaysWhyItCannotBeUsed) {
  FakeRoot root;
  root.write("home", "a file");
  EXPECT_EQ(cuda_cache(root.path(), {{"HOME", "/home"}}).state, "/home is no folder");
  EXPECT_EQ(cuda_cache(root.path(), {}).state, "no folder: neither CUDA_CACHE_PATH nor HOME is set");
  EXPECT_EQ(cuda_cache(root.path(), {{"CUDA_CACHE_DISABLE", "1"}}).state,
            "switched off by CUDA_CACHE_DISABLE");
}

}  // namespace
}  // namespace cuparity::environment
