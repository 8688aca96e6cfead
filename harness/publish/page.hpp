// What every page of a site but the runs' reports has around it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cuparity {

/// Where a page stands. Links are relative: the site works below any address, and from a folder.
struct PagePlace {
  std::string root;     ///< from the page to the site's folder: "", "../"
  std::string current;  ///< "runs", "trends", "compare": which link of the navigation is this page
};

/// `body` is HTML; `scripts` are files of assets/ or elsewhere in the site, loaded in this order.
std::string page(const std::string& title, const std::string& site_title, const PagePlace& place,
                 const std::string& body, const std::vector<std::string>& scripts = {});

/// For content and quoted attributes.
std::string html_escaped(std::string_view text, std::size_t columns);

/// "2026-03-01 10:00" of ISO 8601; another text as it is, made safe and short. Not escaped.
std::string short_time(const std::string& iso);

}  // namespace cuparity
