// The pages and files of a site, each as text. Runs are given newest first everywhere.
#pragma once

#include <string>
#include <vector>

#include "harness/publish/run_summary.hpp"
#include "harness/publish/trend.hpp"

namespace cuparity {

/// index.html: every run with its verdict.
std::string render_runs_page(const std::vector<RunSummary>& runs, const std::string& site_title);

/// runs/ID/index.html: the run's report.html with the way back and its files above it.
std::string add_navigation(const std::string& report, const RunSummary& run);

/// trends/index.html, trends/SLUG.html and trends/SLUG.csv.
std::string render_trends_page(const std::vector<BenchmarkTrend>& trends, const std::string& site_title);
std::string render_trend_page(const BenchmarkTrend& trend, const std::string& site_title);
std::string render_trend_csv(const BenchmarkTrend& trend);

/// compare/index.html, assets/runs-data.js for its lists, runs/ID/summary.js for the two that are chosen.
std::string render_comparison_page(const std::string& site_title);
std::string render_runs_data(const std::vector<RunSummary>& runs);
std::string render_run_data(const RunSummary& run);

/// feed.xml: Atom (RFC 4287), the newest runs. `base_url` ("https://example.org/results/") makes the links
/// absolute; empty: they are relative.
std::string render_feed(const std::vector<RunSummary>& runs, const std::string& site_title,
                        const std::string& base_url);

}  // namespace cuparity
