#include "validate/access/access_tests.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "environment/nvidia_driver.hpp"
#include "environment/text_file.hpp"
#include "validate/access/device_node.hpp"
#include "validate/access/visibility.hpp"
#include "validate/registration.hpp"

namespace cuparity::validate {
namespace {

using environment::join;

/// More GPUs than any machine of one driver has nodes for in practice.
constexpr int probed_minors = 16;

void conclude(const Judgement& judgement) {
  if (judgement.state == Judgement::State::skipped) CUPARITY_SKIP(judgement.message);
  CUPARITY_EXPECT_NO_PROBLEM(judgement.state == Judgement::State::passed ? std::string() : judgement.message);
}

/// Records what each source shows, so that the lists can be compared outside as well.
void record_gpus(const Facts& facts, const std::vector<environment::KernelGpu>& kernel_gpus) {
  for (const char* key : {"gpu_uuids", "nvml_gpu_uuids", "nvidia_device_nodes"})
    if (facts.count(key) != 0) testing::Test::RecordProperty(key, facts.at(key));
  testing::Test::RecordProperty("node_gpu_uuids", join(node_uuids(facts, kernel_gpus), ","));
}

void test_counts(const Facts& facts) { conclude(judge_counts(facts)); }

void test_uuids(const Facts& facts) {
  const auto kernel_gpus = environment::kernel_driver_gpus("/");
  record_gpus(facts, kernel_gpus);
  conclude(judge_uuids(facts, kernel_gpus));
}

void test_nodes() {
  const auto gpu_nodes = environment::gpu_device_nodes(environment::nvidia_device_nodes("/"));
  if (gpu_nodes.empty()) CUPARITY_SKIP("there is no /dev/nvidia0 or other GPU node here");
  for (const NodeAccess& access : open_nodes(needed_nodes(gpu_nodes))) {
    const std::string problem = access.error == 0 ? "" : explain_open_error(access.error);
    testing::Test::RecordProperty(std::filesystem::path(access.path).filename().string(),
                                  problem.empty() ? "opens read-write" : problem);
    CUPARITY_EXPECT_NO_PROBLEM(problem.empty() ? problem
                                               : access.path + " does not open read-write: " + problem);
  }
}

void test_capabilities(const Facts& facts) {
  const auto last = environment::read_text_file("/proc/sys/kernel/cap_last_cap");
  conclude(judge_capabilities(facts, last ? std::atoi(last->c_str()) : -1));
}

void test_other_gpus(const Facts& facts) {
  if (facts.at("container") == "none")
    CUPARITY_SKIP("not in a container: every GPU of the machine is there to use");
  const auto nodes = environment::nvidia_device_nodes("/");
  std::error_code error;
  const std::string folder = std::filesystem::temp_directory_path(error).string();
  int probed = 0;
  for (int minor = 0; minor < probed_minors; ++minor) {
    if (std::count(nodes.begin(), nodes.end(), "/dev/nvidia" + std::to_string(minor)) != 0) continue;
    const Reach reach = probe_gpu(minor, folder);
    if (reach != Reach::not_probed) ++probed;
    CUPARITY_EXPECT_NO_PROBLEM(reach != Reach::reachable
                                   ? std::string()
                                   : "GPU " + std::to_string(minor) +
                                         " was not given to the container, yet a node "
                                         "made for it opens: start the container without --privileged");
  }
  testing::Test::RecordProperty("probed_minors", probed);
  if (probed == 0)
    CUPARITY_SKIP("device nodes can't be made in " + folder + ", so no GPU can be reached that way");
}

}  // namespace

void register_access_tests(const Session& session) {
  const Facts& facts = session.facts;
  const auto add = [](const std::string& name, std::function<void()> body) {
    register_test("Access", name, __FILE__, __LINE__, std::move(body));
  };
  add("NvmlCudaAndNodesShowTheSameCount", [&facts] { test_counts(facts); });
  add("NvmlCudaAndNodesShowTheSameGpus", [&facts] { test_uuids(facts); });
  add("DeviceNodesOpen", [] { test_nodes(); });
  add("LibrariesMatchTheDriver", [&facts] { conclude(judge_library_versions(facts)); });
  add("ContainerHasNotEveryCapability", [&facts] { test_capabilities(facts); });
  add("OtherGpusAreOutOfReach", [&facts] { test_other_gpus(facts); });
}

}  // namespace cuparity::validate
