// cuparity-peers: what other programs and libraries do in our rows, as an ordinary Google Benchmark program.
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/peers/peer.hpp"
#include "bench/program.hpp"
#include "bench/registration.hpp"

namespace {

using namespace cuparity;

constexpr const char* peer_flag = "--peer=";

/// Takes --peer=NAME out of the arguments; empty if it is not there.
std::string take_peer(int& argc, char** argv) {
  std::string name;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], peer_flag, std::strlen(peer_flag)) == 0) name = argv[i] + std::strlen(peer_flag);
    else argv[kept++] = argv[i];
  }
  argc = kept;
  argv[argc] = nullptr;
  return name;
}

const Peer* find(const std::string& name, Backend backend) {
  for (const Peer& peer : peers(backend))
    if (peer.name == name) return &peer;
  return nullptr;
}

void print_peers(std::FILE* file) {
  for (const Backend backend : {Backend::cpu, Backend::cuda})
    for (const Peer& peer : peers(backend))
      std::fprintf(file, "%-4s  %-18s %s\n", to_string(backend).data(), peer.name.data(), peer.summary.data());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = take_peer(argc, argv);
  if (name == "list") {
    print_peers(stdout);
    return 0;
  }
  if (find(name, Backend::cpu) == nullptr && find(name, Backend::cuda) == nullptr) {
    std::fprintf(stderr, "cuparity-peers: --peer=%s: expected --peer=list or one of:\n", name.c_str());
    print_peers(stderr);
    return 2;
  }
  benchmark::AddCustomContext("peer", name);
  const auto cases = [name](Backend backend) {
    const Peer* peer = find(name, backend);
    if (peer == nullptr)
      throw std::invalid_argument("--peer=" + name + " has no rows on the backend " + std::string(to_string(backend)));
    return peer->cases(all_bench_cases(backend));
  };
  return run_bench_program({"cuparity-peers", cases}, argc, argv);
}
