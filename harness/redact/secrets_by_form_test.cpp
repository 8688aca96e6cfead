#include <gtest/gtest.h>

#include "harness/redact/redacted_text.hpp"

namespace cuparity {
namespace {

const std::string random_part = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5";

TEST(SecretsByForm, TokensOfKnownServices) {
  for (const char* prefix : {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "nvapi-", "hf_",
                             "sk-", "sk-proj-", "dckr_pat_"}) {
    EXPECT_EQ(redacted_text(std::string("with '") + prefix + random_part + "'."), "with '[secret]'.") << prefix;
    EXPECT_EQ(redacted_text(std::string("-e X=") + prefix + random_part), "-e X=[secret]") << prefix;
  }
  EXPECT_EQ(redacted_text("key AKIAIOSFODNN7EXAMPLE, ASIAIOSFODNN7EXAMPLE"), "key [secret], [secret]");
  EXPECT_EQ(redacted_text("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl-_x!"), "[secret]!");
  EXPECT_EQ(redacted_text("glpat-" + random_part + "."), "[secret].");
}

TEST(SecretsByForm, Headers) {
  EXPECT_EQ(redacted_text("got Bearer abc123def"), "got Bearer [secret]");
  EXPECT_EQ(redacted_text("Basic dXNlcjpwYXNz"), "Basic [secret]");
  EXPECT_EQ(redacted_text("Authorization: Bearer abc.def"), "Authorization: [secret]");
  EXPECT_EQ(redacted_text("-H 'Authorization: token hunter2' -v"), "-H 'Authorization: [secret]' -v");
  EXPECT_EQ(redacted_text("proxy-authorization=hunter2!"), "proxy-authorization=[secret]");
  EXPECT_EQ(redacted_text("Basic abc", "Authorization"), "[secret]");
}

TEST(SecretsByForm, WhatOnlyLooksAlike) {
  for (const char* text :
       {"sk-learn", "hf_transfer", "hf_hub_download", "risk-assessment-of-the-year", "AKIA", "AKIAIOSFODNN7EXAMPLEX",
        "eyJ.x", "Basic settings", "Basic authentication", "basic tile128x128", "Bearer of news", "ghp_", "split-k 1, swizzle 0",
        "task-graph-of-twenty-characters", "authorization needed"}) {
    EXPECT_EQ(redacted_text(text), text);
  }
}

}  // namespace
}  // namespace cuparity
