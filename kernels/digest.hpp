// A 64-bit digest of bytes that does not depend on the order of evaluation, so that a GPU computes it
// in parallel and equals the host's. Not cryptographic: it tells equal outputs from unequal ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/random_input.hpp"

namespace cuparity {

/// What the 32-bit word at `index` adds to the digest (sum modulo 2^64 over all words).
CUPARITY_HOST_DEVICE inline std::uint64_t digest_word(std::uint64_t index, std::uint32_t word) {
  return mix64(((index + 1) * 0x9e3779b97f4a7c15ULL) ^ (static_cast<std::uint64_t>(word) << 16) ^ word);
}

/// Digest of `bytes` bytes of host memory; the last word is padded with zero bytes. `first_word` is the index
/// of the first word: the digests of consecutive pieces add up to the digest of the whole.
inline std::uint64_t digest_bytes(const void* data, std::size_t bytes, std::uint64_t first_word = 0) {
  const auto* source = static_cast<const unsigned char*>(data);
  std::uint64_t sum = 0;
  for (std::size_t offset = 0; offset < bytes; offset += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, source + offset, bytes - offset < 4 ? bytes - offset : 4);
    sum += digest_word(first_word + offset / 4, word);
  }
  return sum;
}

}  // namespace cuparity
