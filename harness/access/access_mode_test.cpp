#include "harness/access/access_mode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Words = std::vector<std::string>;

struct ValidMode {
  const char* text;
  EngineKind engine;
  RequestKind request;
  Words arguments;
};

TEST(ParseAccessMode, KnowsEveryForm) {
  const std::vector<ValidMode> modes = {
      {"native", EngineKind::native, RequestKind::none, {}},
      {"docker:none", EngineKind::docker, RequestKind::none, {}},
      {"podman:manual", EngineKind::podman, RequestKind::manual, {}},
      {"docker:--gpus=all", EngineKind::docker, RequestKind::arguments, {"--gpus=all"}},
      {"docker:--gpus=1", EngineKind::docker, RequestKind::arguments, {"--gpus=1"}},
      {"docker:--gpus all", EngineKind::docker, RequestKind::arguments, {"--gpus", "all"}},
      {"docker:--gpus=\"device=0\"", EngineKind::docker, RequestKind::arguments, {"--gpus=device=0"}},
      {"docker:--gpus='\"device=0,1\"'",
       EngineKind::docker,
       RequestKind::arguments,
       {"--gpus=\"device=0,1\""}},
      {"docker:--device=nvidia.com/gpu=0",
       EngineKind::docker,
       RequestKind::arguments,
       {"--device=nvidia.com/gpu=0"}},
      {"podman:--device=nvidia.com/gpu=all",
       EngineKind::podman,
       RequestKind::arguments,
       {"--device=nvidia.com/gpu=all"}},
      {"docker:--runtime=nvidia -e NVIDIA_VISIBLE_DEVICES=0",
       EngineKind::docker,
       RequestKind::arguments,
       {"--runtime=nvidia", "-e", "NVIDIA_VISIBLE_DEVICES=0"}},
      {"docker:manual --security-opt seccomp=unconfined",
       EngineKind::docker,
       RequestKind::manual,
       {"--security-opt", "seccomp=unconfined"}},
      {"docker:none --cpus=2", EngineKind::docker, RequestKind::none, {"--cpus=2"}},
      {"docker:--gpus=all --device-cgroup-rule='c 195:* rmw'",
       EngineKind::docker,
       RequestKind::arguments,
       {"--gpus=all", "--device-cgroup-rule=c 195:* rmw"}},
  };
  for (const ValidMode& expected : modes) {
    const AccessMode mode = parse_access_mode(expected.text);
    EXPECT_EQ(mode.text, expected.text);
    EXPECT_EQ(mode.engine, expected.engine) << expected.text;
    EXPECT_EQ(mode.request, expected.request) << expected.text;
    EXPECT_EQ(mode.arguments, expected.arguments) << expected.text;
  }
}

TEST(ParseAccessMode, SaysTheNearestValidForm) {
  const std::vector<std::pair<const char*, const char*>> mistakes = {
      {"dokcer:--gpus=all", "unknown engine 'dokcer'; did you mean 'docker:--gpus=all'?"},
      {"pod-man:manual", "did you mean 'podman:manual'?"},
      {"kubernetes:gpu", "unknown engine 'kubernetes'. Valid: native, docker:--gpus=all"},
      {"nativ", "did you mean 'native'?"},
      {"native:all", "'native' takes nothing after it"},
      {"docker", "say after the colon how the GPU is asked for: docker:--gpus=all"},
      {"podman:", "podman:--device=nvidia.com/gpu=0"},
      {"docker:--gpu=all", "unknown flag '--gpu'; did you mean '--gpus=all'?"},
      {"docker:--devices=nvidia.com/gpu=0", "did you mean '--device=nvidia.com/gpu=0'?"},
      {"docker:gpus=all", "did you mean '--gpus=all'?"},
      {"docker:manul", "did you mean 'manual'?"},
      {"docker:everything", "is neither 'manual', 'none' nor an engine flag. Valid:"},
      {"docker:--gpus=all --name=x", "leave out --name"},
      {"docker:--gpus=all -d", "leave out -d"},
      {"docker:manual --entrypoint sh", "leave out --entrypoint"},
      {"docker:--gpus='all", "unclosed single quote"},
      {"", "the mode is empty"},
  };
  for (const auto& [text, expected] : mistakes) {
    try {
      parse_access_mode(text);
      ADD_FAILURE() << text << " was accepted";
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(expected));
    }
  }
}

TEST(SplitShellWords, SplitsAsAShellDoes) {
  const std::vector<std::pair<const char*, Words>> cases = {
      {"", {}},
      {"  \t\n", {}},
      {"a b", {"a", "b"}},
      {"  a   b  ", {"a", "b"}},
      {"'a b' c", {"a b", "c"}},
      {"\"a b\"c", {"a bc"}},
      {"''", {""}},
      {"a '' \"\"", {"a", "", ""}},
      {"a\\ b", {"a b"}},
      {"'a\\b'", {"a\\b"}},
      {"\"a\\\"b\\n\"", {"a\"b\\n"}},
      {"\"\\\\ \\$ \\`\"", {"\\ $ `"}},
      {"'it'\\''s'", {"it's"}},
      {"$HOME *", {"$HOME", "*"}},
  };
  for (const auto& [text, words] : cases) EXPECT_EQ(split_shell_words(text), words) << text;
  EXPECT_THROW(split_shell_words("'a"), UsageError);
  EXPECT_THROW(split_shell_words("\"a"), UsageError);
  EXPECT_THROW(split_shell_words("a\\"), UsageError);
}

}  // namespace
}  // namespace cuparity
