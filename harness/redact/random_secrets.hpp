// For tests: texts with secrets at random places, the same at every run.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace cuparity {

struct PlantedText {
  std::string text;
  std::vector<std::string> secrets;   ///< none of these may be found in what is published
  std::vector<std::string> ordinary;  ///< all of these must be
};

/// mt19937 alone: what the standard's distributions make of it differs between libraries.
class RandomSecrets {
 public:
  explicit RandomSecrets(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string letters(std::size_t count) { return characters("abcdefghijklmnopqrstuvwxyz", count); }

  std::string digits(std::size_t count) { return characters("123456789", count); }

  std::string uuid() {
    const std::string hexadecimal = below(4) == 0 ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string text;
    for (const std::size_t group : {8, 4, 4, 4, 12}) text += (text.empty() ? "" : "-") + characters(hexadecimal, group);
    return text;
  }

  std::string ipv4() { return fmt::format("{}.{}.{}.{}", 1 + below(223), below(256), below(256), 1 + below(254)); }

  std::string ipv6() {
    std::string text = fmt::format("2001:db8:{:x}", 1 + below(0xfffe));
    if (below(2) == 0) return text + fmt::format("::{:x}", 1 + below(0xfffe));
    for (int group = 0; group < 5; ++group) text += fmt::format(":{:x}", 1 + below(0xfffe));
    return text;
  }

  std::string mac() {
    std::string text;
    for (int pair = 0; pair < 6; ++pair) text += (pair > 0 ? ":" : "") + characters("0123456789abcdef", 2);
    return text;
  }

  /// Something that identifies, as it comes in command lines, messages and fields; its secret parts are appended.
  std::string item(std::vector<std::string>& secrets) {
    const auto secret = [&](const std::string& text) {
      secrets.push_back(text);
      return text;
    };
    const std::string name = "u" + letters(7);
    switch (below(31)) {
      case 0: return "GPU-" + secret(uuid());
      case 1: return "MIG-" + secret(uuid());
      case 2: return secret(uuid());
      case 3: return secret(ipv4());
      case 4: return secret(ipv4()) + fmt::format(":{}", 1000 + below(60000));
      case 5: return secret(ipv6());
      case 6: return "[" + secret(ipv6()) + "]:80";
      case 7: return secret(mac());
      case 8: return "/home/" + secret(name) + "/" + secret(letters(9)) + "/data.json";
      case 9: return "/srv/" + secret(letters(9)) + "/" + secret(letters(8));
      case 10: return "--volume=/mnt/" + secret(letters(9)) + ":/data:ro";
      case 11: return secret(name) + "@" + secret(letters(8)) + ".example.com";
      case 12: return "https://" + secret(name) + ":" + secret(letters(10)) + "@" + secret(letters(8)) + ".example.com/x";
      case 13: return "hostname=" + secret("node" + letters(6));
      case 14: return "USER=" + secret(name);
      case 15: return "serial: " + secret(digits(13));
      case 16: return "NGC_API_KEY=" + secret(letters(20));
      case 17: return "docker:-h " + secret("node" + letters(6)) + " -u " + secret(name);
      case 18: return "podman:-v " + secret(letters(9)) + ":/data --name=" + secret(letters(8));
      case 19: return "--mount type=volume,source=" + secret(letters(9)) + ",target=/x";
      case 20: return "--network=" + secret(letters(9)) + " --label team=" + secret(letters(9));
      case 21: return secret(characters("0123456789abcdef", 4) + ".a" + digits(3) + "." + characters("0123456789abcdef", 4));
      case 22: return secret("0a-" + characters("0123456789ABCDEF", 2) + "-ac-" + digits(2) + "-00-" + digits(2));
      case 23: return "SN " + secret(digits(13));
      case 24: return "S/N: " + secret(digits(13));
      case 25: return secret("a" + characters("0123456789abcdef", 30) + "1");
      case 26: return secret("ghp_" + letters(36));
      case 27: return "Authorization: Bearer " + secret(letters(20));
      case 28: return "C:\\Users\\" + secret(name) + "\\" + secret(letters(9)) + "\\data.json";
      case 29: return "\\\\" + secret(letters(8)) + "\\" + secret(letters(8));
      default: return secret(letters(8)) + "." + secret(letters(7)) + ".internal";
    }
  }

  /// Ordinary texts around one to four items.
  PlantedText text() {
    static const std::vector<std::string> ordinary = {
        "bandwidth/triad/fp32/1GiB", "docker:--gpus=all", "3.2 µs", "580.159.04", "+0.31 %", "2026-03-01T10:00:00Z",
        "NVIDIA H200", "/dev/nvidia0", "nvidia.com/gpu=0", "0-63", "seccomp", "id 66, tile 24, stages 35",
        "--shm-size=1g", "libcuda.so.580.159.04", "gemm/cublaslt/bf16/8192", "Ubuntu 24.04.3 LTS", "overlay",
        "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"};
    static const std::vector<std::pair<std::string, std::string>> around = {
        {" ", " "}, {" (", ") "},  {" \"", "\" "}, {" '", "' "},  {" ", ", "}, {" [", "] "},      {"\n", "\n"},
        {" ", "; "}, {" <", "> "}, {" =", " "},    {" | ", " | "}, {" ", ": "}, {" “", "” "}, {" →", " "}, {" …", "… "}};
    PlantedText planted;
    const auto add_ordinary = [&] {
      planted.ordinary.push_back(ordinary[below(ordinary.size())]);
      planted.text += planted.ordinary.back();
    };
    if (below(4) > 0) add_ordinary();
    for (std::size_t count = 1 + below(4); count > 0; --count) {
      const auto& [before, after] = around[below(around.size())];
      planted.text += before + item(planted.secrets) + after;
      if (below(3) > 0) add_ordinary();
    }
    return planted;
  }

 private:
  std::string characters(const std::string& alphabet, std::size_t count) {
    std::string text;
    for (; count > 0; --count) text += alphabet[below(alphabet.size())];
    return text;
  }

  std::mt19937 random_;
};

}  // namespace cuparity
