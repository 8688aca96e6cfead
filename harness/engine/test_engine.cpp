#include "harness/engine/test_engine.hpp"

#include <chrono>
#include <utility>

namespace cuparity {
namespace {

ProcessResult run_for_a_test(std::vector<std::string> command) {
  ChildProcess child;
  child.command = std::move(command);
  child.time_limit = std::chrono::seconds(180);
  return run_process(child);
}

/// Image from a tar on standard input. What had its name goes, so that no test leaves images without one.
const std::string import_function = R"(
import() { # ENGINE IMAGE
  old=$("$1" image inspect -f '{{.Id}}' "$2" 2>/dev/null) || old=''
  new=$("$1" import - "$2") || return
  [ -z "$old" ] || [ "${old#sha256:}" = "${new#sha256:}" ] || "$1" rmi "$old" >/dev/null 2>&1 || true
}
)";

std::string obstacle_of(const ProcessResult& imported) {
  return imported.exit_code == 0 ? "" : "importing an image failed: " + imported.standard_error;
}

}  // namespace

ProcessResult shell(const std::string& script) { return run_for_a_test({"sh", "-c", script}); }

std::string import_empty_image(const std::string& engine, const std::string& image) {
  return obstacle_of(shell(import_function + "tar -cf - -T /dev/null | import " + engine + " " + image));
}

std::string import_image_of(const std::vector<ImageProgram>& programs, const std::string& engine, const std::string& image) {
  std::vector<std::string> command = {
      "sh", "-c",
      import_function +
          "set -e; engine=$1 image=$2; shift 2\n"
          "root=$(mktemp -d); trap 'rm -rf $root' EXIT\n"
          "mkdir $root/tmp $root/proc $root/sys $root/dev\n"
          "while [ $# -gt 0 ]; do\n"
          "  file=$(readlink -f \"$(command -v \"$1\")\"); mkdir -p \"$root/$2\"\n"
          "  cp \"$file\" \"$root/$2/${1##*/}\"\n"
          "  for library in $(ldd \"$file\" | grep -o '/[^ ]*'); do\n"
          "    mkdir -p \"$root/${library%/*}\"; cp -L \"$library\" \"$root/$library\"\n"
          "  done\n"
          "  shift 2\n"
          "done\n"
          "tar -C $root -c . | import \"$engine\" \"$image\"",
      "sh", engine, image};
  for (const ImageProgram& program : programs) {
    command.push_back(program.program);
    command.push_back(program.folder);
  }
  return obstacle_of(run_for_a_test(std::move(command)));
}

}  // namespace cuparity
