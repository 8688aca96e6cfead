// What must come through redaction as it is: else a published run says nothing.
#include <gtest/gtest.h>

#include "harness/redact/redacted_text.hpp"

namespace cuparity {
namespace {

TEST(Survivors, TextsOfRuns) {
  for (const char* text :
       {"gemm/own/bf16/4096/manual_time", "convolution/cudnn/forward/fp16/3x3_512_512_7", "collectives/all_reduce/fp32/256MiB",
        "convolution/onednn/backward_data/fp32/3x3_256_256_14", "6.18.44", "580.159.04", "5.15.0-1053-nvidia", "20.10.24+dfsg1",
        "cuparity@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
        "docker:--device=nvidia.com/gpu=all", "docker:--gpus device=0", "docker:--gpus=\"device=0\"", "native, 0.5 % slower",
        "2026-11-28T17:01:27+00:00", "2026-11-28", "26-11-28-10-15-30", "28-11-26-10-15-30", "2026.1128.1015",
        "20261128-101530", "00000000:00:06.0", "692-2G520-0282-001", "000001fffeffffff",
        "commit 89f1c8275e20ed7f89f1c8275e20ed7f89f1c827", "digest=7256575e9885d58e", "md5: 7256575e9885d58e7256575e9885d58e",
        "revision 7256575e9885", "build_id=7256575e9885d58e7256575e9885d58e", "12345678901234567890123456789012",
        "abcdefabcdefabcdefabcdefabcdefab", "S/N: 12 dB", "sn=3", "SN ratio", "isn=165492200", "mac: yes", "MAC=2", "a Mac: x",
        "dead.beef.cafe", "1234.5678.9012", "v0242.ac11.0002", "0242.ac11.0002.1", "a-02-42-ac-11-00-02", "x:\\", "\\d+\\w",
        "\\d\\d:\\d\\d", "\\\\d\\\\w", "a\\b", "\\n\\t", "C:", "ratio C:D",
        "sudo journalctl -u docker, and docker version -h x", "--network of docker and --hostname of podman",
        "jit_1x1:avx512_core", "wgmma 128x256x64, 4 stages, cluster 2x1, band 8"}) {
    EXPECT_EQ(redacted_text(text), text);
  }
}

TEST(Survivors, DigestsInTheirFields) {
  const std::string digits = "7256575e9885d58e";
  for (const char* field : {"digest", "source_digest", "git_commit", "revision", "file_hash", "checksum", "md5"}) {
    EXPECT_EQ(redacted_text(digits, field), digits) << field;
    EXPECT_EQ(redacted_text(digits + digits, field), digits + digits) << field;
    EXPECT_EQ(redacted_text(digits.substr(0, 12), field), digits.substr(0, 12)) << field;
    EXPECT_EQ(redacted_text(digits + digits + digits + digits, field), digits + digits + digits + digits) << field;
    EXPECT_EQ(redacted_text("of /home/alice/x.bin " + digits + digits, field), "of [path]/x.bin uuid-1") << field;
  }
}

}  // namespace
}  // namespace cuparity
