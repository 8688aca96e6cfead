#include "kernels/host/memory.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "kernels/digest.hpp"
#include "kernels/random_input.hpp"

namespace cuparity::host {
namespace {

TEST(HostMemory, FillsEveryElementFromItsIndex) {
  const std::size_t count = 2 * chunk_elements + 3;
  const Array<float> floats(count);
  const Array<double> doubles(count);
  fill_random(floats.data(), count, 9);
  fill_random(doubles.data(), count, 9);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(floats.data()[i], random_uniform(9, i)) << i;
    ASSERT_EQ(doubles.data()[i], random_uniform(9, i)) << i;
  }
}

TEST(HostMemory, AlignsForVectorsAndHugePages) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{1} << 20})
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(Array<char>(bytes).data()) % 64, 0u) << bytes;
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(Array<char>((4u << 20) + 1).data()) % (2u << 20), 0u);
}

TEST(HostMemory, SaysWhatCouldNotBeAllocated) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the address sanitizer ends the program at such a request";
#endif
  try {
    allocate(std::size_t{1} << 60);
    FAIL() << "an exbibyte was allocated";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("1152921504606846976 bytes"), std::string::npos);
  }
}

TEST(HostMemory, PoisonIsNaN) {
  const Array<double> values(5);
  poison(values.data(), values.bytes());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(std::isnan(values.data()[i]));
}

TEST(HostMemory, DigestEqualsTheSerialOne) {
  const std::size_t piece = 4 * chunk_elements;
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{3}, piece, piece + 1, 3 * piece + 6}) {
    const Array<unsigned char> memory(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
      memory.data()[i] = static_cast<unsigned char>(random_bits(1, i));
    EXPECT_EQ(digest(memory.data(), bytes), digest_bytes(memory.data(), bytes)) << bytes;
  }
}

TEST(HostMemory, FlushingCachesChangesNoByte) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{65}, (std::size_t{2} << 20) + 3}) {
    const Array<unsigned char> memory(bytes + 1);
    for (std::size_t i = 0; i <= bytes; ++i) memory.data()[i] = static_cast<unsigned char>(random_bits(1, i));
    const std::uint64_t before = digest_bytes(memory.data(), bytes + 1);
    flush_caches(memory.data() + 1, bytes);  // not at the beginning of a line
    EXPECT_EQ(digest_bytes(memory.data(), bytes + 1), before) << bytes;
  }
}

TEST(HostMemory, KnowsWhetherMemoryIsThere) {
  EXPECT_FALSE(memory_shortage(1));
  const auto shortage = memory_shortage(std::size_t{1} << 60);
  ASSERT_TRUE(shortage);
  EXPECT_EQ(shortage->rfind("needs 1099511627776 MiB of host memory, ", 0), 0u) << *shortage;
}

}  // namespace
}  // namespace cuparity::host
