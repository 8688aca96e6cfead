#include "validate/memory/memory_tests.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "validate/memory/pattern_memory.hpp"
#include "validate/memory/pattern_tests.hpp"
#include "validate/registration.hpp"

#ifdef CUPARITY_HAVE_CUDA
#include "kernels/device/context.hpp"
#endif

namespace cuparity::validate {
namespace {

constexpr std::size_t host_bytes = std::size_t{64} << 20;

#ifdef CUPARITY_HAVE_CUDA
constexpr std::size_t device_bytes_limit = std::size_t{2} << 30;

/// Half of what is free at most: other processes may be working on the GPU.
std::size_t device_bytes() {
  std::size_t free = 0;
  std::size_t total = 0;
  device::check(cudaMemGetInfo(&free, &total), "asking how much GPU memory is free");
  return std::min(device_bytes_limit, free / 2);
}
#endif

std::unique_ptr<PatternMemory> make_memory(const Session& session) {
#ifdef CUPARITY_HAVE_CUDA
  if (session.backend.context) return make_device_memory(*session.backend.context, device_bytes());
#endif
  static_cast<void>(session);
  return make_host_memory(host_bytes);
}

void run_pattern(const Session& session, const PatternTest& test) {
  const std::unique_ptr<PatternMemory> memory = make_memory(session);
  const MemoryErrors errors = test.run(*memory);
  testing::Test::RecordProperty("bytes_tested", std::to_string(4 * memory->words()));
  testing::Test::RecordProperty("wrong_words", std::to_string(errors.count));
  CUPARITY_EXPECT_NO_PROBLEM(errors.count == 0 ? std::string() : describe(errors, *memory));
}

void find_flipped_bit(const Session& session) {
  const std::unique_ptr<PatternMemory> memory = make_memory(session);
  const Pattern pattern{PatternKind::random, 1, false};
  // The last word: an end that is not reached would go unnoticed everywhere else.
  const std::uint64_t word = memory->words() - 1;
  memory->write(pattern);
  ASSERT_EQ(memory->check(pattern).count, 0u);
  memory->flip_bit(word, 17);
  const MemoryErrors errors = memory->check(pattern);
  EXPECT_EQ(errors.count, 1u);
  EXPECT_EQ(errors.first_word, word);
  EXPECT_EQ(errors.expected, pattern_word(pattern, word));
  EXPECT_EQ(errors.found, errors.expected ^ (std::uint32_t{1} << 17));
  EXPECT_EQ(memory->check_and_invert(pattern, true).count, 1u)
      << "the inverting check missed the flipped bit";
}

}  // namespace

void register_memory_tests(const Session& session) {
  for (const PatternTest& test : pattern_tests())
    register_test("MemoryPattern", test.name, __FILE__, __LINE__,
                  [test, &session] { run_pattern(session, test); });
  register_test("MemoryChecker", "FindsAFlippedBit", __FILE__, __LINE__,
                [&session] { find_flipped_bit(session); });
}

}  // namespace cuparity::validate
