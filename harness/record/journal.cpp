#include "harness/record/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/run_json.hpp"

namespace cuparity {
namespace {

std::filesystem::path journal_path(const std::filesystem::path& folder) { return folder / "journal.jsonl"; }

[[noreturn]] void refuse_write(const std::filesystem::path& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  throw EnvironmentError(fmt::format("writing {} failed: {}; {}", path.string(), std::strerror(code),
                                     full ? "free some space" : "see that its disk can be written to"));
}

/// All of it or an error: a short write would leave a torn line in the middle.
void write_line(int file, const std::filesystem::path& path, std::string line) {
  line += '\n';
  for (std::size_t written = 0; written < line.size();) {
    const ssize_t size = ::write(file, line.data() + written, line.size() - written);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) refuse_write(path, errno);
    written += static_cast<std::size_t>(size);
  }
  if (::fsync(file) != 0 && errno != EINVAL) refuse_write(path, errno);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw UsageError(
        fmt::format("{} can't be read: {}; give the folder of a run", path.string(), std::strerror(errno)));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Line 1 is the header, every other one a trial.
void read_line(Run& run, int number, const std::string& line) {
  const nlohmann::json json = parse_json_text(line, "journal");
  if (number == 1) {
    run = header_from_json(json);
  } else {
    run.trials.push_back(trial_from_json(json));
  }
}

}  // namespace

Journal::Journal(int file, std::filesystem::path path) : file_(file), path_(std::move(path)) {}

Journal::Journal(Journal&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)) {}

Journal::~Journal() {
  if (file_ >= 0) ::close(file_);
}

Journal Journal::create(const std::filesystem::path& folder, const Run& header) {
  const std::filesystem::path path = journal_path(folder);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) {
    throw EnvironmentError(
        fmt::format("making the journal {} failed: {}", path.string(), std::strerror(errno)));
  }
  Journal journal(file, path);
  write_line(file, path, header_to_json(header).dump());
  return journal;
}

Journal Journal::reopen(const std::filesystem::path& folder) {
  const std::filesystem::path path = journal_path(folder);
  const std::string text = read_text(path);
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);  // not what a stranger's folder links to
  if (file < 0) {
    throw EnvironmentError(
        fmt::format("opening the journal {} failed: {}", path.string(), std::strerror(errno)));
  }
  Journal journal(file, path);
  const std::size_t end = text.rfind('\n');
  const std::size_t whole = end == std::string::npos ? 0 : end + 1;
  if (whole < text.size() && ::ftruncate(file, static_cast<off_t>(whole)) != 0) {
    throw EnvironmentError(
        fmt::format("cutting a torn line off {} failed: {}", path.string(), std::strerror(errno)));
  }
  return journal;
}

void Journal::append(const Trial& trial) { write_line(file_, path_, to_json(trial).dump()); }

Run read_journal(const std::filesystem::path& folder) {
  const std::filesystem::path path = journal_path(folder);
  const std::string text = read_text(path);
  Run run;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;  // torn: the program died while writing it
    ++number;
    try {
      read_line(run, number, text.substr(begin, end - begin));
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}:{}: {}", path.string(), number, error.what()));
    }
    begin = end + 1;
  }
  if (number == 0)
    throw UsageError(fmt::format("{} holds no run: it was stopped before it began", path.string()));
  return run;
}

}  // namespace cuparity
