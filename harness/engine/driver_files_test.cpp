#include "harness/engine/driver_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// A folder with made-up device nodes and driver libraries.
class DriverFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(root_);
    fs::create_directories(root_ / "dev");
    fs::create_directories(root_ / "lib");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& path, const std::string& text = "x") {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void install_driver(const std::string& folder, const std::string& version) {
    for (const char* name : {"libcuda.so", "libnvidia-ml.so"}) {
      write(fs::path(folder) / (std::string(name) + "." + version));
      fs::create_symlink(std::string(name) + "." + version, root_ / folder / (std::string(name) + ".1"));
    }
  }
  DriverFiles find(const std::vector<std::string>& folders) {
    std::vector<fs::path> paths;
    for (const auto& folder : folders) paths.push_back(root_ / folder);
    return find_driver_files(root_ / "dev", paths);
  }

  const fs::path root_ = fs::path(testing::TempDir()) / "cuparity_driver_files_test";
};

TEST_F(DriverFilesTest, ListsGpusInNumberOrderThenControlNodes) {
  for (const char* node :
       {"nvidia10", "nvidia2", "nvidia-uvm", "nvidiactl", "nvidia-modeset", "nvidia-uvm-tools", "null"}) {
    write(fs::path("dev") / node);
  }
  fs::create_directories(root_ / "dev/nvidia-caps");
  std::vector<std::string> names;
  for (const fs::path& node : find({"lib"}).device_nodes) names.push_back(node.filename());
  EXPECT_THAT(names, ElementsAre("nvidia2", "nvidia10", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"));
}

TEST_F(DriverFilesTest, TakesTheFirstFoldersLibrariesByTheirRealFiles) {
  install_driver("first", "580.1");
  install_driver("second", "570.9");
  write("first/libnvidia-gpucomp.so.580.1");
  write("second/libnvidia-gpucomp.so.570.9");
  const DriverFiles files = find({"first", "second"});
  EXPECT_EQ(files.libraries.at("libcuda.so.1").filename(), "libcuda.so.580.1");
  EXPECT_EQ(files.libraries.at("libnvidia-ml.so.1").filename(), "libnvidia-ml.so.580.1");
  EXPECT_EQ(files.libraries.count("libnvidia-gpucomp.so.580.1"), 1u);
  EXPECT_EQ(files.libraries.count("libnvidia-gpucomp.so.570.9"), 0u) << "another driver's";
}

TEST_F(DriverFilesTest, PassesOverEmptyFilesAndStubs) {
  write("empty/libcuda.so.1", "");
  write("cuda/lib64/stubs/libcuda.so.1");
  install_driver("real", "580.1");
  EXPECT_EQ(find({"empty", "cuda/lib64/stubs", "real"}).libraries.at("libcuda.so.1").filename(),
            "libcuda.so.580.1");
}

TEST_F(DriverFilesTest, SaysWhatIsMissing) {
  EXPECT_THAT(find({"lib"}).missing(), HasSubstr("no /dev/nvidia0"));
  write("dev/nvidia0");
  EXPECT_THAT(find({"lib"}).missing(), HasSubstr("no /dev/nvidiactl"));
  write("dev/nvidiactl");
  EXPECT_THAT(find({"lib"}).missing(), HasSubstr("nvidia-modprobe -u"));
  write("dev/nvidia-uvm");
  EXPECT_THAT(find({"lib"}).missing(), HasSubstr("libcuda.so.1 was not found"));
  install_driver("lib", "580.1");
  EXPECT_EQ(find({"lib"}).missing(), "");
}

}  // namespace
}  // namespace cuparity
