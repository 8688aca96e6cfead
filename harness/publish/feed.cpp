#include <fmt/format.h>

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "harness/publish/page.hpp"
#include "harness/publish/pages.hpp"
#include "harness/report/text.hpp"
#include "harness/report/xml_text.hpp"

namespace cuparity {
namespace {

constexpr std::size_t feed_runs = 50;

std::string urn(const std::string& name) {
  return "urn:uuid:" + to_string(boost::uuids::name_generator_sha1(boost::uuids::ns::url())("cuparity run " + name));
}

/// RFC 3339, as Atom asks for; the beginning of time where a run says something else.
std::string timestamp(const std::string& iso) {
  constexpr std::string_view form = "0000-00-00T00:00:00Z";
  const bool matches = iso.size() == form.size() &&
                       std::equal(form.begin(), form.end(), iso.begin(), [](char expected, char found) {
                         return expected == '0' ? found >= '0' && found <= '9' : expected == found;
                       });
  return matches ? iso : "1970-01-01T00:00:00Z";
}

std::string entry(const RunSummary& run, const std::string& base_url) {
  const std::string updated = timestamp(run.finished_at.empty() ? run.started_at : run.finished_at);
  return fmt::format(
      "  <entry>\n    <id>{}</id>\n    <title>{}: {}</title>\n    <updated>{}</updated>\n"
      "    <published>{}</published>\n    <link rel=\"alternate\" type=\"text/html\" href=\"{}runs/{}/index.html\"/>\n"
      "    <summary>{}</summary>\n    <category term=\"{}\"/>\n  </entry>\n",
      urn(run.id), xml_escaped(run.verdict), xml_escaped(shortened(machine_of(run), 100)), updated,
      timestamp(run.started_at), xml_escaped(base_url), run.id, xml_escaped(shortened(run.sentence, 1000)),
      xml_escaped(run.verdict));
}

}  // namespace

std::string render_feed(const std::vector<RunSummary>& runs, const std::string& site_title,
                        const std::string& base_url) {
  std::string entries;
  std::string updated = "1970-01-01T00:00:00Z";
  for (std::size_t i = 0; i < std::min(runs.size(), feed_runs); ++i) {
    updated = std::max(updated, timestamp(runs[i].finished_at));
    updated = std::max(updated, timestamp(runs[i].started_at));
    entries += entry(runs[i], base_url);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
      "  <id>{}</id>\n  <title>{}</title>\n  <updated>{}</updated>\n  <author><name>cuparity</name></author>\n"
      "  <link rel=\"self\" type=\"application/atom+xml\" href=\"{}feed.xml\"/>\n"
      "  <link rel=\"alternate\" type=\"text/html\" href=\"{}index.html\"/>\n{}</feed>\n",
      urn("feed " + base_url), xml_escaped(shortened(site_title, 200)), updated, xml_escaped(base_url),
      xml_escaped(base_url), entries);
}

}  // namespace cuparity
