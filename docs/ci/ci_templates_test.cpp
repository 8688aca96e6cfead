// What the templates say can be said: their structure, their shell, the options and files that they name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "docs/ci/templates.hpp"
#include "harness/engine/process.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::SizeIs;

std::vector<std::string> keys(const YAML::Node& map) {
  std::vector<std::string> names;
  for (const auto& entry : map) names.push_back(entry.first.as<std::string>());
  return names;
}

std::vector<std::string> all_github_steps(const YAML::Node& workflow) {
  std::vector<std::string> steps;
  for (const std::string& job : keys(workflow["jobs"])) {
    for (std::string& step : github_steps(workflow, job)) steps.push_back(std::move(step));
  }
  return steps;
}

const std::set<std::string> gitlab_keywords = {"stages", "default", "variables"};

std::vector<std::string> gitlab_jobs(const YAML::Node& pipeline) {
  std::vector<std::string> jobs;
  for (const std::string& name : keys(pipeline)) {
    if (!gitlab_keywords.contains(name)) jobs.push_back(name);
  }
  return jobs;
}

ProcessResult run(std::vector<std::string> command) {
  ChildProcess child;
  child.command = std::move(command);
  child.time_limit = std::chrono::seconds(60);
  return run_process(child);
}

void expect_good_shell(const std::string& script) {
  // "${{ … }}" is replaced before a shell sees it.
  const std::string text = std::regex_replace(script, std::regex("\\$\\{\\{[^}]*\\}\\}"), "x");
  const auto path = std::filesystem::temp_directory_path() / ("cuparity-ci-" + std::to_string(getpid()) + ".sh");
  std::ofstream(path) << text;
  const ProcessResult result = run({"bash", "-n", path.string()});
  EXPECT_EQ(result.exit_code, 0) << result.standard_error << "\n" << script;
  std::filesystem::remove(path);
}

/// Every --option behind `cuparity COMMAND` is one of that command's.
void expect_known_options(std::string script) {
  script = std::regex_replace(script, std::regex("\\\\\n *"), " ");
  const std::regex call("bin/cuparity (gate|publish|run) ([^\n]*)"), option("--[a-z][a-z-]*");
  for (std::sregex_iterator found(script.begin(), script.end(), call), end; found != end; ++found) {
    const std::string command = (*found)[1], arguments = (*found)[2];
    const ProcessResult help = run({"sh", "-c", std::string(CUPARITY_PROGRAM " ") + command + " --help >&2"});
    ASSERT_EQ(help.exit_code, 0) << help.standard_error;
    for (std::sregex_iterator one(arguments.begin(), arguments.end(), option); one != std::sregex_iterator(); ++one)
      EXPECT_THAT(help.standard_error, HasSubstr(one->str())) << command;
  }
}

void expect_files_of_the_project(const std::string& script) {
  const std::regex file("\\./(scripts/[a-z-]+)");
  for (std::sregex_iterator found(script.begin(), script.end(), file), end; found != end; ++found)
    EXPECT_TRUE(std::filesystem::exists(CUPARITY_SOURCE_FOLDER "/" + (*found)[1].str())) << found->str();
}

TEST(GithubActions, HasWhatAWorkflowMayHave) {
  const YAML::Node workflow = template_file("github-actions.yml");
  EXPECT_THAT(keys(workflow), IsSubsetOf({"name", "on", "permissions", "env", "jobs"}));
  EXPECT_THAT(keys(workflow["on"]), IsSubsetOf({"push", "pull_request", "schedule", "workflow_dispatch"}));
  ASSERT_THAT(keys(workflow["jobs"]), SizeIs(2));
  for (const std::string& job : keys(workflow["jobs"])) {
    EXPECT_THAT(keys(workflow["jobs"][job]),
                IsSubsetOf({"if", "runs-on", "timeout-minutes", "concurrency", "permissions", "steps"}));
    EXPECT_TRUE(workflow["jobs"][job]["runs-on"]);
    for (const YAML::Node& step : workflow["jobs"][job]["steps"]) {
      EXPECT_NE(bool(step["run"]), bool(step["uses"])) << "a step runs or uses";
      EXPECT_THAT(keys(step), IsSubsetOf({"name", "if", "run", "uses", "with"}));
      if (!step["uses"]) continue;
      EXPECT_THAT(step["uses"].as<std::string>(), testing::ContainsRegex("^actions/[a-z-]+@v[0-9]+$"));
    }
  }
}

TEST(GithubActions, ItsShellOptionsAndFilesAreThere) {
  const std::vector<std::string> steps = all_github_steps(template_file("github-actions.yml"));
  ASSERT_GE(steps.size(), 5U);
  for (const std::string& step : steps) {
    expect_good_shell(step);
    expect_known_options(step);
    expect_files_of_the_project(step);
  }
}

TEST(GithubActions, PullRequestsOfStrangersDoNotReachTheGpu) {
  const YAML::Node workflow = template_file("github-actions.yml");
  EXPECT_THAT(workflow["jobs"]["gpu"]["if"].as<std::string>(),
              HasSubstr("github.event.pull_request.head.repo.full_name == github.repository"));
  EXPECT_EQ(workflow["permissions"]["contents"].as<std::string>(), "read");
}

/// The last step of the GPU job, with a repository of its own in place of GitHub's.
TEST(GithubActions, ItsPagesStepPublishesAndAddsAndRepeatsNothing) {
  const auto folder = std::filesystem::temp_directory_path() / ("cuparity-pages-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "step.sh") << github_steps(template_file("github-actions.yml"), "gpu").back();
  std::ofstream(folder / "test.sh")
      << "set -e\nexport GITHUB_REPOSITORY=me/project GITHUB_SHA=0123456789abcdef\n"
         "git init -q --bare origin\ngit init -q work\ncd work\ngit remote add origin \"$(dirname \"$PWD\")/origin\"\n"
         "echo text >file\ngit add file\ngit -c user.name=a -c user.email=a@b commit -q -m start\n"
         "mkdir -p build/release results/runs\nln -s \"$(dirname " CUPARITY_PROGRAM ")\" build/release/bin\n"
         "published=" CUPARITY_SOURCE_FOLDER "/results/published\n"
         "step() { bash --noprofile --norc -e ../step.sh >/dev/null 2>../errors || { cat ../errors; exit 1; }\n"
         "  git --git-dir=../origin rev-list --count gh-pages; }\n"
         "cp -r $published/2026-11-23-h200-modes results/runs/first\nstep\nstep\n"
         "cp -r $published/2026-11-23-h200-start-up results/runs/second\nstep\n"
         "git --git-dir=../origin ls-tree -r --name-only gh-pages | grep -c '^runs/.*/index.html$'\n";
  const ProcessResult result = run({"sh", "-c", "cd " + folder.string() + " && sh test.sh >&2"});
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  EXPECT_EQ(result.standard_error, "1\n1\n2\n2\n") << "commits after each step; pages of runs at the end";
  std::filesystem::remove_all(folder);
}

TEST(GitlabCi, HasWhatAPipelineMayHave) {
  const YAML::Node pipeline = template_file("gitlab-ci.yml");
  const auto stages = pipeline["stages"].as<std::vector<std::string>>();
  const std::vector<std::string> jobs = gitlab_jobs(pipeline);
  ASSERT_THAT(jobs, SizeIs(3));
  for (const std::string& job : jobs) {
    EXPECT_THAT(keys(pipeline[job]), IsSubsetOf({"stage", "tags", "script", "allow_failure", "artifacts", "rules",
                                                 "resource_group", "needs", "cache"}));
    EXPECT_THAT(stages, testing::Contains(pipeline[job]["stage"].as<std::string>())) << job;
    for (const YAML::Node& needed : pipeline[job]["needs"])
      EXPECT_THAT(jobs, testing::Contains(needed.as<std::string>())) << job;
  }
}

TEST(GitlabCi, ItsShellOptionsAndFilesAreThere) {
  const YAML::Node pipeline = template_file("gitlab-ci.yml");
  for (const std::string& job : gitlab_jobs(pipeline)) {
    const std::string script = gitlab_script(pipeline, job);
    expect_good_shell(script);
    expect_known_options(script);
    expect_files_of_the_project(script);
  }
}

/// Docker's seccomp filter slows system calls on every machine: with those rows no first pipeline would pass.
void expect_all_but_launches(const std::string& script) {
  std::smatch found;
  ASSERT_TRUE(std::regex_search(script, found, std::regex("--filter '([^']+)'"))) << script;
  const std::regex filter(found[1].str());
  for (const char* name : {"launch/system_call", "launch/process_start"})
    EXPECT_FALSE(std::regex_search(name, filter)) << name;
  for (const char* name : {"bandwidth/triad/fp64/128MiB", "gemm/openblas/fp32/1024", "startup/cuinit",
                           "convolution/onednn/forward/fp32/3x3_64_64_56"})
    EXPECT_TRUE(std::regex_search(name, filter)) << name;
}

TEST(CpuJobs, LeaveOutLaunchesAlone) {
  expect_all_but_launches(github_steps(template_file("github-actions.yml"), "cpu").front());
  expect_all_but_launches(gitlab_script(template_file("gitlab-ci.yml"), "cpu"));
}

TEST(GitlabCi, OnlyInconclusiveIsForgiven) {
  const YAML::Node pipeline = template_file("gitlab-ci.yml");
  EXPECT_EQ(pipeline["cpu"]["allow_failure"]["exit_codes"].as<int>(), 3);
  EXPECT_FALSE(pipeline["gpu"]["allow_failure"]);
}

}  // namespace
}  // namespace cuparity
