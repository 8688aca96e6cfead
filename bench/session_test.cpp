#include "bench/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "bench/registration.hpp"

namespace cuparity {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

/// What a fake execution saw of its life.
struct Log {
  int prepared = 0;
  int verified = 0;
  int runs = 0;
  int alive = 0;
  int most_alive = 0;
  bool verified_before_first_run = true;
};

struct Behaviour {
  double error = 0.25;
  double reported_seconds = 1e-3;  ///< of a run
  int throw_at_run = -1;
  double bus_bytes = 0;
  double excess_seconds = 0;
};

class FakeExecution final : public Execution {
 public:
  FakeExecution(Log& log, Behaviour behaviour) : log_(log), behaviour_(behaviour) {
    ++log_.prepared;
    log_.most_alive = std::max(log_.most_alive, ++log_.alive);
  }
  ~FakeExecution() override { --log_.alive; }
  void run() override {
    if (log_.verified == 0) log_.verified_before_first_run = false;
    if (log_.runs++ == behaviour_.throw_at_run) throw std::runtime_error("running a fake: out of fuel");
  }
  Verification verify() override {
    ++log_.verified;
    return {behaviour_.error, 0xabcdef0123456789, "element 3"};
  }
  std::string algorithm() const override { return "fake 7"; }
  double reported_seconds() const override { return behaviour_.reported_seconds; }
  double bus_bytes() const override { return behaviour_.bus_bytes; }
  double excess_seconds() const override { return behaviour_.excess_seconds; }

 private:
  Log& log_;
  Behaviour behaviour_;
};

Case fake_case(const std::string& name, Log& log, Behaviour behaviour = {}) {
  Case result;
  result.name = name;
  result.work = {1e6, 2e6};
  result.timing = Timing::reported;
  result.iterations = 4;
  result.unsupported = [](device::Context*) -> std::optional<std::string> { return std::nullopt; };
  result.prepare = [&log, behaviour](device::Context*) -> std::unique_ptr<Execution> {
    return std::make_unique<FakeExecution>(log, behaviour);
  };
  return result;
}

/// The rows of Google Benchmark's JSON.
json run(const std::vector<Case>& cases, Session& session) {
  benchmark::ClearRegisteredBenchmarks();
  register_cases(cases, &session);
  std::ostringstream text;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&text);
  reporter.SetErrorStream(&text);
  benchmark::RunSpecifiedBenchmarks(&reporter, ".*");
  return json::parse(text.str()).at("benchmarks");
}

double seconds(const json& row) { return row.at("real_time").get<double>() * 1e-9; }

/// The reason of a skip, whichever way this Google Benchmark records it.
std::string skip_reason(const json& row) {
  if (row.contains("skip_message")) return row.at("skip_message");
  const std::string message = row.value("error_message", "");
  return message.rfind("skipped: ", 0) == 0 ? message.substr(9) : "not skipped: " + row.dump();
}

TEST(Session, TimeRatesAndLabel) {
  Log log;
  Session session(nullptr, {});
  const json rows = run({fake_case("a/b", log)}, session);
  ASSERT_EQ(rows.size(), 1u);
  const json& row = rows[0];
  EXPECT_EQ(row.at("run_name"), "a/b/iterations:4/manual_time");
  EXPECT_EQ(row.at("iterations"), 4);
  EXPECT_NEAR(seconds(row), 1e-3, 1e-12);
  EXPECT_NEAR(row.at("bytes_per_second").get<double>() * seconds(row), 1e6, 1);
  EXPECT_NEAR(row.at("flops_per_second").get<double>() * seconds(row), 2e6, 1);
  EXPECT_THAT(row.at("label").get<std::string>(),
              StartsWith("digest=abcdef0123456789; error=0.25; algorithm=fake 7; setup_seconds="));
  EXPECT_FALSE(session.failed());
}

TEST(Session, BusBandwidthIsACounterOfTheRowsThatHaveOne) {
  Log log;
  Session session(nullptr, {});
  Behaviour collective;
  collective.bus_bytes = 1.5e6;
  const json rows = run({fake_case("a", log, collective), fake_case("b", log)}, session);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_NEAR(rows[0].at("bus_bytes_per_second").get<double>() * seconds(rows[0]), 1.5e6, 1);
  EXPECT_FALSE(rows[1].contains("bus_bytes_per_second"));
}

TEST(Session, WhatOthersCostARunIsTakenOffItsTimeAndTheMeanIsACounter) {
  Log log;
  Session session(nullptr, {});
  Behaviour disturbed;
  disturbed.excess_seconds = 2e-4;
  Case copies = fake_case("a", log, disturbed);
  copies.operations = 4;
  const json rows = run({copies, fake_case("b", log)}, session);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_NEAR(seconds(rows[0]), 8e-4 / 4, 1e-12);
  EXPECT_NEAR(rows[0].at("mean_seconds").get<double>(), 1e-3 / 4, 1e-12);
  EXPECT_FALSE(rows[1].contains("mean_seconds"));
}

/// A row whose every phase takes a while of its own.
class SlowToSetUp final : public Execution {
 public:
  SlowToSetUp() { pause(20); }
  ~SlowToSetUp() override { pause(15); }
  void run() override {}
  Verification verify() override {
    pause(30);
    return {};
  }
  double reported_seconds() const override { return 3600; }

 private:
  static void pause(int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  }
};

/// The number after `name` in the label's setup_seconds.
double setup_part(const json& row, const std::string& name) {
  const std::string label = row.at("label");
  const std::size_t place = label.find(name, label.find("setup_seconds="));
  return place == std::string::npos ? -1 : std::stod(label.substr(place + name.size()));
}

TEST(Session, TheLabelSaysWhatSettingUpTook) {
  Log log;
  Session session(nullptr, {});
  Case slow = fake_case("a", log);
  slow.iterations = 0;
  slow.prepare = [](device::Context*) { return std::make_unique<SlowToSetUp>(); };
  Case next = slow;
  next.name = "b";
  const json rows = run({slow, next}, session);
  for (const json& row : rows) {
    EXPECT_GE(setup_part(row, "(prepare "), 0.0199);
    EXPECT_GE(setup_part(row, "verify "), 0.0299);
    EXPECT_GE(setup_part(row, "warm-up "), 0.0099);
    EXPECT_GE(setup_part(row, "setup_seconds="), 0.0598);
  }
  EXPECT_LT(setup_part(rows[0], "release "), 0.01);
  EXPECT_GE(setup_part(rows[1], "release "), 0.0149);
}

TEST(Session, TimeAndRatesArePerOperation) {
  Log log;
  Session session(nullptr, {});
  Case many = fake_case("a", log);
  many.operations = 50;
  const json row = run({many}, session)[0];
  EXPECT_EQ(row.at("iterations"), 200);
  EXPECT_EQ(log.runs, 4);
  EXPECT_NEAR(seconds(row), 1e-3 / 50, 1e-14);
  EXPECT_NEAR(row.at("bytes_per_second").get<double>() * seconds(row), 1e6, 1);
}

TEST(Session, ManyOperationsDoNotMakeARowSlow) {
  Log log;
  Session session(nullptr, {});
  Case many = fake_case("a", log, {.reported_seconds = 0.1});
  many.operations = 1000000;
  many.iterations = 0;  // Google Benchmark decides: half a second, five runs or a few more
  const json row = run({many}, session)[0];
  EXPECT_NEAR(seconds(row), 1e-7, 1e-15);
  EXPECT_LE(row.at("iterations").get<std::int64_t>(), 20 * 1000000);
}

TEST(Session, NoWorkNoRates) {
  Log log;
  Session session(nullptr, {});
  Case idle = fake_case("a", log);
  idle.work = {};
  const json row = run({idle}, session)[0];
  EXPECT_FALSE(row.contains("bytes_per_second"));
  EXPECT_FALSE(row.contains("flops_per_second"));
}

TEST(Session, PreparedAndVerifiedOnceForAllRepetitionsOneRowAtATime) {
  Log log;
  Session session(nullptr, {});
  benchmark::ClearRegisteredBenchmarks();
  const std::vector<Case> cases = {fake_case("a", log), fake_case("b", log)};
  const Case* first = &cases[0];
  const Case* second = &cases[1];
  for (const Case* one : {first, second})
    benchmark::RegisterBenchmark(one->name.c_str(),
                                 [&session, one](benchmark::State& state) { session.run(*one, state); })
        ->UseManualTime()
        ->Iterations(2)
        ->Repetitions(3);
  std::ostringstream text;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&text);
  benchmark::RunSpecifiedBenchmarks(&reporter, ".*");
  EXPECT_EQ(log.prepared, 2);
  EXPECT_EQ(log.verified, 2);
  EXPECT_EQ(log.runs, 2 * 3 * 2);
  EXPECT_EQ(log.most_alive, 1);
}

TEST(Session, VerifiedThenWarmedUpThenTimed) {
  Log log;
  Session session(nullptr, {});
  Case slow = fake_case("a", log, {.reported_seconds = 3600});
  slow.iterations = 0;  // one run is already enough for any minimum time
  run({slow}, session);
  EXPECT_TRUE(log.verified_before_first_run);
  EXPECT_GE(log.runs, 3);  // two to warm up, one timed
}

TEST(Session, AWrongResultIsNeverTimed) {
  for (double error : {1.5, std::numeric_limits<double>::infinity(), std::nan("")}) {
    Log log;
    Session session(nullptr, {});
    const json row = run({fake_case("a", log, {.error = error})}, session)[0];
    EXPECT_TRUE(row.at("error_occurred"));
    EXPECT_THAT(row.at("error_message").get<std::string>(), StartsWith("wrong result: error "));
    EXPECT_THAT(row.at("error_message").get<std::string>(), HasSubstr(": element 3 [fake 7]"));
    EXPECT_FALSE(row.contains("bytes_per_second"));
    EXPECT_EQ(log.runs, 0);
    EXPECT_TRUE(session.failed());
  }
}

TEST(Session, AnInjectedFaultMakesMatchingRowsWrong) {
  Log log;
  Faults faults;
  faults.wrong = std::regex("^gemm/");
  Session session(nullptr, std::move(faults));
  const json rows = run({fake_case("gemm/x", log), fake_case("saxpy/x", log)}, session);
  EXPECT_THAT(rows[0].at("error_message").get<std::string>(), HasSubstr("injected"));
  EXPECT_FALSE(rows[1].contains("error_occurred"));
}

TEST(Session, AnInjectedSlowdownIsInTheTime) {
  Log log;
  Faults faults;
  faults.slowdown = 0.5;
  Session session(nullptr, std::move(faults));
  const double slowed = seconds(run({fake_case("a", log)}, session)[0]);
  EXPECT_GE(slowed, 1.5e-3);
  EXPECT_LT(slowed, 50e-3);  // a busy machine may spin longer than asked
}

TEST(Session, UnsupportedIsASkipAndNoFailure) {
  Log log;
  Session session(nullptr, {});
  Case unsupported = fake_case("a", log);
  unsupported.unsupported = [](device::Context*) -> std::optional<std::string> { return "fp8 needs Hopper"; };
  const json row = run({unsupported}, session)[0];
  EXPECT_EQ(skip_reason(row), "fp8 needs Hopper");
  EXPECT_EQ(log.prepared, 0);
  EXPECT_FALSE(session.failed());
}

TEST(Session, AnExceptionFailsItsRowAlone) {
  Log log;
  Log other;
  Session session(nullptr, {});
  Case unprepared = fake_case("unprepared", log);
  unprepared.prepare = [](device::Context*) -> std::unique_ptr<Execution> {
    throw std::runtime_error("allocating 4 GiB: out of memory");
  };
  const json rows =
      run({unprepared, fake_case("midway", log, {.throw_at_run = 2}), fake_case("fine", other)}, session);
  EXPECT_EQ(rows[0].at("error_message"), "failed: allocating 4 GiB: out of memory");
  EXPECT_EQ(rows[1].at("error_message"), "failed: running a fake: out of fuel");
  EXPECT_FALSE(rows[2].contains("error_occurred"));
  EXPECT_EQ(other.runs, 4);
  EXPECT_TRUE(session.failed());
  EXPECT_EQ(log.alive, 0);
}

TEST(Session, ALostContextIsTheFailureOfOneRow) {
  Log log;
  Log later;
  Session session(nullptr, {}, [](device::Context*) { return true; });
  const json rows = run({fake_case("first", log), fake_case("guilty", log, {.throw_at_run = 6}),
                         fake_case("second", later), fake_case("third", later)},
                        session);
  EXPECT_FALSE(rows[0].contains("error_occurred"));
  EXPECT_THAT(rows[1].at("error_message").get<std::string>(),
              StartsWith("failed: running a fake: out of fuel; the CUDA context is lost"));
  for (int i : {2, 3})
    EXPECT_THAT(skip_reason(rows[i]), StartsWith("the CUDA context was lost in row guilty ("));
  EXPECT_EQ(later.prepared, 0);
  EXPECT_TRUE(session.failed());
}

TEST(Session, ATimeThatIsNoneFails) {
  Log log;
  Session session(nullptr, {});
  const json row = run({fake_case("a", log, {.reported_seconds = std::nan("")})}, session)[0];
  EXPECT_THAT(row.at("error_message").get<std::string>(), StartsWith("failed: a run reported a time of"));
}

TEST(Session, DeviceEventsNeedADevice) {
  Log log;
  Session session(nullptr, {});
  Case misplaced = fake_case("a", log);
  misplaced.timing = Timing::device_events;
  const json row = run({misplaced}, session)[0];
  EXPECT_EQ(row.at("error_message"), "failed: a asks for device events on the CPU backend");
}

class Sleep final : public Execution {
 public:
  void run() override { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
  Verification verify() override { return {}; }
};

TEST(Session, TheHostClockIsAroundTheRun) {
  Log log;
  Session session(nullptr, {});
  Case sleeping = fake_case("a", log);
  sleeping.timing = Timing::host_clock;
  sleeping.prepare = [](device::Context*) -> std::unique_ptr<Execution> { return std::make_unique<Sleep>(); };
  const double measured = seconds(run({sleeping}, session)[0]);
  EXPECT_GE(measured, 0.020);
  EXPECT_LT(measured, 0.2);
}

TEST(Registration, EveryRowOfTheRegistryHasAProperNameOfItsOwn) {
  std::set<std::string> workloads;
  for (const Workload& workload : registry()) workloads.insert(std::string(workload.name));
  const std::regex form("[a-z0-9_]+(/[A-Za-z0-9_]+)+");  // sizes: 256MiB
  for (Backend backend : {Backend::cpu, Backend::cuda}) {
    std::set<std::string> names;
    for (const Case& one : all_bench_cases(backend)) {
      EXPECT_TRUE(names.insert(one.name).second) << one.name << " is there twice";
      EXPECT_TRUE(std::regex_match(one.name, form)) << one.name << " is not workload/variant/type/size";
      EXPECT_TRUE(workloads.count(one.name.substr(0, one.name.find('/')))) << one.name << " begins with no workload's name";
      EXPECT_EQ(one.backend, backend) << one.name;
      EXPECT_TRUE(one.prepare) << one.name;
    }
  }
}

}  // namespace
}  // namespace cuparity
