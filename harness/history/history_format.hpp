// The output of cuparity history, one function a format.
#pragma once

#include <string>
#include <vector>

#include "harness/history/drift.hpp"

namespace cuparity {

struct HistoryReport {
  std::string folder;
  IndexUpdate update;
  std::vector<SeriesDrift> series;
};

std::string history_as_text(const HistoryReport& report);
std::string history_as_markdown(const HistoryReport& report);
std::string history_as_json(const HistoryReport& report);

}  // namespace cuparity
