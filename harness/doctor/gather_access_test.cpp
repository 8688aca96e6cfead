// What came of a container, from recorded outputs of an engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/doctor/gather_fixture.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GatherAccess : public GatherFixture {
 protected:
  GatherAccess() {
    EngineFacts docker;
    docker.name = "docker";
    docker.answers = true;
    probe_.engines = {docker};
    sources_.modes = {parse_access_mode("docker:--gpus=all")};
    answers_ = {{"docker image inspect", {0, false, "sha256:1\n"}}};
  }
  void gather() {
    gather_images(sources_, probe_);
    gather_access(sources_, probe_);
    ASSERT_EQ(probe_.access.size(), 1U);
  }
};

TEST_F(GatherAccess, OurOwnProgramCountsInside) {
  answers_.push_back(
      {"docker run", {0, false, R"({"outcome":"ok","gpus":[{"uuid":"GPU-1"},{"uuid":"GPU-2"}]})"}});
  gather();
  EXPECT_EQ(probe_.access[0].outcome, "ok");
  EXPECT_EQ(probe_.access[0].gpu_count, 2);
  EXPECT_THAT(probe_.access[0].uuids, ElementsAre("GPU-1", "GPU-2"));
}

TEST_F(GatherAccess, NvidiaSmiWhereOursIsNot) {
  answers_.push_back(
      {"docker run",
       {0, false, "GPU 0: NVIDIA H200 (UUID: GPU-1)\n  MIG 1g.18gb Device 0: (UUID: MIG-1)\n"}});
  gather();
  EXPECT_EQ(probe_.access[0].gpu_count, 1);
  EXPECT_THAT(probe_.access[0].uuids, ElementsAre("GPU-1"));
  EXPECT_EQ(probe_.access[0].seen_by, "nvidia-smi");
}

TEST_F(GatherAccess, NodesWhereNothingElseIs) {
  answers_.push_back({"docker run", {0, false, "node /dev/nvidia0\nnode /dev/nvidia1\nnodes-listed\n"}});
  gather();
  EXPECT_EQ(probe_.access[0].gpu_count, 2);
  answers_.back().second.output = "nodes-listed\n";
  probe_.access.clear();
  gather();
  EXPECT_EQ(probe_.access[0].gpu_count, 0);
  EXPECT_EQ(probe_.access[0].outcome, "ok");
}

TEST_F(GatherAccess, TheEnginesWordsAreKept) {
  answers_.push_back(
      {"docker run",
       {125, false,
        "docker: Error response from daemon: could not select device driver \"\" with capabilities: "
        "[[gpu]].\nSee 'docker run --help'.\n"}});
  gather();
  EXPECT_EQ(probe_.access[0].outcome, "failed");
  EXPECT_THAT(probe_.access[0].failure, HasSubstr("could not select device driver"));
}

TEST_F(GatherAccess, AHangingContainerIsRemoved) {
  answers_.push_back({"docker run", {137, true, ""}});
  gather();
  EXPECT_EQ(probe_.access[0].outcome, "hung");
  EXPECT_THAT(asked_.back(), testing::StartsWith("docker rm --force cuparity-doctor-"));
}

TEST_F(GatherAccess, AContainerThatTheUserInterruptsIsRemoved) {
  answers_ = {{"docker image inspect", {0, false, "sha256:1\n"}}, {"docker run", {143, false, "", true}}, 
              {"docker kill", {0, false, ""}}, {"docker rm", {0, false, ""}}};
  sources_.modes.push_back(parse_access_mode("docker:none"));
  sources_.stop_requested = [this] { return asked_.back().starts_with("docker rm"); };
  gather_images(sources_, probe_);
  EXPECT_THROW(gather_access(sources_, probe_), StoppedByUser);
  ASSERT_EQ(asked_.size(), 4U) << "and no other is started";
  const std::string name = asked_[1].substr(asked_[1].find("cuparity-doctor-"));
  EXPECT_EQ(asked_[3], "docker rm --force " + name.substr(0, name.find(' ')));
}

TEST_F(GatherAccess, AContainerThatStaysAfterAnInterruptIsNamed) {
  answers_.push_back({"docker run", {143, false, "", true}});
  answers_.push_back({"docker rm", {1, false, "device or resource busy\n"}});
  gather_images(sources_, probe_);
  try {
    gather_access(sources_, probe_);
    FAIL();
  } catch (const StoppedByUser& error) {
    EXPECT_THAT(error.what(), testing::MatchesRegex("stopped by the user; removing cuparity-doctor-[0-9a-f-]+ failed: device or "
                                                    "resource busy; try docker rm --force cuparity-doctor-[0-9a-f-]+"));
  }
}

TEST_F(GatherAccess, ForeignJsonFromAnImageIsNoCrash) {
  answers_.push_back({"docker run", {0, false, R"({"gpus": 7, "failure": []})"}});
  gather();
  EXPECT_EQ(probe_.access[0].outcome, "failed");
}

TEST_F(GatherAccess, WithoutTheImageNothingIsStarted) {
  answers_ = {{"docker image inspect", {1, false, "Error: No such image"}}};
  gather();
  EXPECT_EQ(probe_.access[0].outcome, "not looked");
  EXPECT_THAT(probe_.not_looked, ElementsAre(HasSubstr("image cuparity:test is not there for docker")));
  for (const std::string& command : asked_) EXPECT_THAT(command, testing::Not(HasSubstr(" run ")));
}

TEST_F(GatherAccess, TheObstacleIsAKindAndNotAMessage) {
  EXPECT_EQ(obstacle_to(probe_, EngineKind::podman), Obstacle::no_engine);
  EXPECT_EQ(obstacle_to(probe_, EngineKind::docker), Obstacle::no_image);
  probe_.images = {{"docker", "cuparity:test", true, "sha256:1"}};
  EXPECT_EQ(obstacle_to(probe_, EngineKind::docker), Obstacle::none);
  probe_.engines.front().answers = false;
  probe_.engines.front().failure = "the image store is broken";
  EXPECT_EQ(obstacle_to(probe_, EngineKind::docker), Obstacle::no_answer);
}

}  // namespace
}  // namespace cuparity
