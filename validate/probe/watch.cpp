#include "validate/probe/watch.hpp"

#include <algorithm>

namespace cuparity::probe {
namespace {

using nlohmann::json;

json as_object(const Opening& opening) {
  json object = json::object();
  for (const auto& [path, outcome] : opening) object[path] = outcome;
  return object;
}

std::string outcome_of(const Opening& opening, const std::string& path) {
  const auto found =
      std::find_if(opening.begin(), opening.end(), [&](const auto& entry) { return entry.first == path; });
  return found == opening.end() ? "ENOENT" : found->second;
}

bool has_lost(const Opening& first, const Opening& now) {
  return std::any_of(first.begin(), first.end(), [&](const auto& entry) {
    return entry.second == "ok" && outcome_of(now, entry.first) != "ok";
  });
}

Opening changes(const Opening& before, const Opening& now) {
  Opening changed;
  for (const auto& [path, outcome] : now)
    if (outcome_of(before, path) != outcome) changed.emplace_back(path, outcome);
  return changed;
}

}  // namespace

void watch(const Watch& watch) {
  const Opening first = watch.look();
  Opening before = first;
  watch.say({{"event", "start"}, {"at", watch.now()}, {"lost", false}, {"opens", as_object(first)}});
  while (watch.go_on()) {
    const Opening now = watch.look();
    const Opening changed = changes(before, now);
    if (!changed.empty()) {
      watch.say({{"event", "change"},
                 {"at", watch.now()},
                 {"lost", has_lost(first, now)},
                 {"opens", as_object(changed)}});
    }
    before = now;
  }
  watch.say({{"event", "end"}, {"at", watch.now()}, {"lost", has_lost(first, before)}, {"opens", as_object(before)}});
}

}  // namespace cuparity::probe
