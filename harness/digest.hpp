// Digests that tell whether bytes are the same as before. Not one-way: never of what must stay secret.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace cuparity {

/// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), 64 bits.
class Fnv {
 public:
  void add(std::string_view bytes) {
    for (const char c : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  void add(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) hash_ = (hash_ ^ (value >> shift & 0xFF)) * 0x100000001b3U;
  }
  std::uint64_t value() const { return hash_; }
  /// Sixteen hexadecimal digits.
  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

/// The text() of these bytes.
inline std::string digest_of(std::string_view bytes) {
  Fnv fnv;
  fnv.add(bytes);
  return fnv.text();
}

}  // namespace cuparity
