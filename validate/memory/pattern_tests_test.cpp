#include "validate/memory/pattern_tests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

namespace cuparity::validate {
namespace {

using testing::HasSubstr;

TEST(Pattern, Words) {
  EXPECT_EQ(pattern_word({PatternKind::constant, 0x55555555, false}, 7), 0x55555555u);
  EXPECT_EQ(pattern_word({PatternKind::constant, 0x55555555, true}, 7), 0xaaaaaaaau);
  EXPECT_EQ(pattern_word({PatternKind::walking_bit, 30, false}, 1), 0x80000000u);
  EXPECT_EQ(pattern_word({PatternKind::walking_bit, 30, false}, 2), 1u);
  EXPECT_EQ(pattern_word({PatternKind::address, 0, false}, 1234), 1234u);
  EXPECT_NE(pattern_word({PatternKind::random, 1, false}, 0),
            pattern_word({PatternKind::random, 2, false}, 0));
}

TEST(HostMemory, RefusesSizesItCanNotTest) {
  EXPECT_THROW(make_host_memory(3), std::invalid_argument);
  EXPECT_THROW(make_host_memory(pattern_memory_limit_bytes + 1), std::invalid_argument);
}

TEST(HostMemory, SoundMemoryPassesEveryTest) {
  for (const std::size_t bytes : {std::size_t{4}, std::size_t{4 * 1001}, std::size_t{4 * 5000}}) {
    const auto memory = make_host_memory(bytes);
    for (const PatternTest& test : pattern_tests()) EXPECT_EQ(test.run(*memory).count, 0u) << test.name;
  }
}

TEST(HostMemory, FindsEveryFlippedBit) {
  const auto memory = make_host_memory(4 * 5000);
  const Pattern pattern{PatternKind::random, 5, false};
  for (const std::uint64_t word : {0u, 499u, 2048u, 4999u})
    for (const unsigned bit : {0u, 13u, 31u}) {
      memory->write(pattern);
      memory->flip_bit(word, bit);
      const MemoryErrors errors = memory->check(pattern);
      EXPECT_EQ(errors.count, 1u);
      EXPECT_EQ(errors.first_word, word);
      EXPECT_EQ(errors.found, errors.expected ^ (1u << bit));
    }
}

TEST(HostMemory, CountsAllAndReportsTheLowest) {
  const auto memory = make_host_memory(4 * 1001);
  const Pattern pattern{PatternKind::constant, 0, false};
  memory->write(pattern);
  for (const std::uint64_t word : {900u, 17u, 500u}) memory->flip_bit(word, 4);
  const MemoryErrors errors = memory->check_and_invert(pattern, true);
  EXPECT_EQ(errors.count, 3u);
  EXPECT_EQ(errors.first_word, 17u);
  EXPECT_EQ(memory->check({PatternKind::constant, 0, true}).count, 0u) << "the complement was not written";
  const std::string text = describe(errors, *memory);
  EXPECT_THAT(text, HasSubstr("3 wrong 32-bit words in 4004 bytes"));
  EXPECT_THAT(text, HasSubstr("at byte 68 "));
  EXPECT_THAT(text, HasSubstr("expected 0x00000000, found 0x00000010"));
}

/// Memory with one cell at fault, as the pattern tests must be able to find it.
class FaultyMemory : public PatternMemory {
 public:
  /// A bit that always reads 0 or 1, or (aliased) a word that reaches the cell of word 0.
  struct Fault {
    std::uint64_t word = 0;
    std::uint32_t stuck_at_one = 0;
    std::uint32_t stuck_at_zero = 0;
    bool aliased = false;
  };
  explicit FaultyMemory(const Fault& fault) : fault_(fault), cells_(128) {}
  std::uint64_t words() const override { return cells_.size(); }
  std::uint64_t address() const override { return 0x1000; }
  void write(const Pattern& pattern) override {
    for (std::uint64_t i = 0; i < words(); ++i) store(i, pattern_word(pattern, i));
  }
  MemoryErrors check(const Pattern& pattern) override {
    MemoryErrors errors;
    for (std::uint64_t i = 0; i < words(); ++i) compare(i, pattern_word(pattern, i), errors);
    return errors;
  }
  MemoryErrors check_and_invert(const Pattern& pattern, bool descending) override {
    MemoryErrors errors;
    for (std::uint64_t step = 0; step < words(); ++step) {
      const std::uint64_t i = descending ? words() - 1 - step : step;
      compare(i, pattern_word(pattern, i), errors);
      store(i, ~pattern_word(pattern, i));
    }
    return errors;
  }
  void flip_bit(std::uint64_t word, unsigned bit) override { cells_[word] ^= 1u << bit; }

 private:
  std::uint64_t cell(std::uint64_t word) const { return fault_.aliased && word == fault_.word ? 0 : word; }
  void store(std::uint64_t word, std::uint32_t value) { cells_[cell(word)] = value; }
  void compare(std::uint64_t word, std::uint32_t expected, MemoryErrors& errors) const {
    std::uint32_t found = cells_[cell(word)];
    if (word == fault_.word) found = (found | fault_.stuck_at_one) & ~fault_.stuck_at_zero;
    if (found != expected) errors = combine(errors, {1, word, expected, found});
  }
  Fault fault_;
  std::vector<std::uint32_t> cells_;
};

TEST(PatternTests, EachFindsAStuckBit) {
  for (const PatternTest& test : pattern_tests()) {
    FaultyMemory one({40, 1u << 9, 0, false});
    FaultyMemory zero({40, 0, 1u << 3, false});
    EXPECT_GT(test.run(one).count, 0u) << test.name;
    EXPECT_GT(test.run(zero).count, 0u) << test.name;
    EXPECT_EQ(test.run(one).first_word, 40u) << test.name;
  }
}

TEST(PatternTests, AnAddressLineAtFaultIsFoundByThePatternsThatDependOnTheAddress) {
  for (const PatternTest& test : pattern_tests()) {
    FaultyMemory memory({64, 0, 0, true});
    const std::uint64_t count = test.run(memory).count;
    // Words 0 and 64 get the same walking bit; both orders of inversion reach the shared cell twice.
    if (std::string(test.name).find("Walking") != std::string::npos) continue;
    EXPECT_GT(count, 0u) << test.name;
  }
}

}  // namespace
}  // namespace cuparity::validate
