// What the flags of `docker run` and `podman run` say of hosts and people, in modes and in commands.
#include <gtest/gtest.h>

#include <chrono>

#include "harness/redact/redacted_text.hpp"

namespace cuparity {
namespace {

std::string redacted_mode(const std::string& flags) { return redacted_text("docker:" + flags, "mode").substr(7); }

/// The words of a command, with spaces between them.
std::string redacted_command(const std::vector<std::string>& words) {
  Pseudonyms pseudonyms;
  std::string text;
  const nlohmann::json json = redacted_document({{"command", words}}, pseudonyms);
  EXPECT_EQ(redacted_document(json, pseudonyms), json);
  for (const auto& word : json["command"]) text += (text.empty() ? "" : " ") + word.get<std::string>();
  return text;
}

TEST(EngineFlags, ShortOnes) {
  EXPECT_EQ(redacted_mode("--gpus all -h node17"), "--gpus all -h [host]");
  EXPECT_EQ(redacted_mode("-h=node17"), "-h=[host]");
  EXPECT_EQ(redacted_mode("-hnode17 --gpus=all"), "-h[host] --gpus=all");
  EXPECT_EQ(redacted_mode("-h 'node17' -u \"alice\""), "-h '[host]' -u \"[user]\"");
  EXPECT_EQ(redacted_mode("-u alice"), "-u [user]");
  EXPECT_EQ(redacted_mode("-u alice:staff"), "-u [user]");
  EXPECT_EQ(redacted_mode("-ualice -itu bob"), "-u[user] -itu [user]");
  EXPECT_EQ(redacted_mode("-u 1000:staff"), "-u [user]");
  EXPECT_EQ(redacted_mode("-v myvolume:/data:ro"), "-v [volume]:[path]:ro");
  EXPECT_EQ(redacted_mode("-vmyvolume:/data"), "-v[volume]:[path]");
  EXPECT_EQ(redacted_mode("-l team=secretproject -l x"), "-l team=[label] -l x");
}

TEST(EngineFlags, LongOnes) {
  EXPECT_EQ(redacted_mode("--hostname node17"), "--hostname [host]");
  EXPECT_EQ(redacted_mode("--volume=myvolume:/x"), "--volume=[volume]:[path]");
  EXPECT_EQ(redacted_mode("--mount type=volume,source=alice,target=/x"), "--mount type=volume,source=[volume],target=[path]");
  EXPECT_EQ(redacted_mode("--mount=type=image,src=alice/x,dst=/x"), "--mount=type=image,src=[volume],dst=[path]");
  EXPECT_EQ(redacted_mode("--mount 'type=volume,src=alice' -u bob"), "--mount 'type=volume,src=[volume]' -u [user]");
  EXPECT_EQ(redacted_mode("--add-host=db17:10.0.0.1 --add-host db18=fd00::1"), "--add-host=[host] --add-host [host]");
  EXPECT_EQ(redacted_mode("--domainname corp --dns-search corp.example"), "--domainname [host] --dns-search [host]");
  EXPECT_EQ(redacted_mode("--name alice-job --link alice-db:db"), "--name [container] --link [container]");
  EXPECT_EQ(redacted_mode("--network=container:alice-job --ipc container:bob"),
            "--network=container:[container] --ipc container:[container]");
  EXPECT_EQ(redacted_mode("--network alice-net --net=team"), "--network [network] --net=[network]");
  EXPECT_EQ(redacted_mode("--network name=alice-net,alias=db17"), "--network [network]");
  EXPECT_EQ(redacted_mode("--network-alias db17 --net-alias=db18"), "--network-alias [host] --net-alias=[host]");
  EXPECT_EQ(redacted_mode("--ip 10.0.0.5 --ip6 fd00::5"), "--ip [ip] --ip6 [ip]");
  EXPECT_EQ(redacted_mode("--mac-address 02-42-ac-11-00-02"), "--mac-address [mac]");
  EXPECT_EQ(redacted_mode("--volumes-from=alice-data --pod alice"), "--volumes-from=[container] --pod [container]");
  EXPECT_EQ(redacted_mode("--cidfile=/run/alice/id --env-file /home/alice/env"), "--cidfile=[path] --env-file [path]");
  EXPECT_EQ(redacted_mode("--label team=\"secret project\""), "--label team=[label]");
  EXPECT_EQ(redacted_mode("--creds alice:hunter2 --hostuser=alice"), "--creds [secret] --hostuser=[user]");
  EXPECT_EQ(redacted_mode("-e SLURM_JOB_ACCOUNT=alice01 -e SLURM_SUBMIT_HOST=login3 -e SLURM_CLUSTER_NAME=big"),
            "-e SLURM_JOB_ACCOUNT=[user] -e SLURM_SUBMIT_HOST=[host] -e SLURM_CLUSTER_NAME=[host]");
}

TEST(EngineFlags, WhatIdentifiesNobodyStays) {
  for (const char* flags :
       {"-u 1000:1000", "-u root", "-u 0", "-u0", "-u root:root", "--user 1000:1000", "--user=root", "-u nobody", "-u $USER",
        "-v /dev/nvidia0:/dev/nvidia0 -v /dev/shm:/dev/shm", "--device /dev/nvidia0 --device=nvidia.com/gpu=all", "--gpus device=0",
        "--gpus='\"device=0,1\"' --ipc=host --pid host --uts=host", "--network=host", "--network none --net bridge",
        "--network slirp4netns:allow_host_loopback=true", "--network=pasta --network private", "--security-opt seccomp=unconfined",
        "--shm-size=1g --ulimit memlock=-1 --cap-add SYS_ADMIN --rm -it --runtime nvidia", "-e NCCL_DEBUG=INFO -w", "-h", "-h -v",
        "--hostname and --network are at odds", "--memory 64g -m 64g --cpuset-cpus 0-7 -p 8080:80", "--userns keep-id"}) {
    EXPECT_EQ(redacted_mode(flags), flags);
  }
}

TEST(EngineFlags, InSentencesToo) {
  EXPECT_EQ(redacted_text("Same: 3 of 3 of docker:-h node17, the first x; podman:--name=alice-job: skipped", "sentence"),
            "Same: 3 of 3 of docker:-h [host], the first x; podman:--name=[container]: skipped");
  EXPECT_EQ(redacted_text("(`docker:-u alice`)"), "(`docker:-u [user]`)");
  EXPECT_EQ(redacted_text("-u alice -v data:/x", "docker_flags"), "-u [user] -v [volume]:[path]");
  // Another program's short flags are its own.
  EXPECT_EQ(redacted_text("free -h now; sort -u names"), "free -h now; sort -u names");
}

TEST(EngineFlags, OneWordOfACommandEach) {
  EXPECT_EQ(redacted_command({"docker", "run", "-h", "node17", "-u", "alice:staff", "-it", "x"}),
            "docker run -h [host] -u [user] -it x");
  EXPECT_EQ(redacted_command({"-v", "data:/x", "--volume", "data:/x", "-v", "/dev/nvidia0:/dev/nvidia0"}),
            "-v [volume]:[path] --volume [volume]:[path] -v /dev/nvidia0:/dev/nvidia0");
  EXPECT_EQ(redacted_command({"--mount", "type=volume,source=alice,target=/x", "--add-host", "db17:10.0.0.1"}),
            "--mount type=volume,source=[volume],target=[path] --add-host [host]");
  EXPECT_EQ(redacted_command({"--network", "container:alice-job", "--network", "host", "-itu", "bob", "-hnode17"}),
            "--network container:[container] --network host -itu [user] -h[host]");
  EXPECT_EQ(redacted_command({"--api-token", "hunter2", "--serial", "PF2ABC", "--gpus", "all", "-u", "1000:1000"}),
            "--api-token [secret] --serial [serial] --gpus all -u 1000:1000");
  EXPECT_EQ(redacted_command({"cuparity", "run", "--mode", "docker:--gpus all -h node17", "--mode=docker:-u alice"}),
            "cuparity run --mode docker:--gpus all -h [host] --mode=docker:-u [user]");
}

TEST(EngineFlags, WhatTheyNameIsTakenOutElsewhere) {
  Pseudonyms pseudonyms;
  const std::vector<std::string> command = {"docker", "run", "-h", "node17.example", "-u", "alice:staff", "--add-host",
                                            "db17:10.0.0.1"};
  const nlohmann::json json = {{"command", command},
                               {"mode", "docker:--name bob-job --name bench"},
                               {"note", "alice on node17, db17 and bob-job: bench"}};
  EXPECT_EQ(redacted_document(json, pseudonyms)["note"], "[user] on [host], [host] and [container]: bench");
}

TEST(EngineFlags, LongHostileTextsTakeLinearTime) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string part :
       {"-h ", "-h", "-", "--name ", "-h '", "--name \"", "--mount a,", "--label a='",
        "--", "-h=", "-h a:", " -v a:/b"}) {
    std::string text = "docker";
    while (text.size() < 300'000) text += part;
    redacted_text(text, "mode");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(EngineFlags, ModesThatOnlyTheyTellApartStayDistinct) {
  Pseudonyms pseudonyms;
  const nlohmann::json modes = {"docker:-h node17", "docker:-h node18"};
  const nlohmann::json once = redacted_document({{"modes", modes}}, pseudonyms);
  EXPECT_EQ(once["modes"], (nlohmann::json{"docker:-h [host]", "docker:-h [host] (2)"}));
  EXPECT_EQ(redacted_document(once, pseudonyms), once);
}

}  // namespace
}  // namespace cuparity
