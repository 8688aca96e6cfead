#include "validate/probe/memory_handle.hpp"

#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace cuparity::probe {

std::string handle_text(const environment::CudaIpcHandle& handle) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : handle.bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

MemoryHandle parse_memory_handle(const std::string& text) {
  MemoryHandle memory;
  const std::size_t comma = text.find(',');
  const std::string digits = comma == std::string::npos ? "" : text.substr(comma + 1);
  if (digits.size() != 2 * std::size(memory.handle.bytes) ||
      digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw std::invalid_argument("needs GPU,HANDLE with a handle of 128 hexadecimal digits, not '" + text + "'");
  }
  memory.gpu = text.substr(0, comma);
  for (std::size_t i = 0; i < std::size(memory.handle.bytes); ++i)
    memory.handle.bytes[i] = static_cast<unsigned char>(std::stoi(digits.substr(2 * i, 2), nullptr, 16));
  return memory;
}

}  // namespace cuparity::probe
