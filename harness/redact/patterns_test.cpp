#include "harness/redact/patterns.hpp"

#include <gtest/gtest.h>

#include <random>

#include <chrono>
#include <string>

namespace cuparity {
namespace {

/// What of `text` matches; what lies between becomes one "#".
std::string matched(const std::string& text, const TextContext& context = {}) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto match = match_at(text, at, context);
    if (match) result += "<" + text.substr(at, match->length) + ">";
    else if (!result.ends_with('#')) result += '#';
    at += match ? match->length : 1;
  }
  return result;
}

TEST(Patterns, Paths) {
  EXPECT_EQ(matched("/home/alice/lib/libcuda.so.1"), "</home/alice/lib/>#");
  EXPECT_EQ(matched("--out=/home/alice"), "#</home/alice>");
  EXPECT_EQ(matched("-v/home/alice/data:/data:ro"), "#</home/alice/data>#</data>#");
  EXPECT_EQ(matched("LD_LIBRARY_PATH=/opt/a/lib:/usr/lib/x86_64"), "#</opt/a/lib>#</usr/lib/>#");
  EXPECT_EQ(matched("~alice/x/y"), "<~alice/x/y>");
  EXPECT_EQ(matched("../../alice/secret"), "<../../alice/secret>");
  EXPECT_EQ(matched("opening '/home/a b/c d.txt': no"), "#</home/a b/>#");
  EXPECT_EQ(matched("--out=/home/a b/c", {.word = true}), "#</home/a b/c>");
  EXPECT_EQ(matched("--out=/srv/a/team and 1.5", {.word = true}), "#</srv/a/team and 1.5>");
  EXPECT_EQ(matched("see /data/team."), "#</data/team>#");
  EXPECT_EQ(matched("/prödukt/geheim"), "</prödukt/geheim>");
}

TEST(Patterns, NoPaths) {
  for (const char* text :
       {"gemm/own/fp32/4096/manual_time", "saxpy/own/fp32/268435456", "3.2 TB/s", "and/or", "a / b", "//", "/",
        "^(bandwidth/triad|launch)(/manual_time|/iterations:|$)", "raw/0001-native.json", "/dev/nvidia0",
        "/dev/nvidiactl", "bandwidth/(h2d|d2h)_(pinned|pageable)/256MiB", "launch/.*", "n/a"}) {
    EXPECT_EQ(matched(text), "#") << text;
  }
}

TEST(Patterns, Addresses) {
  EXPECT_EQ(matched("at 10.0.17.5:8080"), "#<10.0.17.5>#");
  EXPECT_EQ(matched("from fe80::1%eth0 to ::1"), "#<fe80::1>#<::1>");
  EXPECT_EQ(matched("2001:0db8:0000:0000:0000:ff00:0042:8329"), "<2001:0db8:0000:0000:0000:ff00:0042:8329>");
  EXPECT_EQ(matched("02:42:ac:11:00:02"), "<02:42:ac:11:00:02>");
  EXPECT_EQ(matched("name:10.1.2.3"), "#<10.1.2.3>");
  EXPECT_EQ(matched("02-42-ac-11-00-02, 0242.ac11.0002."), "<02-42-ac-11-00-02>#<0242.ac11.0002>#");
  EXPECT_EQ(matched("80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:12:34:57"),
            "<80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:12:34:57>");
  EXPECT_EQ(matched("02:42:ac:11:00:02: down"), "<02:42:ac:11:00:02>#");
  EXPECT_EQ(matched("“10.1.2.3” →fe80::1, “/srv/a/b”"), "#<10.1.2.3>#<fe80::1>#</srv/a/b”>");
  for (const char* text : {"580.159.04", "libcublas.so.12.8.4.1", "2026-03-01T10:00:00Z", "00000000:1B:00.0",
                           "std::vector", "v9.1.0.70", "256.1.1.1", "1.2.3.4.5", "12:34:56"}) {
    EXPECT_EQ(matched(text), "#") << text;
  }
  EXPECT_EQ(matched("12.8.4.1", {.version = true}), "#");
}

TEST(Patterns, Identifiers) {
  EXPECT_EQ(matched("GPU-8a1b2c3d-1111-2222-3333-444444444444"), "<GPU-8a1b2c3d-1111-2222-3333-444444444444>");
  EXPECT_EQ(matched("device=GPU-8a1b2c3d"), "#<GPU-8a1b2c3d>");
  EXPECT_EQ(matched("MIG-8a1b2c3d-1111-2222-3333-444444444444,x"),
            "<MIG-8a1b2c3d-1111-2222-3333-444444444444>#");
  EXPECT_EQ(matched("8a1b2c3d-1111-2222-3333-444444444444"), "<8a1b2c3d-1111-2222-3333-444444444444>");
  EXPECT_EQ(matched("0123456789ab"), "<0123456789ab>");
  EXPECT_EQ(matched(std::string(32, 'a') + std::string(32, '1')),
            "<" + std::string(32, 'a') + std::string(32, '1') + ">");
  EXPECT_EQ(matched("8a1b2c3d1111222233334444444444aB,"), "<8a1b2c3d1111222233334444444444aB>#");
  EXPECT_EQ(matched("8a1b2c3d1111222233334444444444aB", {.digest = true}), "#");
  for (const char* text : {"a3c1f00ddeadbe01", "268435456000", "000001fffeffffff", "sha256:0123456789ab",
                           "gpu-1", "GPU-0", "GPU-only", "5f3a9c01"}) {
    EXPECT_EQ(matched(text), "#") << text;
  }
}

TEST(Patterns, NamesOnTheNet) {
  EXPECT_EQ(matched("see https://wiki.example.com/x?y (internal)"), "#<https://wiki.example.com/x?y>#");
  EXPECT_EQ(matched("alice.smith@example.com wrote"), "<alice.smith@example.com>#");
  EXPECT_EQ(matched("root@10.0.0.5"), "<root@10.0.0.5>");
  EXPECT_EQ(matched("registry.example.com:5000/team/x:1"), "<registry.example.com>#");
  EXPECT_EQ(matched("node17.cluster.local"), "<node17.cluster.local>");
  for (const char* text : {"nvidia.com/gpu=0", "docker:--device=nvidia.com/gpu=all", "nvcr.io/nvidia/cuda:13.0",
                           "cuparity@sha256:0011", "libcudnn.so.9", "report.html", "@everyone", "a@1.2"}) {
    EXPECT_EQ(matched(text), "#") << text;
  }
}

TEST(Patterns, LongHostileTextsTakeLinearTime) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string part :
       {"A", "a.", "a-", "a/", "/a", "a:", "1.", "'/", "a@", "../", "GPU-a-", "é", "0", "eyJ-", "eyJ.", "sk-", "ghp_", "Bearer ",
        "aa-", "02-", "02a4.", "commit ", "\\", "C:\\", "C:\\a ", "\\\\aa\\b ", "\"C:\\a"}) {
    std::string text;
    while (text.size() < 200'000) text += part;
    for (std::size_t at = 0; at < text.size(); ++at) match_at(text, at, {});
    matched(text, {.word = true});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Patterns, UuidsOfAText) {
  const auto uuids = uuids_in(R"({"a": "GPU-00000000-1111-2222-3333-444444444444,MIG-GPU-8a1b2c3d/1/0"})");
  ASSERT_EQ(uuids.size(), 2U);
  EXPECT_EQ(uuids[0].kind, UuidKind::gpu);
  EXPECT_EQ(uuids[0].digits, "00000000-1111-2222-3333-444444444444");
  EXPECT_EQ(uuids[1].kind, UuidKind::mig);
  EXPECT_EQ(uuids[1].digits, "8a1b2c3d");
}

TEST(Patterns, NoUuidOfATextIsOverlooked) {
  const std::vector<std::string> pieces = {"GPU-", "MIG-", "MIG-GPU-", "8a1b2c3d", "-1111", "-2222-3333", "-444444444444",
                                           "-", "a", " ", "\"", "x", "00000000-1111-2222-3333-444444444444"};
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int piece = 0; piece < 8; ++piece) text += pieces[random() % pieces.size()];
    std::vector<std::string> expected, found;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const auto match = match_at(text, at, {});
      if (!match || match->pattern != Pattern::uuid) continue;
      const Uuid uuid = parse_uuid(std::string_view(text).substr(at, match->length));
      if (uuid.kind != UuidKind::bare || uuid.digits.find('-') != std::string_view::npos) expected.emplace_back(uuid.digits);
      at += match->length - 1;
    }
    for (const Uuid& uuid : uuids_in(text)) found.emplace_back(uuid.digits);
    ASSERT_EQ(found, expected) << text;
  }
}

}  // namespace
}  // namespace cuparity
