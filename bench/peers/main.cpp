// cuparity-peers: what other programs and libraries do in our rows, as an ordinary Google Benchmark program.
#include <cstdio>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/peers/in_turn.hpp"
#include "bench/peers/peer.hpp"
#include "bench/program.hpp"
#include "bench/registration.hpp"

namespace {

using namespace cuparity;

constexpr const char* peer_flag = "--peer=";
constexpr const char* in_turn_flag = "--in-turn";
constexpr const char* own_first_flag = "--in-turn=own-first";

struct PeerOptions {
  std::string name;      ///< --peer=NAME; empty if it is not there
  std::optional<PreparedFirst> in_turn;  ///< our row in the same process, in turn: --in-turn, --in-turn=own-first
  bool help = false;                     ///< --help, -h
  bool version = false;                  ///< --version, which the bench program answers
};

/// Takes them out of the arguments.
PeerOptions take_peer_options(int& argc, char** argv) {
  PeerOptions options;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], peer_flag, std::strlen(peer_flag)) == 0) options.name = argv[i] + std::strlen(peer_flag);
    else if (std::strcmp(argv[i], in_turn_flag) == 0) options.in_turn = PreparedFirst::peer;
    else if (std::strcmp(argv[i], own_first_flag) == 0) options.in_turn = PreparedFirst::own;
    else if (std::strcmp(argv[i], "--help") == 0 || std::strcmp(argv[i], "-h") == 0) options.help = true;
    else {
      options.version = options.version || std::strcmp(argv[i], "--version") == 0;
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  argv[argc] = nullptr;
  return options;
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

void print_help() {
  std::puts(
      "cuparity-peers --peer=NAME [--in-turn[=own-first]] [flags of cuparity-bench]\n"
      "What other programs and libraries do in our rows.\n"
      "  --in-turn  our row in the same process, in turn; what the peer works on is allocated first,\n"
      "             with =own-first what ours does\n"
      "  The other flags are those of cuparity-bench --help. scripts/compare-with-peers runs both and compares.\n"
      "\n"
      "Backend and name of the peers:");
  print_peers(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const PeerOptions options = take_peer_options(argc, argv);
  const std::string& name = options.name;
  if (options.help) {
    print_help();
    return 0;
  }
  if (name == "list") {
    print_peers(stdout);
    return 0;
  }
  if (!options.version && find(name, Backend::cpu) == nullptr && find(name, Backend::cuda) == nullptr) {
    std::fprintf(stderr, "cuparity-peers: --peer=%s: expected --peer=list or one of:\n", name.c_str());
    print_peers(stderr);
    return 2;
  }
  benchmark::AddCustomContext("peer", name);
  const auto cases = [options](Backend backend) {
    const Peer* peer = find(options.name, backend);
    if (peer == nullptr)
      throw std::invalid_argument("--peer=" + options.name + " has no rows on the backend " +
                                  std::string(to_string(backend)));
    const std::vector<Case> ours = all_bench_cases(backend);
    return options.in_turn ? in_turn_cases(peer->cases(ours), ours, *options.in_turn) : peer->cases(ours);
  };
  return run_bench_program({"cuparity-peers", cases}, argc, argv);
}
