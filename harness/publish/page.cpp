#include "harness/publish/page.hpp"

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "harness/publish/site_assets.hpp"
#include "harness/report/text.hpp"
#include "harness/report/xml_text.hpp"

namespace cuparity {

std::string page(const std::string& title, const std::string& site_title, const PagePlace& place,
                 const std::string& body, const std::vector<std::string>& scripts) {
  using kainjow::mustache::data;
  data values;
  values.set("title", shortened(title, 120));
  values.set("site_title", shortened(site_title, 120));
  values.set("root", place.root);
  for (const char* name : {"runs", "trends", "compare"}) {
    values.set(std::string(name) + "_current", place.current == name);
  }
  values.set("body", body);
  data list = data::type::list;
  for (const std::string& script : scripts) list << data("path", place.root + script);
  values.set("scripts", list);
  return kainjow::mustache::mustache(std::string(site_template)).render(values);
}

std::string html_escaped(std::string_view text, std::size_t columns) {
  return xml_escaped(shortened(text, columns));
}

std::string short_time(const std::string& iso) {
  constexpr std::string_view form = "0000-00-00T00:00";
  const bool matches = iso.size() >= form.size() &&
                       std::equal(form.begin(), form.end(), iso.begin(), [](char expected, char found) {
                         return expected == '0' ? found >= '0' && found <= '9' : expected == found;
                       });
  if (!matches) return iso.empty() ? "unknown" : shortened(iso, 24);
  return iso.substr(0, 10) + " " + iso.substr(11, 5);
}

}  // namespace cuparity
