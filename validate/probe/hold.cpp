#include "validate/probe/hold.hpp"

#include <cerrno>
#include <cstring>

#include "validate/probe/driver_process.hpp"

namespace cuparity::probe {

nlohmann::json hold(const Options& options, const std::filesystem::path& folder) {
  DriverProcess driver = own_driver_process(folder, options.time_limit);
  // A driver that hangs does so here, under a time limit.
  const nlohmann::json cuda = ask_where_found(driver, {"cuda"});
  if (cuda.value("outcome", "") != "ok") return cuda;
  std::vector<std::string> words = {"hold"};
  words.insert(words.end(), options.hold.begin(), options.hold.end());
  const std::vector<std::string> command = driver_command(driver, words);
  become(command);
  return {{"outcome", "failed"}, {"failure", command.front() + ": " + std::strerror(errno)}};
}

}  // namespace cuparity::probe
