// cuparity list: what can be run here, without running it.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "environment/nvidia_driver.hpp"
#include "environment/temporary_folder.hpp"
#include "environment/text_file.hpp"
#include "harness/cli/commands.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/process.hpp"
#include "harness/engine/program_folder.hpp"
#include "harness/errors.hpp"
#include "harness/plan/suite.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct ListFlags {
  std::string what;
  std::string format = "text";
  std::string image = default_image();
  std::string bin;
  std::string backend = "auto";
};

json suites() {
  json list = json::array();
  for (const std::string& name : builtin_suite_names()) {
    const Suite suite = parse_suite(builtin_suite_text(name), name + ".yaml");
    list.push_back({{"name", name}, {"description", suite.description}, {"blocks", suite.blocks}});
  }
  return list;
}

/// Whether the request could be met, as far as it can be seen without starting a container.
std::string obstacle(Engine& engine, const AccessMode& mode) {
  if (std::string failure = engine.unusable(mode); !failure.empty()) return failure;
  const bool wants_gpu = mode.engine != EngineKind::native && mode.request != RequestKind::none;
  if (!wants_gpu || fs::exists("/dev/dxg")) return "";
  return environment::gpu_device_nodes(environment::nvidia_device_nodes("/")).empty()
             ? "there is no NVIDIA GPU in /dev"
             : "";
}

json modes(const ListFlags& flags) {
  std::vector<std::string> texts = {"native"};
  for (const char* engine : {"docker", "podman"}) {
    for (const char* request :
         {"--gpus=all", "--gpus=1", "--gpus=\"device=0\"", "--device=nvidia.com/gpu=0", "manual", "none"}) {
      texts.push_back(fmt::format("{}:{}", engine, request));
    }
  }
  json list = json::array();
  std::unique_ptr<Engine> engine;
  EngineKind made = EngineKind::native;
  for (const std::string& text : texts) {
    const AccessMode mode = parse_access_mode(text);
    if (!engine ||
        made != mode.engine) {  // an engine remembers what it was told: asked once for all its modes
      engine = make_engine(mode.engine, {flags.image, flags.bin, {}});
      made = mode.engine;
    }
    const std::string failure = obstacle(*engine, mode);
    list.push_back({{"mode", text}, {"usable", failure.empty()}, {"reason", failure}});
  }
  return list;
}

/// The program's own list. Through a file: it is longer than what run_process keeps.
json benchmarks(const ListFlags& flags) {
  const fs::path program = fs::path(flags.bin) / "cuparity-bench";
  if (!fs::exists(program)) {
    throw EnvironmentError(
        fmt::format("{} is not there: build it, or name its folder with --bin", program.string()));
  }
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "benchmarks").string();
  ChildProcess child;
  child.command = {"/bin/sh", "-c", "exec \"$0\" --backend=\"$2\" --benchmark_list_tests >\"$1\"", program.string(), file,
                   flags.backend};
  child.time_limit = std::chrono::seconds(60);
  const ProcessResult result = run_process(child);
  const std::string text = environment::read_text_file(file).value_or("");
  if (result.exit_code != 0) {
    throw EnvironmentError(fmt::format("{} --benchmark_list_tests {}: {}", program.string(),
                                       result.timed_out ? "did not end within 60 s" : "failed",
                                       shortened(result.standard_error, 300)));
  }
  json list = json::array();
  for (const std::string& line : environment::split(text, '\n')) list.push_back(short_name(line));
  return list;
}

std::string text_of(const json& lists) {
  std::string text;
  if (lists.contains("suites")) {
    text += "Suites (--suite):\n";
    for (const json& suite : lists["suites"]) {
      text += fmt::format("  {:<10} {} ({} blocks)\n", suite["name"].get<std::string>(),
                          suite["description"].get<std::string>(), suite["blocks"].get<int>());
    }
  }
  if (lists.contains("modes")) {
    text += "Modes (--mode); cuparity doctor starts one to see:\n";
    std::string before;  // a reason is said once, most are of the whole engine
    for (const json& mode : lists["modes"]) {
      const std::string reason = mode["reason"];
      text += fmt::format("  {:<34} {}\n", mode["mode"].get<std::string>(),
                          reason.empty() ? "can be tried" : "no: " + (reason == before ? "as above" : reason));
      before = reason;
    }
  }
  if (lists.contains("benchmarks")) {
    text += fmt::format("Benchmarks ({}):\n", lists["benchmarks"].size());
    for (const json& name : lists["benchmarks"])
      text += "  " + shortened(name.get<std::string>(), 200) + "\n";
  }
  if (lists.contains("benchmarks_failure")) {
    text += "Benchmarks: not listed: " + lists["benchmarks_failure"].get<std::string>() + "\n";
  }
  return text;
}

void print_list(ListFlags flags) {
  if (flags.bin.empty()) flags.bin = folder_of_this_program().string();
  json lists = {{"schema_version", 1}};
  const bool all = flags.what.empty();
  if (all || flags.what == "suites") lists["suites"] = suites();
  if (all || flags.what == "modes") lists["modes"] = modes(flags);
  if (flags.what == "benchmarks") lists["benchmarks"] = benchmarks(flags);
  if (all) {  // the rest is worth having without them
    try {
      lists["benchmarks"] = benchmarks(flags);
    } catch (const EnvironmentError& error) {
      lists["benchmarks_failure"] = error.what();
    }
  }
  fmt::print("{}", flags.format == "json" ? lists.dump(1, ' ', false, json::error_handler_t::replace) + "\n"
                                          : text_of(lists));
}

}  // namespace

void add_list_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("list", "Show the suites, the modes of this machine and the benchmarks");
  auto flags = std::make_shared<ListFlags>();
  command->add_option("WHAT", flags->what, "suites, modes or benchmarks (default: all)")
      ->check(CLI::IsMember({"suites", "modes", "benchmarks"}));
  command->add_option("--format", flags->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->add_option("--image", flags->image,
                      "Image for the container modes (default: " + default_image() + ")");
  command->add_option("--bin", flags->bin, "Folder of cuparity-bench (default: that of cuparity)");
  command->add_option("--backend", flags->backend, "Whose benchmarks: auto (default), cuda or cpu")
      ->check(CLI::IsMember({"auto", "cuda", "cpu"}));
  command->footer("Exit codes: 0 listed; 2 usage; 4 the benchmarks alone were asked for, and cuparity-bench does not say them.");
  command->callback([flags, &exit_code] {
    print_list(*flags);
    exit_code = exit_pass;
  });
}

}  // namespace cuparity
