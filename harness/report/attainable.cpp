#include "harness/report/attainable.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/errors.hpp"
#include "harness/pattern.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/attainable_file.hpp"

namespace cuparity {
namespace {

struct AttainableFactor {
  std::string name;
  AttainableUnit unit;
  double scale;
};

const std::vector<AttainableFactor>& units() {
  static const std::vector<AttainableFactor> known = {{"GB/s", AttainableUnit::bytes_per_second, 1e9},
                                          {"TFLOP/s", AttainableUnit::flops_per_second, 1e12},
                                          {"us", AttainableUnit::seconds, 1e-6}};
  return known;
}

/// Reads one file; holds its name for the errors.
class AttainableReader {
 public:
  explicit AttainableReader(std::string origin) : origin_(std::move(origin)) {}

  std::vector<AttainableFigure> read(const std::string& yaml) const {
    YAML::Node root;
    try {
      root = YAML::Load(yaml);
    } catch (const YAML::Exception& error) {
      throw UsageError(fmt::format("{}:{}: not YAML: {}", origin_, error.mark.line + 1, error.msg));
    }
    if (!root.IsSequence()) fail(root, "expected a list of groups with gpu, kind, source and figures");
    std::vector<AttainableFigure> figures;
    for (const YAML::Node& group : root) read_group(group, figures);
    return figures;
  }

 private:
  [[noreturn]] void fail(const YAML::Node& at, const std::string& what) const {
    throw UsageError(fmt::format("{}:{}: {}", origin_, std::max(at.Mark().line, 0) + 1, what));
  }

  void read_group(const YAML::Node& group, std::vector<AttainableFigure>& figures) const {
    if (!group.IsMap()) fail(group, "a group is a map of gpu, kind, source and figures");
    static const std::set<std::string> known = {"gpu", "kind", "source", "figures"};
    for (const auto& entry : group)
      if (known.count(entry.first.Scalar()) == 0)
        fail(entry.first, fmt::format("unknown key '{}'; known: gpu, kind, source, figures", entry.first.Scalar()));
    AttainableFigure shared;
    shared.gpus = names(group);
    shared.kind = kind(group);
    shared.source = text(group, "source");
    const YAML::Node table = group["figures"];
    if (!table || !table.IsMap() || table.size() == 0)
      fail(group, "'figures' must map regular expressions on benchmark names to figures");
    for (const auto& entry : table) {
      AttainableFigure figure = shared;
      read_figure(entry.first, entry.second, figure);
      figures.push_back(std::move(figure));
    }
  }

  std::string text(const YAML::Node& group, const std::string& key) const {
    const YAML::Node value = group[key];
    if (!value || !value.IsScalar() || value.Scalar().empty()) fail(group, fmt::format("'{}' must be text", key));
    return value.Scalar();
  }

  std::vector<std::string> names(const YAML::Node& group) const {
    const YAML::Node list = group["gpu"];
    if (!list || !list.IsSequence() || list.size() == 0) fail(group, "'gpu' must be a list of names");
    std::vector<std::string> names;
    for (const YAML::Node& name : list) {
      if (!name.IsScalar()) fail(name, "a GPU's name must be text");
      names.push_back(name.Scalar());
    }
    return names;
  }

  AttainableKind kind(const YAML::Node& group) const {
    const std::string kind = text(group, "kind");
    if (kind == "measured") return AttainableKind::measured;
    if (kind == "vendor") return AttainableKind::vendor;
    fail(group["kind"], fmt::format("kind '{}': expected measured or vendor", kind));
  }

  void read_figure(const YAML::Node& pattern, const YAML::Node& value, AttainableFigure& figure) const {
    try {
      figure.benchmarks = compiled_pattern(pattern.Scalar());
    } catch (const std::regex_error& error) {
      fail(pattern, fmt::format("'{}': not a regular expression: {}", pattern.Scalar(), error.what()));
    }
    const std::string expected = "expected a number above 0 and one of GB/s, TFLOP/s, us";
    if (!value.IsScalar()) fail(value, expected);
    const std::string text = value.Scalar();
    const std::size_t space = text.find(' ');
    const std::string unit_name = space == std::string::npos ? "" : text.substr(space + 1);
    const auto unit = std::find_if(units().begin(), units().end(), [&](const AttainableFactor& u) { return u.name == unit_name; });
    double number = 0;
    if (unit == units().end() || !YAML::convert<double>::decode(YAML::Node(text.substr(0, space)), number) ||
        !std::isfinite(number) || number <= 0)
      fail(value, fmt::format("'{}': {}", text, expected));
    figure.figure = number * unit->scale;
    figure.unit = unit->unit;
  }

  std::string origin_;
};

/// Nothing where the row lacks the rate.
std::optional<double> fraction_of(const AttainableFigure& figure, const Row& row) {
  std::optional<double> fraction;
  if (figure.unit == AttainableUnit::seconds) {
    if (row.seconds > 0) fraction = figure.figure / row.seconds;
  } else {
    const std::optional<double> rate =
        figure.unit == AttainableUnit::bytes_per_second ? row.bytes_per_second : row.flops_per_second;
    if (rate && *rate > 0) fraction = *rate / figure.figure;
  }
  return fraction && std::isfinite(*fraction) ? fraction : std::nullopt;
}

}  // namespace

std::vector<AttainableFigure> parse_attainable(const std::string& yaml, const std::string& origin) {
  return AttainableReader(origin).read(yaml);
}

const std::vector<AttainableFigure>& builtin_attainable() {
  static const std::vector<AttainableFigure> figures =
      parse_attainable(std::string(attainable_yaml), "results/attainable.yaml");
  return figures;
}

std::optional<Attained> attained(const std::vector<AttainableFigure>& figures, const std::string& gpu_name,
                                 const Row& row) {
  if (row.state != RowState::measured) return std::nullopt;
  const std::string name = short_name(row.benchmark);
  for (const AttainableFigure& figure : figures) {
    if (std::find(figure.gpus.begin(), figure.gpus.end(), gpu_name) == figure.gpus.end()) continue;
    if (!std::regex_match(name, figure.benchmarks)) continue;
    const std::optional<double> fraction = fraction_of(figure, row);
    if (!fraction) return std::nullopt;
    return Attained{*fraction, figure.figure, figure.unit, figure.kind, figure.source};
  }
  return std::nullopt;
}

}  // namespace cuparity
