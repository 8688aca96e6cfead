#include "kernels/digest.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace cuparity {
namespace {

std::vector<unsigned char> bytes_of(std::size_t count) {
  std::vector<unsigned char> bytes(count);
  std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(1));
  return bytes;
}

TEST(Digest, NothingIsZero) { EXPECT_EQ(digest_bytes(nullptr, 0), 0u); }

TEST(Digest, IsTheSumOfItsWords) {
  const std::uint32_t words[] = {7, 0, 0xffffffffu};
  EXPECT_EQ(digest_bytes(words, sizeof words),
            digest_word(0, 7) + digest_word(1, 0) + digest_word(2, 0xffffffffu));
}

TEST(Digest, PadsTheLastWordWithZeroBytes) {
  const unsigned char five[] = {1, 2, 3, 4, 5};
  const unsigned char eight[] = {1, 2, 3, 4, 5, 0, 0, 0};
  EXPECT_EQ(digest_bytes(five, 5), digest_bytes(eight, 8));
}

TEST(Digest, SeesEveryBitOfEveryByte) {
  auto bytes = bytes_of(67);
  const auto before = digest_bytes(bytes.data(), bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      bytes[i] ^= static_cast<unsigned char>(1 << bit);
      EXPECT_NE(digest_bytes(bytes.data(), bytes.size()), before) << "byte " << i << ", bit " << bit;
      bytes[i] ^= static_cast<unsigned char>(1 << bit);
    }
}

TEST(Digest, SeesSwappedWordsAndZeroWords) {
  const std::uint32_t one[] = {1, 2, 0};
  const std::uint32_t other[] = {2, 1, 0};
  EXPECT_NE(digest_bytes(one, 8), digest_bytes(other, 8));
  EXPECT_NE(digest_bytes(one, 8), digest_bytes(one, 12));
}

TEST(Digest, PiecesAddUpToTheWhole) {
  const auto bytes = bytes_of(103);
  EXPECT_EQ(digest_bytes(bytes.data(), 40) + digest_bytes(bytes.data() + 40, 63, 10),
            digest_bytes(bytes.data(), 103));
}

}  // namespace
}  // namespace cuparity
